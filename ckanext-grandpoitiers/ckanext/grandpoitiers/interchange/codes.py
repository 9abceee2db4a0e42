"""Code lists that the export translates: formats, media types, protocols, languages, roles.

Pure: imports neither `ckan` nor an HTTP client. Sources: EU Vocabularies (file-type, language,
frequency, access-right, planned-availability, data-theme), the INSPIRE registry, udata's OGC list.
"""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


EU_FORMATS = _words("""
    7Z AAC APK ARC ATOM AZW BIN BMP CSS CSV DBF DGN DOC DOCX DWG DXF E00 ECW EPS EPUB EXE GDB
    GEOJSON GIF GML GMZ GPKG GRID GRID_ASCII GZIP HDF HTML ICS JPEG JPEG2000 JS JSON JSON_LD
    KML KMZ LAS LAZ MDB MHTML MOBI MPEG2 MPEG4 MRSID MXD N3 NETCDF ODB ODC ODF ODG ODP ODS ODT
    OWL PDF PNG PPT PPTX PS PSD QGS RAR RDF RDF_N_QUADS RDF_N_TRIPLES RDF_TRIG RDF_TURTLE
    RDF_XML REST RSS RTF SDMX SHP SQL SVG TAB TAR TAR_GZ TIFF TMX TSV TXT WFS_SRVC WMS_SRVC
    WCS_SRVC MAP_SRVC WORLD XHTML XLS XLSB XLSM XLSX XML XYZ XZ ZIP
""")
"""The codes of the authority table file-type that a portal of data meets."""

FORMATS: Mapping[str, str] = {
    "GEO JSON": "GEOJSON",
    "JSON-LD": "JSON_LD",
    "JSONLD": "JSON_LD",
    "SHAPE": "SHP",
    "SHAPEFILE": "SHP",
    "ESRI SHAPEFILE": "SHP",
    "GEOPACKAGE": "GPKG",
    "TTL": "RDF_TURTLE",
    "TURTLE": "RDF_TURTLE",
    "NT": "RDF_N_TRIPLES",
    "RDF/XML": "RDF_XML",
    "JPG": "JPEG",
    "JP2": "JPEG2000",
    "TIF": "TIFF",
    "GEOTIFF": "TIFF",
    "TEXT": "TXT",
    "ICAL": "ICS",
    "ICALENDAR": "ICS",
    "GZ": "GZIP",
    "TGZ": "TAR_GZ",
    "XHTML+XML": "XHTML",
    "WMS": "WMS_SRVC",
    "WFS": "WFS_SRVC",
    "WCS": "WCS_SRVC",
    "WMTS": "MAP_SRVC",
    "ESRI REST": "MAP_SRVC",
    "MAPINFO": "TAB",
}
"""Labels of formats that are not codes of file-type, folded to capitals."""

FILES = EU_FORMATS - {"HTML", "REST", "XHTML", "WFS_SRVC", "WMS_SRVC", "WCS_SRVC", "MAP_SRVC"}
"""Formats of what is downloaded whole."""

SERVICES: Mapping[str, str] = {
    "WMS": "wms",
    "WFS": "wfs",
    "WMTS": "wmts",
    "OGC API Features": "ogcapi-features",
}
"""Kinds of access → the end of OGC's address of their standard, by which udata knows them."""

SERVICE_TYPES: Mapping[str, str] = {
    "WMS": "view",
    "WMTS": "view",
    "WFS": "download",
    "OGC API Features": "download",
    "ATOM": "download",
}
"""Kinds of access → INSPIRE's type of spatial data service."""

FEEDS: Mapping[str, str] = {
    "GTFS-RT": "https://gtfs.org/documentation/realtime/reference/",
    "GTFS-REALTIME": "https://gtfs.org/documentation/realtime/reference/",
    "GTFSRT": "https://gtfs.org/documentation/realtime/reference/",
    "GBFS": "https://gbfs.org/specification/reference/",
}
"""Live feeds: the format is that of a service, described by this standard."""

ALGORITHMS: Mapping[str, str] = {
    "md5": "md5",
    "sha1": "sha1",
    "sha256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
}
ALGORITHM_OF_LENGTH: Mapping[int, str] = {
    32: "md5",
    40: "sha1",
    64: "sha256",
    96: "sha384",
    128: "sha512",
}
"""Hexadecimal digits of a checksum → its algorithm."""

ROLES: Mapping[str, str] = {
    "resourceProvider": "resourceProvider",
    "custodian": "custodian",
    "user": "user",
    "distributor": "distributor",
    "originator": "originator",
    "principalInvestigator": "principalInvestigator",
    "processor": "processor",
}
"""Roles of ISO 19115 that are a property of GeoDCAT-AP of the same name."""

LANGUAGES: Mapping[str, str] = {
    "fr": "FRA",
    "en": "ENG",
    "de": "DEU",
    "es": "SPA",
    "it": "ITA",
    "nl": "NLD",
    "pt": "POR",
    "oc": "OCI",
    "br": "BRE",
}
"""Locales of the portal → codes of the authority table language."""

HVD: Mapping[str, str] = {
    "c_164e0bf5": "Météorologiques",
    "c_a9135398": "Entreprises et propriété d'entreprises",
    "c_ac64a52d": "Géospatiales",
    "c_b79e35eb": "Mobilité",
    "c_dd313021": "Observation de la terre et environnement",
    "c_e1da4e07": "Statistiques",
}
"""The six categories of high-value datasets, as data.gouv.fr names them in French."""

DATA_THEMES: Mapping[str, str] = {
    "AGRI": "Agriculture, pêche, sylviculture et alimentation",
    "ECON": "Économie et finances",
    "EDUC": "Éducation, culture et sport",
    "ENER": "Énergie",
    "ENVI": "Environnement",
    "GOVE": "Gouvernement et secteur public",
    "HEAL": "Santé",
    "INTR": "Questions internationales",
    "JUST": "Justice, système juridique et sécurité publique",
    "OP_DATPRO": "Données provisoires",
    "REGI": "Régions et villes",
    "SOCI": "Population et société",
    "TECH": "Science et technologie",
    "TRAN": "Transports",
}
"""The authority table data-theme, in French."""

ACCESS = frozenset({"PUBLIC", "RESTRICTED", "NON_PUBLIC", "CONFIDENTIAL", "SENSITIVE"})
AVAILABILITY = frozenset({"AVAILABLE", "EXPERIMENTAL", "STABLE", "TEMPORARY"})
FREQUENCIES = _words("""
    1MIN 5MIN 10MIN 15MIN 30MIN 12HRS ANNUAL ANNUAL_2 ANNUAL_3 AS_NEEDED BIDECENNIAL BIENNIAL
    BIHOURLY BIMONTHLY BIWEEKLY CONT DAILY DAILY_2 DECENNIAL HOURLY IRREG MONTHLY MONTHLY_2
    MONTHLY_3 NEVER NOT_PLANNED OTHER QUADRENNIAL QUARTERLY QUINQUENNIAL TRIDECENNIAL TRIENNIAL
    TRIHOURLY UNKNOWN UPDATE_CONT WEEKLY WEEKLY_2 WEEKLY_3 WEEKLY_5
""")


def eu_format(label: str) -> str:
    """The code of file-type for a label of format, "" when there is none."""
    known = label.strip().upper()
    code = FORMATS.get(known, known.replace("-", "_"))
    return code if code in EU_FORMATS else ""
