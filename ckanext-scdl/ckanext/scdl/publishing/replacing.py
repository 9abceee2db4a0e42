"""A file that would take the place of another: compared with the table that is on line.

Nothing is written of what is compared (see `publishing.waiting` for what is kept of it).
"""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import ckan.plugins.toolkit as tk

from ckanext.scdl import config
from ckanext.scdl.files.comparison import Comparison
from ckanext.scdl.publishing import library, loading, sources, state


def compared_stream(
    stream: IO[bytes], resource: Mapping[str, Any], package: dict[str, Any]
) -> Comparison | None:
    """What a file that was sent would change; None where there is no table to lose.

    Raises FileRefused.
    """
    resource_id = str(resource.get("id") or "")
    if not (resource_id and loading.dictionary(resource_id)):
        return None
    with TemporaryDirectory(prefix="scdl-") as folder:
        path, limit = Path(folder) / "file", config.largest_file()
        try:
            library.save(stream, path, limit)
        except OverflowError as error:
            raise sources.too_large(limit + 1) from error
        return _compared(path, resource, package, Path(folder))


def compared_address(
    url: str, resource: Mapping[str, Any], package: dict[str, Any]
) -> Comparison | None:
    """The same of what an address gives. Raises FileRefused and OutboundError."""
    with TemporaryDirectory(prefix="scdl-") as folder:
        sources.fetch(url, Path(folder) / "file")
        return _compared(Path(folder) / "file", resource, package, Path(folder))


def _compared(
    path: Path, resource: Mapping[str, Any], package: dict[str, Any], folder: Path
) -> Comparison | None:
    known = state.file_of(str(resource["id"])) or {}
    load = loading.Loading(package, dict(resource), known, path, folder / "work")
    return load.compared()


def sentence(change: Comparison) -> str:
    """What is compared, in a few words, for who sent the file."""
    types = tk.h.scdl_types()
    said = [
        tk._("Rows: {before} before, {after} now").format(
            before=change.rows_before, after=change.rows_after
        )
    ]
    for names, text in (
        (change.lost, tk._("Lost columns: {names}")),
        (change.added, tk._("New columns: {names}")),
    ):
        if names:
            said.append(text.format(names=", ".join(names)))
    renamed = tk._("Renamed column: {before} is now {after}")
    said += [renamed.format(before=before, after=after) for before, after in change.renamed]
    changed = tk._("The column {name} was of type “{before}” and is now a “{after}”")
    said += [
        changed.format(name=one.name, before=types[one.before], after=types[one.after])
        for one in change.changed
    ]
    return " ".join(f"{one}." for one in said)
