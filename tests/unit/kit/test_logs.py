"""Log lines that a visitor can't forge and that tell no secret."""

import logging

import pytest

from portal_kit.configuration import shipped_folder
from portal_kit.logs import SafeFormatter


def written(message: str, *values: object, error: Exception | None = None) -> str:
    record = logging.LogRecord("x", logging.INFO, "", 0, message, values, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    return SafeFormatter("%(levelname)s %(message)s").format(record)


def test_a_message_is_one_line() -> None:
    """Line breaks, terminal escapes and Unicode's own line ends are written out."""
    line = written("404 %s", "/a\r\nINFO forged\x1b[2J\x85\u2028b")
    assert line == "INFO 404 /a\\r\\nINFO forged\\x1b[2J\\x85\\u2028b"


def test_french_stays_readable() -> None:
    """Only control characters are written out."""
    assert written("Où est l’école ? ») 100 €") == "INFO Où est l’école ? ») 100 €"


def test_a_traceback_keeps_its_lines() -> None:
    """It is what the administrator reads."""
    with pytest.raises(ValueError, match="invalid literal") as raised:
        int("x")
    assert written("failed", error=raised.value).count("\n") >= 3


def test_no_password_of_an_address_is_told() -> None:
    """Not in a message, nor in the traceback of an error that a library raised."""
    address = "http://ckan:s3cret@127.0.0.1:8983/solr/ckan?q=a@b:c"
    text = written("asked %s", address, error=OSError(f"Failed to connect to {address}"))
    assert "s3cret" not in text
    assert text.count("http://***@127.0.0.1:8983/solr/ckan?q=a@b:c") == 2
    assert "***" not in written("%s", "http://127.0.0.1:8983/a:b@c and user:x@example.org")


def test_the_portal_s_processes_write_so() -> None:
    """The formatter of the shipped settings."""
    settings = (shipped_folder() / "ckan.ini").read_text("utf-8")
    assert f"class = {SafeFormatter.__module__}.{SafeFormatter.__qualname__}" in settings
