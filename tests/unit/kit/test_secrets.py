"""Secrets are made once, kept private, and never twice the same."""

from pathlib import Path
from stat import S_IMODE

import pytest

from portal_kit.errors import PortalError
from portal_kit.secrets import NAMES, load_or_make, password
from portal_kit.state import dump_json


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "se crets.json"


def test_they_are_made_once(path: Path) -> None:
    made = load_or_make(path)
    assert set(made) == set(NAMES)
    assert len(set(made.values())) == len(NAMES)
    assert all(len(bytes.fromhex(secret)) == 32 for secret in made.values())
    assert load_or_make(path) == made


def test_only_their_owner_reads_them(path: Path) -> None:
    load_or_make(path)
    assert S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    load_or_make(path)
    path.chmod(mode)
    with pytest.raises(PortalError, match="chmod 600 '"):
        load_or_make(path)


def test_the_missing_ones_are_added(path: Path) -> None:
    path.touch(mode=0o600)
    path.write_bytes(dump_json({"valkey": "known"}))
    made = load_or_make(path)
    assert made["valkey"] == "known"
    assert load_or_make(path) == made


def test_two_portals_share_none(tmp_path: Path) -> None:
    first, second = (set(load_or_make(tmp_path / name).values()) for name in ("a", "b"))
    assert first.isdisjoint(second)


def test_a_first_password_can_be_copied_by_hand() -> None:
    passwords = {password() for _ in range(200)}
    assert len(passwords) == 200
    assert all(len(one) == 20 and one.isalnum() and one.isascii() for one in passwords)
    assert not set("".join(passwords)) & set("0O1lI")
