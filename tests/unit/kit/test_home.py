"""The portal's folder: where it is, whose it is, and what may be deleted of it."""

from pathlib import Path
from stat import S_IMODE

import pytest

from portal_kit.errors import PortalError
from portal_kit.home import CHECKOUT, Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "var")


def test_the_environment_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path / "a" / ".." / "b"))
    assert Home.locate().root == tmp_path / "b"


@pytest.mark.parametrize("value", [None, ""])
def test_otherwise_it_is_var_beside_the_code(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("PORTAL_HOME", raising=False)
    else:
        monkeypatch.setenv("PORTAL_HOME", value)
    assert Home.locate().root == CHECKOUT / "var"


def test_every_folder_is_private_even_one_that_was_there(home: Home) -> None:
    home.config.mkdir(parents=True)
    home.config.chmod(0o755)
    home.make()
    assert {S_IMODE(path.stat().st_mode) for path in home.root.iterdir()} == {0o700}
    assert S_IMODE(home.root.stat().st_mode) & 0o066 == 0


def test_it_can_be_made_again(home: Home) -> None:
    home.make()
    home.state_file.write_text("{}")
    home.make()
    assert home.state_file.exists()


def test_a_folder_of_other_things_is_refused_and_keeps_its_mode(home: Home) -> None:
    home.root.mkdir()
    home.root.chmod(0o755)
    (home.root / "thesis.odt").touch()
    with pytest.raises(PortalError, match=r"thesis\.odt"):
        home.make()
    assert S_IMODE(home.root.stat().st_mode) == 0o755


def test_a_name_that_ckan_cannot_read_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "100 %")
    with pytest.raises(PortalError, match="100 %"):
        home.make()
    assert not home.root.exists()


def test_a_portal_s_folder_may_hold_other_things(home: Home) -> None:
    home.make()
    home.state_file.write_text("{}")
    (home.root / "notes.txt").touch()
    home.make()


def test_a_folder_of_another_user_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.root.mkdir()
    other = home.root.stat().st_uid + 1
    monkeypatch.setattr("os.geteuid", lambda: other)
    with pytest.raises(PortalError, match=str(home.root)):
        home.make()


def test_deleting_takes_what_is_ours_and_nothing_else(home: Home, tmp_path: Path) -> None:
    home.make()
    (home.storage / "file").touch()
    home.secrets_file.touch()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").touch()
    # A link in the place of a folder is removed, not followed.
    home.valkey.rmdir()
    home.valkey.symlink_to(outside)
    notes = home.root / "notes.txt"
    notes.touch()
    home.delete()
    assert list(home.root.iterdir()) == [notes]
    assert (outside / "precious").exists()
    notes.unlink()
    home.delete()
    assert not home.root.exists()


def test_deleting_may_keep_some(home: Home) -> None:
    home.make()
    home.secrets_file.touch()
    home.delete(home.run)
    assert list(home.root.iterdir()) == [home.run]
