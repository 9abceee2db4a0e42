"""A file that would take the place of another: compared with the table that is on line.

Nothing is written of what is compared. The comparison of a file that came by CKAN's own form or
API is kept beside the deposit that it became, until its sender decides.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.scdl import config
from ckanext.scdl.files.comparison import Comparison
from ckanext.scdl.publishing import library, loading, sources, state
from ckanext.scdl.queue import store

NAME = "comparison.json"


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


# -- files that wait for a decision


def keep(deposit_id: str, change: Comparison) -> None:
    """Keep what a deposit would change; that also says that it came by CKAN's own ways.

    It takes the place of the one that its sender left waiting: a program sends one every night.
    """
    deposit = state.deposit(deposit_id)
    former = waiting(deposit["resource_id"], deposit["user_id"]) if deposit else []
    for one in former:
        state.drop_deposit(one["id"])
    document = change.as_dict() | {"shrunk": change.shrunk}
    path = library.deposit_folder(deposit_id) / NAME
    path.write_text(json.dumps(document), encoding="utf-8")
    # As CKAN would have published it: as it is.
    state.put_deposit(deposit_id, repairs=[])
    model.Session.commit()
    for one in former:
        library.forget_deposit(one["id"])


def is_kept(deposit_id: str) -> bool:
    """Whether a deposit is a file that came by CKAN's own ways."""
    return (library.deposit_folder(deposit_id) / NAME).is_file()


def waiting(resource_id: str, user_id: str) -> list[dict[str, Any]]:
    """The files that this person sent for a resource, and has not decided about: deposits, each
    with its ``comparison``."""
    found: list[dict[str, Any]] = []
    for deposit in state.deposits_of(user_id):
        path = library.deposit_folder(deposit["id"]) / NAME
        if deposit["resource_id"] != resource_id or not path.is_file() or store.get(deposit["id"]):
            continue
        comparison = json.loads(path.read_text(encoding="utf-8"))
        found.append({**deposit, "comparison": comparison})
    return found
