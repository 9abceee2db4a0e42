"""What one does with datasets, by the formats of their files. Pure: no CKAN, no HTTP client."""

from collections.abc import Iterable

FORMATS = {
    "table": {"CSV", "TSV", "XLS", "XLSX", "ODS", "PARQUET"},
    "map": {"GEOJSON", "SHP", "GPKG", "KML", "KMZ", "WMS", "WFS", "WMTS", "GML", "OGC API FEATURES",
            "ESRI REST"},
    "document": {"PDF", "HTML", "DOCX", "ODT", "TXT"},
    "program": {"JSON", "XML", "GTFS", "GTFS-RT", "GBFS", "API", "RDF", "PBF", "NETEX", "SIRI"},
}  # fmt: skip


def uses_of(formats: Iterable[str]) -> list[str]:
    """The uses that a dataset serves, `formats` being those of its files."""
    found = {one.strip().upper() for one in formats}
    return [use for use, known in FORMATS.items() if known & found]
