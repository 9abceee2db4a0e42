"""A former version of a file, published again under the same ids and addresses."""

from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from werkzeug.datastructures import FileStorage

from ckanext.scdl.publishing import gate, library, sources, state


def restore(context: Context, resource_id: str, number: int) -> dict[str, Any]:
    """Publish version ``number`` again, its original and repairs with it. Raises NotFound."""
    found = next((one for one in state.versions_of(resource_id) if one["number"] == number), None)
    folder = library.version_folder(resource_id, number)
    published = folder / "published"
    if found is None or not published.is_file():
        raise tk.ObjectNotFound(tk._("This version is no longer kept."))
    pending = {"original": found["original"], "repairs": found["repairs"]}
    pending["author"] = context.get("user") or ""
    if found["original"]:
        keep_original(resource_id, folder / "original")
    state.put_file(resource_id, pending=pending)
    model.Session.commit()
    return replace(context, resource_id, published, found["name"])


def keep_original(resource_id: str, original: Path) -> None:
    """Keep the deposited file with the version that is about to be published."""
    known = state.versions_of(resource_id)
    number = known[0]["number"] + 1 if known else 1
    library.keep(original, library.version_folder(resource_id, number) / "original")


def replace(context: Context, resource_id: str, path: Path, name: str) -> dict[str, Any]:
    """Put the file at ``path`` in the place of a resource's: its id and address stay."""
    examined: Any = {**tk.fresh_context(context), gate.EXAMINED: True}
    with path.open("rb") as stream:
        return tk.get_action("resource_patch")(
            examined,
            {
                "id": resource_id,
                "upload": FileStorage(stream, filename=name),
                "url": name,
                "format": sources.format_of(name),
            },
        )
