"""Files that are kept beside the published ones: versions, originals, deposits under way.

In the portal's storage (``ckan.storage_path``), under ``scdl/``. A version costs no room while it
is the published one: both are the same file of the disk.
"""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import IO

import ckan.plugins.toolkit as tk

BLOCK = 1 << 20
_SAFE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")


def folder() -> Path:
    """Where everything is kept."""
    return Path(tk.config["ckan.storage_path"]) / "scdl"


def version_folder(resource_id: str, number: int) -> Path:
    """Where the files of one version of a resource are."""
    return folder() / "resources" / _safe(resource_id) / str(number)


def deposit_folder(deposit_id: str) -> Path:
    """Where the file of a deposit is."""
    return folder() / "deposits" / _safe(deposit_id)


def _safe(identifier: str) -> str:
    # Ids come from addresses: none of them is a path.
    if not _SAFE.fullmatch(identifier):
        raise ValueError(identifier)
    return identifier


def keep(source: Path, target: Path) -> None:
    """Keep the file at ``source`` as ``target`` too, without copying it where it can be helped.

    CKAN replaces a file by another and never writes into it: the kept one can't change.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def save(source: IO[bytes], target: Path, limit: int) -> int:
    """Write a stream of at most ``limit`` bytes; the number of bytes.

    Raises OverflowError when there are more: nothing is left then.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    try:
        with target.open("wb") as file:
            while block := source.read(BLOCK):
                size += len(block)
                if size > limit:
                    raise OverflowError(limit)
                file.write(block)
    except OverflowError:
        target.unlink(missing_ok=True)
        raise
    return size


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def forget_version(resource_id: str, number: int) -> None:
    """Remove the files of one version."""
    shutil.rmtree(version_folder(resource_id, number), ignore_errors=True)


def forget_resource(resource_id: str) -> None:
    """Remove the files of every version."""
    shutil.rmtree(folder() / "resources" / _safe(resource_id), ignore_errors=True)


def forget_deposit(deposit_id: str) -> None:
    """Remove the file of a deposit."""
    shutil.rmtree(deposit_folder(deposit_id), ignore_errors=True)
