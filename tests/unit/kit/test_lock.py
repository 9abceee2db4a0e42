"""One command at a time; a lock never outlives its process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal_kit.errors import PortalError
from portal_kit.lock import held

HOLD = """
import sys
from pathlib import Path
from portal_kit.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "portal.lock"


def test_the_holder_is_named(path: Path) -> None:
    with held(path), pytest.raises(PortalError, match=str(os.getpid())), held(path):
        pass


def test_it_is_free_afterwards_even_after_an_error(path: Path) -> None:
    with pytest.raises(RuntimeError), held(path):
        raise RuntimeError
    with held(path):
        assert path.read_text() == str(os.getpid())


def test_what_an_old_holder_wrote_is_no_lock(path: Path) -> None:
    path.write_text("123456789")
    with held(path):
        assert path.read_text() == str(os.getpid())


def test_it_dies_with_its_process(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(PortalError, match=str(other.pid)), held(path):
            pass
        other.kill()
        other.communicate()
    with held(path):
        pass
