"""GetRecords requests of CSW 2.0.2, as documents (POST) and as addresses (GET). Pure.

Sources: OGC 07-006r1, 10.8 and tables 63 and 64; OGC 04-095 (filters). Must import neither
`ckan` nor an HTTP client.
"""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape, quoteattr

from ckanext.grandpoitiers.catalogue.sources import Filters
from ckanext.grandpoitiers.catalogue.text import fold

CSW = "http://www.opengis.net/cat/csw/2.0.2"
DC = "http://purl.org/dc/elements/1.1/"
GMD = "http://www.isotc211.org/2005/gmd"
GML = "http://www.opengis.net/gml"
OGC = "http://www.opengis.net/ogc"
OWS = "http://www.opengis.net/ows"
PREFIXES = {"csw": CSW, "dc": DC, "gmd": GMD, "gml": GML, "ogc": OGC, "ows": OWS}
PAGE_SIZE = 100
SERVICE_PARAMETERS = frozenset({"service", "version", "request", "acceptversions"})
# Axis order is a matter of opinion for EPSG:4326 and for no name at all: pycsw reads latitudes
# first, Esri's Geoportal Server longitudes. CRS84 is longitudes first for everybody.
LONGITUDE_FIRST = "urn:ogc:def:crs:OGC:1.3:CRS84"
ANYTHING = (
    '<ogc:PropertyIsLike wildCard="%" singleChar="_" escapeChar="\\">'
    "<ogc:PropertyName>csw:AnyText</ogc:PropertyName><ogc:Literal>%</ogc:Literal>"
    "</ogc:PropertyIsLike>"
)
"""A condition that every record meets, for servers that answer nothing to a query without any."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for; the defaults are what every known server understands.

    `csw:Record` is the one type name that all of them must accept (07-006r1, table 64), and the
    core queryables the one way to sort. `cql` is the administrator's own condition and is always
    sent; `filters` are sent where a server can be trusted with them (`condition`).
    """

    page_size: int = PAGE_SIZE
    type_names: str = "csw:Record"
    output_schema: str = GMD
    sort_by: str = "dc:identifier"
    cql: str = ""
    filters: Filters = field(default_factory=Filters)
    anything: bool = False
    by_get: bool = False

    @property
    def condition(self) -> str:
        """The ogc:Filter's content, "" for none."""
        return ANYTHING if self.anything else condition(self.filters)

    @property
    def unfiltered(self) -> "Query":
        """The same, the filters being left to whoever reads the answer."""
        return replace(self, filters=Filters(), anything=False)

    def shapes(self) -> Generator["Query"]:
        """The same question in every way known to be understood by some server, best first.

        POST, which the standard wants, and GET, which alone works behind some proxies; without
        order for servers that can't sort; by the ISO type name for those that know no other
        (Géo-IDE); with a condition for those that answer nothing without one.
        """
        unsorted = replace(self, sort_by="")
        of_iso = replace(unsorted, type_names="gmd:MD_Metadata")
        anything = () if self.cql or self.condition else (replace(of_iso, anything=True),)
        for shape in (self, unsorted, of_iso, *anything):
            yield replace(shape, by_get=False)
            yield replace(shape, by_get=True)
        if self.condition and not self.anything:
            yield from self.unfiltered.shapes()

    def request(self, start: int) -> bytes:
        """The GetRecords document for the page that begins at record `start` (from 1)."""
        names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items())
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<csw:GetRecords{names} service="CSW" version="2.0.2" resultType="results" '
            f'outputFormat="application/xml" outputSchema={quoteattr(self.output_schema)} '
            f'startPosition="{start}" maxRecords="{self.page_size}">'
            f"<csw:Query typeNames={quoteattr(self.type_names)}>"
            f"<csw:ElementSetName>full</csw:ElementSetName>{self._constraint()}{self._sorting()}"
            "</csw:Query></csw:GetRecords>"
        ).encode()

    def address(self, url: str, start: int) -> str:
        """The GetRecords address for the same page."""
        parameters = {
            "service": "CSW",
            "version": "2.0.2",
            "request": "GetRecords",
            "namespace": ",".join(f"xmlns({name}={uri})" for name, uri in PREFIXES.items()),
            "resultType": "results",
            "outputFormat": "application/xml",
            "outputSchema": self.output_schema,
            "typeNames": self.type_names,
            "elementSetName": "full",
            "startPosition": str(start),
            "maxRecords": str(self.page_size),
            "sortBy": f"{self.sort_by}:A" if self.sort_by else "",
            **self._constraint_parameters(),
        }
        parts = urlsplit(endpoint(url))
        query = urlencode({name: value for name, value in parameters.items() if value})
        joined = "&".join(filter(None, (parts.query, query)))
        return urlunsplit((parts.scheme, parts.netloc, parts.path, joined, ""))

    def _constraint(self) -> str:
        inside = f"<csw:CqlText>{escape(self.cql)}</csw:CqlText>" if self.cql else ""
        if not inside and self.condition:
            inside = f"<ogc:Filter>{self.condition}</ogc:Filter>"
        return f'<csw:Constraint version="1.1.0">{inside}</csw:Constraint>' if inside else ""

    def _constraint_parameters(self) -> dict[str, str]:
        names = f'xmlns:ogc="{OGC}" xmlns:gml="{GML}" xmlns:ows="{OWS}" xmlns:dc="{DC}"'
        document = f"<ogc:Filter {names}>{self.condition}</ogc:Filter>" if self.condition else ""
        text = self.cql or document
        if not text:
            return {}
        return {
            "constraintLanguage": "CQL_TEXT" if self.cql else "FILTER",
            "constraint_language_version": "1.1.0",
            "constraint": text,
        }

    def _sorting(self) -> str:
        if not self.sort_by:
            return ""
        return (
            f"<ogc:SortBy><ogc:SortProperty><ogc:PropertyName>{escape(self.sort_by)}"
            "</ogc:PropertyName><ogc:SortOrder>ASC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy>"
        )


