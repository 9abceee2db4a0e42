"""A backup: one zip file with a manifest of every member's size and SHA-256.

A zip's directory is written last, and the manifest is checked member by member before anything is
restored: a half-written or altered archive is refused whole. Must not import CKAN.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from portal_kit.errors import PortalError
from portal_kit.i18n import _

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
FAULTS = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError),
    *(KeyError, TypeError, ValueError, AttributeError),
    # Of a member that is encrypted, or packed in a way that is not ours.
    *(RuntimeError, NotImplementedError),
)
"""What Python's reader raises on a file that is no zip, was cut short or was altered."""


class Writer:
    """Adds members to a new archive and keeps the manifest."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members: dict[str, dict[str, Any]] = {}

    @contextmanager
    def member(self, name: str) -> Generator["HashingStream"]:
        """A stream to write one member to."""
        with self._archive.open(name, "w", force_zip64=True) as target:
            stream = HashingStream(target)
            yield stream
        self._members[name] = {"size": stream.size, "sha256": stream.digest.hexdigest()}

    def add_file(self, path: Path, name: str) -> None:
        """Add one file."""
        with path.open("rb") as source, self.member(name) as target:
            shutil.copyfileobj(source, target, CHUNK)

    def add_folder(self, folder: Path, prefix: str) -> None:
        """Add the ordinary files below `folder`; links are left out.

        The portal may be at work: a file that is deleted meanwhile is left out too.
        """
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                with suppress(FileNotFoundError):
                    self.add_file(path, f"{prefix}/{path.relative_to(folder).as_posix()}")

    def close(self, facts: dict[str, Any]) -> None:
        """Write the manifest, with `facts` about the portal."""
        manifest = {"format": FORMAT, **facts, "members": self._members}
        self._archive.writestr(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))


class HashingStream:
    """Passes bytes on, counting and hashing them."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        self.digest.update(data)
        self.size += len(data)
        return self._target.write(data)


@contextmanager
def writing(path: Path) -> Generator[Writer]:
    """A new archive that takes its name only once it is whole and on disk."""
    # Of a new name that nobody can have prepared, and readable by its owner alone.
    descriptor, name = tempfile.mkstemp(".partial", f"{path.name}.", path.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                yield Writer(archive)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(frozen=True)
class Reader:
    """A whole archive: every member was read and checked once."""

    archive: zipfile.ZipFile
    manifest: dict[str, Any]

    def names(self, prefix: str) -> Iterator[str]:
        """The members below `prefix/`."""
        return (name for name in self.manifest["members"] if name.startswith(f"{prefix}/"))

    def extract(self, name: str, target: Path) -> None:
        """Write one member to a file of its own, private to its owner."""
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with self.archive.open(name) as source, os.fdopen(descriptor, "wb") as stream:
            shutil.copyfileobj(source, stream, CHUNK)

    def extract_folder(self, prefix: str, folder: Path) -> None:
        """Write the members below `prefix/` into `folder`."""
        for name in self.names(prefix):
            self.extract(name, folder / PurePosixPath(name).relative_to(prefix))


@contextmanager
def reading(path: Path) -> Generator[Reader]:
    """Open and check an archive.

    Raises PortalError when it is no backup, cut short, altered, or of a later format.
    """
    with _opened(path) as archive:
        try:
            manifest = _checked(archive)
        except FAULTS as error:
            raise _not_whole(path, error) from error
        yield Reader(archive, manifest)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise PortalError(_("There is no file {path}.").format(path=path)) from error
    except FAULTS as error:
        raise _not_whole(path, error) from error


def _not_whole(path: Path, error: Exception) -> PortalError:
    return PortalError(
        _("{path} is not a whole backup ({reason}): nothing was changed.").format(
            path=path, reason=error
        )
    )


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise PortalError(
            _("This backup has format {number}, made by another version of the portal.").format(
                number=manifest["format"]
            )
        )
    members: dict[str, Any] = manifest["members"]
    if sorted(archive.namelist()) != sorted([*members, MANIFEST]):
        raise ValueError(_("members are missing or were added"))
    for name, known in members.items():
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\0" in name:
            raise ValueError(name)
        if _digest(archive, name) != known["sha256"]:
            raise ValueError(name)
    return manifest


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
