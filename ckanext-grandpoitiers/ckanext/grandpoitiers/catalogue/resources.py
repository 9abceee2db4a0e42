"""The links of a record as CKAN resources. Pure: no ``ckan``, no HTTP."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from ckanext.grandpoitiers.catalogue.links import endpoint
from ckanext.grandpoitiers.catalogue.record import Distribution, Record

Json = dict[str, Any]

_IDS = uuid.UUID("6b0a9c1e-7c1b-5d55-9a53-0d3f4c2f8a61")
_TITLE_LENGTH = 120
SERVICE_STANDARDS: Mapping[str, str] = {
    "WMS": "http://www.opengis.net/def/serviceType/ogc/wms",
    "WFS": "http://www.opengis.net/def/serviceType/ogc/wfs",
    "WMTS": "http://www.opengis.net/def/serviceType/ogc/wmts",
    "OGC API Features": "http://www.opengis.net/def/interface/ogcapi-features",
    "ATOM": "https://tools.ietf.org/html/rfc4287",
}
"""Kinds of access → the standard that their service follows."""
# What a visitor wants first: the data, then what programs use, then pictures, then pages.
_ORDER = ("file", "WFS", "OGC API Features", "ATOM", "WMS", "WMTS", "ESRI REST", "service", "page")


def read_resources(record: Record) -> list[Json]:
    """The resources of ``record``, data first, each link once, with ids that last."""
    ordered = sorted(record.distributions, key=lambda link: _ORDER.index(link.protocol))
    identifiers = _resource_ids(record)
    resources: dict[str, Json] = {}
    for link in ordered:
        identifier = identifiers[link.url, link.layer_name, link.protocol]
        resources.setdefault(identifier, resource_of(identifier, link))
    return list(resources.values())


def _resource_ids(record: Record) -> Mapping[tuple[str, str, str], str]:
    """An id for each link that stays the same for years, whatever its texts become.

    It is made of the record, the address and the layer; the protocol only counts for a second
    link with the same address and layer (a server that speaks WMS and WFS at one address).
    """
    keys = sorted({(d.url, d.layer_name, d.protocol) for d in record.distributions})
    first: dict[tuple[str, str], str] = {}
    identifiers: dict[tuple[str, str, str], str] = {}
    for url, layer, protocol in keys:
        extra = "" if first.setdefault((url, layer), protocol) == protocol else f"\n{protocol}"
        seed = f"{record.file_identifier}\n{url}\n{layer}{extra}"
        identifiers[url, layer, protocol] = str(uuid.uuid5(_IDS, seed))
    return identifiers


def resource_of(identifier: str, link: Distribution, layer: str | None = None) -> Json:
    """A link as a CKAN resource; ``layer`` stands for its own when it is given."""
    link = link if layer is None else replace(link, layer_name=layer)
    name = _resource_name(link)
    fields: Json = {
        "id": identifier,
        "name": name,
        "description": link.description if link.description != name else "",
        "url": link.url,
        "format": link.format,
        "mimetype": link.media_type,
        "protocol": link.protocol,
        "layer_name": link.layer_name,
        "function": link.function,
        "access_services": _access_services(link, name),
    }
    return {key: value for key, value in fields.items() if value not in ("", [])}


def _resource_name(link: Distribution) -> str:
    """The text a person would choose from: a layer's technical name comes last."""
    short = link.description if len(link.description) <= _TITLE_LENGTH else ""
    texts = (short, link.name) if link.layer_name else (link.name, short)
    parts = urlsplit(link.url)
    file_name = parts.path.rstrip("/").rpartition("/")[2] if link.protocol == "file" else ""
    layer = f"{link.protocol} {link.layer_name}" if link.layer_name else ""
    return next(filter(None, (*texts, layer, file_name, parts.hostname)), link.url)


def _access_services(link: Distribution, name: str) -> list[Json]:
    standard = SERVICE_STANDARDS.get(link.protocol)
    if standard is None:
        return []
    return [{"title": name, "endpoint_url": [endpoint(link.url)], "conforms_to": [standard]}]