def condition(filters: Filters) -> str:
    """The filters that a server can apply, as the content of an ogc:Filter; "" for none.

    It only spares pages: whoever reads the answer applies every filter again. The kind of record
    is not asked for where datasets are wanted, since a record that does not tell its kind is one
    (ISO 19115); organisations have no core queryable.
    """
    parts: list[str] = []
    if filters.bbox is not None:
        west, south, east, north = (f"{side:g}" for side in filters.bbox)
        parts.append(
            "<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
            f'<gml:Envelope srsName="{LONGITUDE_FIRST}">'
            f"<gml:lowerCorner>{west} {south}</gml:lowerCorner>"
            f"<gml:upperCorner>{east} {north}</gml:upperCorner></gml:Envelope></ogc:BBOX>"
        )
    if filters.iso_types and "dataset" not in filters.iso_types:
        parts.append(_any_of([_equal("dc:type", kind) for kind in filters.iso_types]))
    if filters.keywords:
        words = dict.fromkeys(w for word in filters.keywords for w in (word, fold(word)))
        parts.append(_any_of([_like("dc:subject", word) for word in words if word]))
    return parts[0] if len(parts) == 1 else f"<ogc:And>{''.join(parts)}</ogc:And>" if parts else ""


def endpoint(url: str) -> str:
    """The service's address, from what people paste: often the one of its capabilities."""
    parts = urlsplit(url)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in SERVICE_PARAMETERS
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _any_of(conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"<ogc:Or>{''.join(conditions)}</ogc:Or>"


def _equal(name: str, value: str) -> str:
    return (
        f'<ogc:PropertyIsEqualTo matchCase="false"><ogc:PropertyName>{name}</ogc:PropertyName>'
        f"<ogc:Literal>{escape(value)}</ogc:Literal></ogc:PropertyIsEqualTo>"
    )


def _like(name: str, value: str) -> str:
    plain = value.translate({ord(c): f"\\{c}" for c in "%_\\"})
    return (
        '<ogc:PropertyIsLike wildCard="%" singleChar="_" escapeChar="\\" matchCase="false">'
        f"<ogc:PropertyName>{name}</ogc:PropertyName>"
        f"<ogc:Literal>%{escape(plain)}%</ogc:Literal></ogc:PropertyIsLike>"
    )
