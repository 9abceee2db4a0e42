"""The file of a resource, on this machine for a moment: an upload, or what its address answers."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import uploader

from ckanext.scdl import config
from ckanext.scdl.files.errors import FileRefused, Refusal
from portal_kit.outbound import Limits, TooLarge, outbound_client

LOADABLE = frozenset(
    ("csv", "tsv", "txt", "xls", "xlsx", "xlsm", "xlsb", "ods", "geojson", "gpkg", "shp", "zip")
)
"""Ends of file names, and formats, that may hold a table."""
_FORMATS = {"geopackage": "gpkg", "shapefile": "shp", "excel": "xlsx", "tabular": "csv"}
_NOT_OURS = frozenset(("datastore", "tabledesigner"))
"""Kinds of resources whose table is not made from a file."""
_PICTURES = frozenset(("png", "jpg", "jpeg", "gif", "svg", "webp", "tif", "tiff", "bmp"))
"""Formats of uploads that nobody takes for a table."""


def loadable(resource: dict[str, Any]) -> bool:
    """Whether a resource may hold a table: by its kind, then its format or the end of its name.

    Any upload is looked at, but a picture: what it holds may be another thing than it says, and
    somebody is told why it has no preview.
    """
    if resource.get("url_type") in _NOT_OURS or not resource.get("url"):
        return False
    path = str(resource["url"]).partition("?")[0]
    said = str(resource.get("format") or "").strip().lower().lstrip(".")
    end = path.rpartition(".")[2].lower()
    if resource.get("url_type") == "upload":
        return (said or end) not in _PICTURES
    # CKAN calls a GeoJSON by its bytes: JSON.
    return (end if said in ("", "json") else _FORMATS.get(said, said)) in LOADABLE


def format_of(name: str) -> str:
    """The format of a file by its name: CKAN guesses none for a resource that has its id."""
    return name.rpartition(".")[2].upper() if "." in name else ""


def fingerprint(resource: dict[str, Any]) -> str:
    """What changes when the file of a resource is another one."""
    return "|".join(
        str(resource.get(key) or "")
        for key in ("url", "url_type", "size", "hash", "last_modified", "format")
    )


@contextmanager
def local_file(resource: dict[str, Any], workdir: Path) -> Generator[Path]:
    """The file of ``resource``; fetched into ``workdir`` when it is somebody else's.

    Raises FileRefused, and portal_kit's OutboundError when an address gives nothing.
    """
    if resource.get("url_type") == "upload":
        path = Path(uploader.get_resource_uploader(dict(resource)).get_path(resource["id"]))
        if path.is_file():
            if path.stat().st_size > config.largest_file():
                raise too_large(path.stat().st_size)
            yield path
            return
    target = workdir / "fetched"
    fetch(str(resource["url"]), target)
    yield target


def fetch(url: str, target: Path, limit: int | None = None) -> None:
    """Write what an address answers. Raises FileRefused and OutboundError."""
    size = limit or config.largest_file()
    limits = Limits(size=size, total=config.fetch_seconds())
    try:
        with (
            outbound_client(tk.config, limits) as client,
            client.stream("GET", url) as answer,
            target.open("wb") as file,
        ):
            for piece in answer:
                file.write(piece)
    except TooLarge as error:
        target.unlink(missing_ok=True)
        raise too_large(size + 1, size) from error


def too_large(size: int, limit: int | None = None) -> FileRefused:
    """The refusal of a file of ``size`` bytes or more, where ``limit`` are accepted."""
    accepted = (limit or config.largest_file()) // config.MEGABYTE
    weighs = max(accepted + 1, size // config.MEGABYTE)
    return FileRefused(Refusal.TOO_LARGE, size=weighs, limit=accepted)
