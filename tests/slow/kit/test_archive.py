"""A backup is whole or refused: cut short, altered, added to, or made to write elsewhere."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal_kit import archive
from portal_kit.errors import PortalError

CONTENT = {"storage/a/b.csv": b"a;b\n1;2\n" * 500, "secrets.json": b"{}", "storage/vide": b""}
Facts = dict[str, Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "portail.zip"


@pytest.fixture
def whole(path: Path) -> bytes:
    with archive.writing(path) as writer:
        for name, content in CONTENT.items():
            with writer.member(name) as stream:
                stream.write(content)
        writer.close({"created": "2026-01-01"})
    return path.read_bytes()


def read(path: Path) -> dict[str, bytes]:
    with archive.reading(path) as reader:
        return {name: reader.archive.read(name) for name in reader.manifest["members"]}


def forged(path: Path, members: dict[str, bytes], manifest: Any = None, **facts: Any) -> None:
    """An archive whose manifest fits its members, unless told otherwise."""
    known = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in members.items()
    }
    with zipfile.ZipFile(path, "w") as target:
        for name, data in members.items():
            target.writestr(name, data)
        text = manifest or json.dumps({"format": archive.FORMAT, "members": known, **facts})
        target.writestr(archive.MANIFEST, text)


def test_what_was_written_is_read(path: Path, whole: bytes) -> None:
    assert read(path) == CONTENT


def test_it_is_private_and_leaves_no_rest(path: Path, whole: bytes) -> None:
    assert S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_backup_leaves_the_old_one(path: Path, whole: bytes) -> None:
    with pytest.raises(RuntimeError), archive.writing(path):
        raise RuntimeError
    assert path.read_bytes() == whole
    assert list(path.parent.iterdir()) == [path]


def test_a_link_prepared_beside_it_is_not_written_through(path: Path) -> None:
    victim = path.with_name("victim")
    victim.write_text("precious")
    path.with_name(f"{path.name}.partial").symlink_to(victim)
    path.symlink_to(victim)
    with archive.writing(path) as writer:
        writer.close({})
    assert victim.read_text() == "precious"
    assert not path.is_symlink()


def test_a_folder_is_taken_without_its_links(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "storage"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "été 1.csv").write_bytes(b"x")
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(folder)
    with archive.writing(path) as writer:
        writer.add_folder(folder, "storage")
        writer.close({})
    assert read(path) == {"storage/deep/été 1.csv": b"x"}


def test_a_file_deleted_meanwhile_is_left_out(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept").write_bytes(b"k")
    gone = tmp_path / "gone"
    listed = [gone, tmp_path / "kept"]
    monkeypatch.setattr(Path, "rglob", lambda _self, _pattern: iter(listed))
    monkeypatch.setattr(Path, "is_file", lambda _self: True)
    with archive.writing(path) as writer:
        writer.add_folder(tmp_path, "storage")
        writer.close({})
    monkeypatch.undo()
    assert read(path) == {"storage/kept": b"k"}


def test_members_are_extracted_privately_below_their_folder(
    path: Path, whole: bytes, tmp_path: Path
) -> None:
    target = tmp_path / "restored"
    with archive.reading(path) as reader:
        reader.extract_folder("storage", target)
    assert (target / "a" / "b.csv").read_bytes() == CONTENT["storage/a/b.csv"]
    assert S_IMODE((target / "vide").stat().st_mode) == 0o600
    assert not (target / "secrets.json").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_one_that_was_cut_short_is_refused(path: Path, whole: bytes, share: float) -> None:
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(PortalError, match="portail"):
        read(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_an_altered_one_is_refused_or_says_the_same(
    path: Path, whole: bytes, place: float, flip: int
) -> None:
    """A zip has bytes that mean nothing (dates, say): with another value there, it is whole."""
    altered = bytearray(whole)
    altered[int(len(whole) * place)] ^= flip
    path.write_bytes(altered)
    try:
        assert read(path) == CONTENT
    except PortalError:
        return


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=200))
def test_what_is_no_archive_is_refused(path: Path, junk: bytes) -> None:
    path.write_bytes(junk)
    with pytest.raises(PortalError, match="portail"):
        read(path)


@pytest.mark.parametrize(
    "name", ["../outside", "storage/../../outside", "/etc/cron.d/x", "storage/.."]
)
def test_a_member_that_would_be_written_elsewhere_is_refused(path: Path, name: str) -> None:
    forged(path, {name: b"x"})
    with pytest.raises(PortalError):
        read(path)


def test_a_member_that_the_manifest_does_not_know_is_refused(path: Path, whole: bytes) -> None:
    with zipfile.ZipFile(path, "a") as target:
        target.writestr("storage/added", b"x")
    with pytest.raises(PortalError):
        read(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(path: Path, whole: bytes) -> None:
    with zipfile.ZipFile(path, "a") as target:
        target.writestr("secrets.json", CONTENT["secrets.json"])
    with pytest.raises(PortalError):
        read(path)


@pytest.mark.parametrize(
    "manifest",
    [
        *("", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 1, "members": []}'),
        *('{"format": 1, "members": {"a": {}}}', '{"format": 1, "members": {"a": null}}'),
    ],
)
def test_a_manifest_that_says_nothing_is_refused(path: Path, manifest: str) -> None:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("a", b"x")
        target.writestr(archive.MANIFEST, manifest)
    with pytest.raises(PortalError, match="portail"):
        read(path)


def test_a_zip_of_something_else_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("photo.jpg", b"x")
    with pytest.raises(PortalError, match=archive.MANIFEST):
        read(path)


def test_another_format_is_named(path: Path) -> None:
    forged(path, {}, format=archive.FORMAT + 1)
    with pytest.raises(PortalError, match=str(archive.FORMAT + 1)):
        read(path)


def test_a_missing_file_is_named(path: Path) -> None:
    with pytest.raises(PortalError, match=r"portail\.zip"):
        read(path)


@pytest.mark.parametrize("fault", [KeyError, ValueError, OSError])
def test_a_fault_of_the_restore_is_not_blamed_on_the_archive(
    path: Path, whole: bytes, fault: Callable[[str], Exception]
) -> None:
    with pytest.raises((KeyError, ValueError, OSError), match="ours"), archive.reading(path):
        raise fault("ours")
