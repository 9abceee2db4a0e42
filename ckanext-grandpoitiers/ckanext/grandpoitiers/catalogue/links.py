"""The links of a record: cleaned, and sorted by protocol, function and format. Pure.

Declared protocols come in many spellings (OGC:WMS-1.3.0-http-get-capabilities, "OGC Web Map
Service", WWW:DOWNLOAD-1.0-http--download, a MIME type…), and many are wrong: what the address
itself says (``service=WFS``) decides where the declaration is vague.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.record import Distribution

PROTOCOLS = (
    "WMS",
    "WFS",
    "WMTS",
    "OGC API Features",
    "ATOM",
    "ESRI REST",
    "service",
    "file",
    "page",
)
FUNCTIONS = ("view", "download", "document", "search")

_MAX_URL = 4000

# Tried in order on the declared protocol; WMTS before WMS, whose name it contains.
_DECLARED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("WMTS", re.compile(r"wmts|web map tile", re.I)),
    ("WMS", re.compile(r"\bwms|web map service|ogc/wms", re.I)),
    ("WFS", re.compile(r"\bwfs|web feature service|ogc/wfs", re.I)),
    ("OGC API Features", re.compile(r"ogc ?-?api.*features|ogcapi:features|ogc:oaf", re.I)),
    ("ATOM", re.compile(r"\batom\b", re.I)),
    ("ESRI REST", re.compile(r"esri:rest|arcgis.*rest", re.I)),
    ("service", re.compile(r"\b(?:ogc:)?(?:wcs|csw|sos|wps|sta|sensorthings)\b|opendap", re.I)),
)
# Tried in order on the address, lower case.
_ADDRESS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("WMTS", re.compile(r"[?&]service=wmts|/wmts(?:[/?]|$)")),
    ("WMS", re.compile(r"[?&]service=wms(?:&|$)|/wms(?:[/?]|$)|/wmsserver")),
    ("WFS", re.compile(r"[?&]service=wfs(?:&|$)|/wfs(?:[/?]|$)|/wfsserver")),
    ("service", re.compile(r"[?&]service=(?:wcs|csw|sos|wps)(?:&|$)|/csw(?:\?|$)")),
    ("OGC API Features", re.compile(r"/collections/[^/?]+(?:/items)?/?(?:\?|$)")),
    ("ATOM", re.compile(r"\.atom(?:\?|$)|/atom(?:[/?]|$)|/atomfeed|service=atom|[?&]atom")),
    ("ESRI REST", re.compile(r"/rest/services/.+/(?:map|feature|image)server")),
)
_DOWNLOAD = re.compile(r"download|^file\b|enclosure", re.I)
_MIME = re.compile(r"[a-z]+/[a-z0-9.+-]+$", re.I)
_VIEWED = frozenset({"WMS", "WMTS", "ESRI REST"})
_OGC = frozenset({"WMS", "WFS", "WMTS", "OGC API Features"})

# CI_OnLineFunctionCode (ISO 19115 B.5.3, ISO 19115-1) and the words of some catalogues.
_FUNCTION_CODES: Mapping[str, str] = {
    "download": "download",
    "offlineaccess": "document",
    "information": "document",
    "information.content": "document",
    "information.portrayal": "document",
    "information.qualityreport": "document",
    "order": "document",
    "search": "search",
    "browsing": "view",
    "browsegraphic": "view",
    "view": "view",
    "mapdigital": "view",
}
# File name extension → format as CKAN shows it. Pages made by programs are not files.
_FORMATS: Mapping[str, str] = {
    "csv": "CSV", "tsv": "TSV", "xls": "XLS", "xlsx": "XLSX", "ods": "ODS",
    "json": "JSON", "geojson": "GeoJSON", "topojson": "TopoJSON", "xml": "XML", "gml": "GML",
    "kml": "KML", "kmz": "KMZ", "gpx": "GPX", "gpkg": "GPKG", "shp": "SHP", "shz": "SHP",
    "dxf": "DXF", "dwg": "DWG", "tab": "TAB", "mif": "MIF", "gdb": "GDB", "las": "LAS",
    "laz": "LAZ", "tif": "TIFF", "tiff": "TIFF", "ecw": "ECW", "jp2": "JP2", "asc": "ASC",
    "nc": "NetCDF", "pdf": "PDF", "doc": "DOC", "docx": "DOCX", "odt": "ODT", "txt": "TXT",
    "png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "svg": "SVG", "zip": "ZIP",
    "7z": "7Z", "gz": "GZ", "rar": "RAR", "tgz": "TGZ", "parquet": "Parquet", "rdf": "RDF",
    "ttl": "TTL", "gtfs": "GTFS", "mbtiles": "MBTiles", "pmtiles": "PMTiles", "fgb": "FlatGeobuf",
}  # fmt: skip
_SERVICE_FORMATS: Mapping[str, str] = {"ESRI REST": "Esri REST"}  # ckan's resource_formats.json
_PACKED = frozenset({"ZIP", "7Z", "GZ", "RAR", "TGZ", ""})
_DOCUMENTS = frozenset({"PDF", "DOC", "DOCX", "ODT", "TXT"})
_MIME_FORMATS: Mapping[str, str] = {
    "application/geo+json": "GeoJSON",
    "application/geopackage+sqlite3": "GPKG",
    "application/gml+xml": "GML",
    "application/json": "JSON",
    "application/pdf": "PDF",
    "application/vnd.google-earth.kml+xml": "KML",
    "application/x-shapefile": "SHP",
    "application/zip": "ZIP",
    "image/jp2": "JP2",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "text/csv": "CSV",
    "x-gis/x-shapefile": "SHP",
}
_LAYER = re.compile(r"[\w.:-]+(?:,[\w.:-]+)*", re.ASCII)
_NOT_LAYER = re.compile(
    r"(?:ogc:)?(?:wms|wfs|wmts)[\w.:-]*|getcapabilities|getmap|getfeature|default|.*\.(?:zip|xml|html?)|www\..*",
    re.I,
)
_LAYER_PARAMETERS = ("layers", "layer", "typenames", "typename")


@dataclass(frozen=True, slots=True)
class Online:
    """A CI_OnlineResource as the record gives it, every text on one line."""

    linkage: str
    protocol: str = ""
    name: str = ""
    description: str = ""
    function: str = ""
    application_profile: str = ""
    media_type: str = ""


def read_link(
    online: Online, formats: tuple[str, ...] = ()
) -> tuple[Distribution | None, list[Problem]]:
    """``online`` classified, None when its address cannot be kept.

    ``formats`` are the record's distribution formats: they name what an archive holds when there
    is only one.
    """
    url, problems = clean_url(online.linkage)
    if not url:
        return None, problems
    protocol = _protocol(online, url)
    media_type = _media_type(online)
    shown = _format(protocol, url, media_type, formats)
    layer = _layer(online.name, url) if protocol in _OGC else ""
    distribution = Distribution(
        url=url,
        protocol=protocol,
        function=_function(protocol, shown, online.function),
        name=online.name,
        description=online.description,
        layer_name=layer,
        format=shown,
        media_type=media_type,
    )
    return distribution, problems


def clean_url(linkage: str) -> tuple[str, list[Problem]]:
    """``linkage`` as an http, https or ftp address fit for a page, ``""`` when it is not one."""
    text = "".join(linkage.split("\n")).strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", [Problem.of("resources", Kind.LINK_MALFORMED, value=text)]
    if parts.scheme.lower() not in ("http", "https", "ftp"):
        kind = Kind.LINK_SCHEME if parts.scheme else Kind.LINK_MALFORMED
        return "", [Problem.of("resources", kind, value=text)] if text else []
    if not host or " " in host or len(text) > _MAX_URL:
        return "", [Problem.of("resources", Kind.LINK_MALFORMED, value=text)]
    problems: list[Problem] = []
    netloc = parts.netloc
    if "@" in netloc:
        netloc = host if port is None else f"{host}:{port}"
        problems.append(Problem.of("resources", Kind.LINK_CREDENTIALS, value=netloc))
    whole = urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, parts.fragment))
    return _escaped(whole), problems


def endpoint(url: str) -> str:
    """``url`` without its query: the same service asked for something else."""
    return url.partition("?")[0].rstrip("/")


def _escaped(url: str) -> str:
    # Braces stay: they are the templates of tile addresses.
    return "".join(f"%{ord(c):02X}" if c in ' "<>\\^`' else c for c in url)


def _protocol(online: Online, url: str) -> str:
    declared = f"{online.protocol} {online.application_profile}".strip()
    # What follows a # is for the page: viewers put the address of a layer there.
    lowered = unquote(url.partition("#")[0]).lower()
    for protocol, pattern in _DECLARED:
        if pattern.search(declared):
            return protocol
    for protocol, pattern in _ADDRESS:
        if pattern.search(lowered):
            return protocol
    if _extension(url) in _FORMATS or _DOWNLOAD.search(declared):
        return "file"
    mime = _media_type(online)
    return "file" if mime and mime not in ("text/html", "application/xhtml+xml") else "page"


def _media_type(online: Online) -> str:
    for text in (online.media_type, online.protocol):
        if _MIME.fullmatch(text):
            return text.lower()
    return ""


def _extension(url: str) -> str:
    name = urlsplit(url).path.rsplit("/", 1)[-1].lower()
    return name.rsplit(".", 1)[-1] if "." in name else ""


def _format(protocol: str, url: str, media_type: str, formats: tuple[str, ...]) -> str:
    if protocol == "page":
        return "HTML"
    if protocol == "service":
        return ""
    if protocol != "file":
        return _SERVICE_FORMATS.get(protocol, protocol)
    shown = _FORMATS.get(_extension(url)) or _MIME_FORMATS.get(media_type, "")
    if shown in _PACKED and len(formats) == 1:
        return known_format(formats[0]) or shown
    return shown


def known_format(name: str) -> str:
    """A distribution format's free name ("ESRI Shapefile (.shp)") as CKAN shows it, or ``""``."""
    folded = name.lower()
    if "shape" in folded or "shp" in folded:
        return "SHP"
    if "geopackage" in folded:
        return "GPKG"
    words = re.findall(r"[a-z0-9]+", folded)
    return next((_FORMATS[word] for word in words if word in _FORMATS), "")


def _function(protocol: str, shown_format: str, code: str) -> str:
    if protocol in _VIEWED:
        return "view"
    declared = _FUNCTION_CODES.get(code.lower(), "")
    if protocol == "page":
        return declared or "document"
    if protocol == "service":
        return declared or "search"
    if protocol == "file" and shown_format in _DOCUMENTS:
        return declared or "document"
    # A file or a download service stays one, whatever word the catalogue chose.
    return "download"


def _layer(name: str, url: str) -> str:
    if _LAYER.fullmatch(name) and not _NOT_LAYER.fullmatch(name):
        return name
    query = {key.lower(): value for key, value in parse_qsl(urlsplit(url).query)}
    return next((query[key] for key in _LAYER_PARAMETERS if query.get(key)), "")
