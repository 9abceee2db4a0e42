"""The program that opens one map layer, in a process of its own, and writes it as CSV.

    python map_child.py FILE OUTPUT [LAYER]

Same answer as `workbook_child`, with `"geometry": column`. Properties become columns, the geometry
a column of GeoJSON in degrees WGS 84 (RFC 7946), and points have their longitude and latitude too.

Pure: imports neither ``ckan`` nor an HTTP client; nothing is asked of any network.
"""

import csv
import json
import os
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

# Before GDAL is loaded: no network, no plugins, one thread.
os.environ.update(
    CPL_VSIL_CURL_ALLOWED_EXTENSIONS="none",
    GDAL_DRIVER_PATH="disable",
    GDAL_SKIP="HTTP VRT OGR_VRT WFS OAPIF",
    OGR_GEOJSON_MAX_OBJ_SIZE="200",
    OPENBLAS_NUM_THREADS="1",
)

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from ckanext.scdl.files.workbook_child import MAX_COLUMNS, PREVIEW, SHOWN, text

MEMORY = 3_000_000_000
SECONDS = 90
BATCH = 2_000
DECIMALS = 7
"""Of a degree: a centimetre."""
GEOMETRY, LONGITUDE, LATITUDE = "geometry", "longitude", "latitude"
LAMBERT_93 = "EPSG:2154"
_FRANCE = (99_000.0, 6_000_000.0, 1_250_000.0, 7_200_000.0)
"""Where Lambert 93 puts metropolitan France, in metres: west, south, east, north."""
_EARTH = (-180.0, -90.0, 180.0, 90.0)
Box = tuple[float, float, float, float]
Project = Callable[[Any], Any]


def main(arguments: list[str]) -> int:
    """Write the layer and answer; 0 even for a refusal, which is an answer too."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, output = _source(Path(arguments[0])), Path(arguments[1])
    wanted = arguments[2] if len(arguments) > 2 else None
    try:
        answer = convert(source, output, wanted)
    except MemoryError:
        answer = {"error": "too-large-once-open"}
    except (DataSourceError, DataLayerError, shapely.errors.ShapelyError, CRSError, ValueError):
        answer = {"error": "damaged"}
    json.dump(answer, sys.stdout)
    return 0


def _source(path: Path) -> str:
    """What GDAL calls the file; the shapefile within an archive, in whatever folder it is."""
    if not zipfile.is_zipfile(path):
        return str(path)
    with zipfile.ZipFile(path) as archive:
        shape = next(name for name in archive.namelist() if name.lower().endswith(".shp"))
    return f"/vsizip/{{{path}}}/{shape}"


def convert(source: str, output: Path, wanted: str | None) -> dict[str, object]:
    """Write the layer ``wanted``, or the only one that has a geometry."""
    layers = [name for name, kind in pyogrio.list_layers(source).tolist() if kind is not None]
    if wanted is not None and wanted not in layers:
        return {"error": "no-such-sheet", "sheet": wanted}
    if not layers:
        return {"error": "no-geometry"}
    if wanted is None and len(layers) > 1:
        described = [_described(source, name) for name in layers]
        return {"sheets": described, "chosen": None, "merged": []}
    chosen = wanted or layers[0]
    return {"sheets": [_described(source, chosen)], **_written(source, chosen, output)}


def _described(source: str, layer: str) -> dict[str, object]:
    info = pyogrio.read_info(source, layer=layer)
    fields = [str(name) for name in info["fields"]]
    preview = [
        fields[:SHOWN],
        *(row[:SHOWN] for row in islice(_properties(source, layer), PREVIEW)),
    ]
    rows = max(0, info["features"])
    return {"name": layer, "rows": rows, "columns": len(fields) + 1, "preview": preview}


def _properties(source: str, layer: str) -> Iterator[list[str]]:
    _, _, _, columns = pyogrio.raw.read(
        source, layer=layer, max_features=PREVIEW, read_geometry=False, datetime_as_string=True
    )
    for row in zip(*columns, strict=True):
        yield [_text(cell) for cell in row]


def _written(source: str, layer: str, output: Path) -> dict[str, object]:
    info = pyogrio.read_info(source, layer=layer, force_total_bounds=True)
    fields = [str(name) for name in info["fields"]]
    if len(fields) > MAX_COLUMNS:
        return {"error": "too-many-columns", "count": len(fields), "limit": MAX_COLUMNS}
    crs, assumed = _system(info)
    if crs is None:
        return {"error": "no-coordinate-system"}
    project = _projection(crs)
    points = str(info["geometry_type"]).removesuffix(" Z") == "Point"
    spare = [] if {LONGITUDE, LATITUDE} & set(fields) or not points else [LONGITUDE, LATITUDE]
    geometry = GEOMETRY if GEOMETRY not in fields else f"{GEOMETRY}_geojson"
    with output.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow([*fields, *spare, geometry])
        writer.writerows(_rows(source, layer, fields, project, positions=bool(spare)))
    return {"chosen": layer, "merged": [], "geometry": geometry, "assumed": assumed}


def _system(info: dict[str, Any]) -> tuple[CRS | None, str]:
    """The coordinate system, and the name of the one assumed where the file has none."""
    if info["crs"]:
        return CRS.from_user_input(info["crs"]), ""
    box: Box = tuple(info["total_bounds"])
    for name, area in (("EPSG:4326", _EARTH), (LAMBERT_93, _FRANCE)):
        if area[0] <= box[0] <= box[2] <= area[2] and area[1] <= box[1] <= box[3] <= area[3]:
            return CRS.from_user_input(name), name
    return None, ""


def _projection(crs: CRS) -> Project:
    """From ``crs`` to degrees WGS 84, longitude first, to the centimetre."""
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    def project(points: Any) -> Any:
        longitude, latitude = transformer.transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack([longitude, latitude]), DECIMALS)

    return project


def _rows(
    source: str, layer: str, fields: Sequence[str], project: Project, *, positions: bool
) -> Iterator[list[str]]:
    with pyogrio.raw.open_arrow(source, layer=layer, batch_size=BATCH, use_pyarrow=True) as (
        meta,
        batches,
    ):
        name = meta["geometry_name"] or "wkb_geometry"
        for batch in batches:
            shapes = shapely.transform(
                shapely.force_2d(
                    shapely.from_wkb(batch.column(name).to_numpy(zero_copy_only=False))
                ),
                project,
            )
            written = shapely.to_geojson(shapes)
            columns = [map(_text, batch.column(field).to_pylist()) for field in fields]
            if positions:
                columns += [
                    map(_text, axis) for axis in (shapely.get_x(shapes), shapely.get_y(shapes))
                ]
            yield from (list(row) for row in zip(*columns, map(_text, written), strict=True))


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return text(value.item() if isinstance(value, np.generic) else value)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
