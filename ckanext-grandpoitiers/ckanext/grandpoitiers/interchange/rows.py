"""Rows of CKAN's tables → the fields of a dataset, as `package_show` gives them.

Pure: imports neither `ckan` nor an HTTP client.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

Dataset = dict[str, Any]
_JSON = json.JSONDecoder()


def offered(written: str | None) -> bool:
    """Whether a source's settings say nothing against offering its records again."""
    try:
        settings = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return True
    return not (isinstance(settings, dict) and settings.get("offer_again") is False)


def as_list(written: object) -> list[Any]:
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text: no other is worth looking for there, nor can be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def resource(row: Mapping[Any, Any], lists: Collection[str]) -> Dataset:
    resource = {name: value for name, value in row.items() if name != "extras"}
    resource.update(loaded(as_object(row["extras"]), lists))
    url = resource.get("url")
    if url and resource.get("url_type") != "upload" and not _has_scheme(url):
        # As CKAN does when it shows it.
        resource["url"] = "http://" + url.lstrip("/")
    return dated(resource)


def _has_scheme(url: str) -> bool:
    try:
        return bool(urlsplit(url).scheme)
    except ValueError:
        return True


def loaded(extras: Mapping[str, Any], lists: Collection[str], within: str = "") -> Dataset:
    """The stored fields, lists read from their JSON; what is no JSON stays as it is.

    `lists` names the fields to read, those of repeating sub-fields as `field.subfield`.
    """
    found: Dataset = {}
    for name, value in extras.items():
        found[name] = _loaded(value, lists, within + name) if within + name in lists else value
    return found


def _loaded(value: Any, lists: Collection[str], path: str) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            # Half the time of `json.loads`, which looks for spaces before and after.
            read, end = _JSON.raw_decode(value)
        except (ValueError, RecursionError):
            return value
        if not value[end:].strip():
            value = read
    if not isinstance(value, list):
        return value
    return [
        loaded(cast("Dataset", one), lists, f"{path}.") if isinstance(one, dict) else one
        for one in cast("list[Any]", value)
    ]


def as_object(written: object) -> Mapping[str, Any]:
    try:
        found = json.loads(written) if isinstance(written, str) else written
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def dated(fields: Dataset) -> Dataset:
    for name in ("metadata_created", "metadata_modified", "created", "last_modified"):
        value = fields.get(name)
        if value is not None and not isinstance(value, str):
            fields[name] = value.isoformat()
    return fields
