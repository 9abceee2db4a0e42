"""The pictures that come with the form of a page: kept where CKAN keeps what is sent to it."""

import io
import re
from collections.abc import Iterable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import uploader
from werkzeug.datastructures import FileStorage

from ckanext.grandpoitiers.pages.redrawing import TOO_HEAVY, PictureError, redrawn

KIND = "pages"
"""The folder of CKAN's storage, and the last part of the pictures' addresses' beginning."""
FILE = re.compile(r"(?:(picture)|(blocks-\d{1,3}-)address)_file")
MIB = 1024 * 1024


def kept(files: Iterable[tuple[str, FileStorage]]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The addresses of the pictures sent, by the field each is for, and what is wrong with others.

    A picture for the field `x` comes in a field `x_file`.
    """
    addresses: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for name, sent in files:
        match = FILE.fullmatch(name)
        if match is None or not sent.filename:
            continue
        field = name.removesuffix("_file")
        try:
            addresses[field] = _keep(sent)
        except PictureError as error:
            errors[field] = [tk._(error.message).format(**error.params)]
    return addresses, errors


def _keep(sent: FileStorage) -> str:
    most = int(tk.config["ckan.max_image_size"])
    size = sent.stream.seek(0, io.SEEK_END)
    if size > most * MIB:
        raise PictureError(TOO_HEAVY, size=-(-size // MIB), most=most)
    sent.stream.seek(0)
    picture = redrawn(sent.stream.read())
    content_type = "image/png" if picture.ending == "png" else "image/jpeg"
    stem = re.sub(r"[^a-z0-9]+", "-", str(sent.filename).rpartition(".")[0].lower())[:60]
    file = FileStorage(
        io.BytesIO(picture.content), f"{stem.strip('-')}.{picture.ending}", None, content_type
    )
    fields: dict[str, Any] = {"file": file}
    store = uploader.get_uploader(KIND)
    store.update_data_dict(fields, "address", "file", "clear")
    store.upload(most)
    return tk.h.url_for_static(f"/uploads/{KIND}/{fields['address']}")
