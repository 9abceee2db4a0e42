"""What a link can show on a map and how QGIS is told of it, from what the link says. Pure.

Must import neither `ckan` nor an HTTP client. A resource is CKAN's dictionary, its fields those of
our schema: `url`, `protocol`, `layer_name`, `format`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

WMS, WFS, WMTS, OAPIF, REST = "WMS", "WFS", "WMTS", "OGC API Features", "ESRI REST"
MOST = 1000
"""Features that a map shows: enough to see what there is, little enough for a telephone."""

OF_A_REQUEST = frozenset(
    {
        *("service", "request", "version", "layers", "layer", "styles", "style", "format"),
        *("typename", "typenames", "outputformat", "srs", "crs", "srsname", "bbox", "width"),
        *("height", "transparent", "maxfeatures", "count", "tilematrixset", "exceptions"),
    }
)
"""Parameters of one request of OGC: what is left is the service's own (`map=`, a key)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Something a map can show: an image from a WMS (`url`, `layer`), or features we fetch."""

    kind: str
    url: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """What QGIS asks for: the kind of connection, its address, and the layer to choose in it."""

    kind: str
    url: str
    layer: str = ""


def shown(resource: Mapping[str, Any]) -> Layer | None:
    """What a map can show of a resource, None for nothing."""
    protocol, name = resource.get("protocol"), resource.get("layer_name") or ""
    if not _is_web(resource):
        return None
    if protocol == WMS and name:
        return Layer("image", service(resource["url"]), name)
    return Layer("features") if requests(resource) else None


def requests(resource: Mapping[str, Any]) -> list[str]:
    """The addresses that give the features of a resource, the best first; none if it has none.

    A WFS is asked for GeoJSON; one that has none for GML 2 (WFS 1.0.0), where longitudes come
    first whatever the server.
    """
    url, protocol = str(resource.get("url") or ""), resource.get("protocol")
    name = resource.get("layer_name") or ""
    if not _is_web(resource):
        return []
    if protocol == WFS and name:
        return [_json_of_wfs(url, name), _gml_of_wfs(url, name)]
    if protocol == OAPIF and "/collections/" in url:
        items = url.partition("?")[0].rstrip("/").removesuffix("/items")
        return [f"{items}/items?{urlencode({'f': 'json', 'limit': MOST})}"]
    is_file = protocol in (None, "", "file")
    return [url] if is_file and str(resource.get("format")).casefold() == "geojson" else []


def connection(resource: Mapping[str, Any]) -> Connection | None:
    """How QGIS reaches a resource, None where it can't by an address."""
    protocol = str(resource.get("protocol") or "")
    name = resource.get("layer_name") or ""
    if not _is_web(resource):
        return None
    url = str(resource["url"])
    if protocol in (WMS, WMTS, WFS):
        return Connection(protocol, service(url), name)
    if protocol == OAPIF:
        return Connection(protocol, url.partition("/collections")[0], name)
    return Connection(protocol, url.partition("?")[0]) if protocol == REST else None


def service(url: str) -> str:
    """The address of an OGC service, without what one request asks of it."""
    parts = urlsplit(url)
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in OF_A_REQUEST
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _json_of_wfs(url: str, name: str) -> str:
    return _with(url, {
        "SERVICE": "WFS", "VERSION": "2.0.0", "REQUEST": "GetFeature", "TYPENAMES": name,
        "OUTPUTFORMAT": "application/json", "SRSNAME": "EPSG:4326", "COUNT": str(MOST),
    })  # fmt: skip


def _gml_of_wfs(url: str, name: str) -> str:
    return _with(url, {
        "SERVICE": "WFS", "VERSION": "1.0.0", "REQUEST": "GetFeature", "TYPENAME": name,
        "SRSNAME": "EPSG:4326", "MAXFEATURES": str(MOST),
    })  # fmt: skip


def _with(url: str, asked: Mapping[str, str]) -> str:
    base = service(url)
    return f"{base}{'&' if '?' in base else '?'}{urlencode(asked)}"


def _is_web(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("url") or "").lower().startswith(("http://", "https://"))
