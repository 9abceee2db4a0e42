"""The one line that says what went wrong, among all that a program wrote."""

import pytest

from portal_kit import faults

INITDB = """\
creating subdirectories ... ok
initdb: error: could not read password from file
initdb: removing data directory "x"
"""


def test_the_first_fault_comes_before_the_tidying_up() -> None:
    assert faults.first_fault(INITDB) == "initdb: error: could not read password from file"


def test_without_a_fault_it_is_the_last_line() -> None:
    assert faults.first_fault("one\n  two \n\n") == "two"
    assert faults.last_words(INITDB) == 'initdb: removing data directory "x"'


@pytest.mark.parametrize("words", ["", "\n \n"])
def test_silence_is_no_reason(words: str) -> None:
    assert faults.first_fault(words) == faults.last_words(words) == ""


@pytest.mark.parametrize(
    "words",
    [
        "FATAL:  could not extend file: wrote only 4096 bytes\nHINT:  Check free disk space.",
        "OSError: [Errno 28] No space left on device\nduring something else\n",
        "pg_dump: error: could not write to output file: No space left on device",
    ],
)
def test_a_full_disk_is_said_so_whatever_the_words(words: str) -> None:
    assert faults.first_fault(words) == faults.last_words(words) == faults.disk_full()
