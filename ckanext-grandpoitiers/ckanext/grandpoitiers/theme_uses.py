"""What one does with datasets, by the formats of their files. Pure: no CKAN, no HTTP client."""

from collections import Counter
from collections.abc import Iterable

LIVE = "CONT"
"""The update frequency (EU authority table) of what changes all day."""
FORMATS = {
    "table": {"CSV", "TSV", "XLS", "XLSX", "ODS", "PARQUET"},
    "map": {"GEOJSON", "SHP", "GPKG", "KML", "KMZ", "WMS", "WFS", "WMTS", "GML", "OGC API FEATURES",
            "ESRI REST"},
    "document": {"PDF", "HTML", "DOCX", "ODT", "TXT"},
    "program": {"JSON", "XML", "GTFS", "GTFS-RT", "GBFS", "API", "RDF", "PBF", "NETEX", "SIRI"},
}  # fmt: skip


def counted(formats: Iterable[Iterable[str]]) -> dict[str, int]:
    """How many datasets serve each use, `formats` being those of each; unused ones left out."""
    found = Counter(
        use
        for each in formats
        for use, known in FORMATS.items()
        if known & {one.strip().upper() for one in each}
    )
    return {use: found[use] for use in FORMATS if found[use]}
