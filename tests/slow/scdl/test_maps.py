"""Map layers as tables with a geometry in degrees, whatever they were drawn in."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio.raw import write

from ckanext.scdl.files.errors import FileRefused, Refusal
from ckanext.scdl.files.reading import Choices, WhichSheet, read_file
from tests.unit.scdl.files_made import reading, rows, written

POITIERS = (497_000.0, 6_612_000.0)
"""In Lambert 93."""


def layer(
    path: Path, *, name: str = "lieux", crs: str | None = "EPSG:2154", **more: object
) -> Path:
    write(
        str(path),
        shapely.to_wkb(np.array([shapely.Point(*POITIERS), None])),
        field_data=[np.array(["Mairie", "É"], dtype=object), np.array([1.5, np.nan])],
        fields=["nom", "n"],
        geometry_type="Point",
        crs=crs,
        layer=name,
        **more,
    )
    return path


def test_a_geopackage_in_lambert_93_has_its_points_in_degrees(tmp_path: Path) -> None:
    found = reading(layer(tmp_path / "l.gpkg"), tmp_path / "w")
    assert found.table.columns == ("nom", "n", "longitude", "latitude", "geometry")
    first, second = rows(found)
    assert first[:2] == ("Mairie", "1.5")
    assert (round(float(first[2]), 2), round(float(first[3]), 2)) == (0.35, 46.58)
    assert json.loads(first[4])["type"] == "Point"
    assert second == ("É", "", "", "", "")
    assert found.geometry == "geometry"


def test_several_layers_are_a_question(tmp_path: Path) -> None:
    path = layer(tmp_path / "l.gpkg")
    layer(path, name="autres", append=True)
    question = read_file(path, tmp_path)
    assert isinstance(question, WhichSheet)
    assert [one.name for one in question.sheets] == ["lieux", "autres"]
    (tmp_path / "w").mkdir()
    chosen = reading(path, tmp_path / "w", Choices(sheet="autres"))
    assert chosen.choices.sheet == "autres"


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_shapefile_without_a_system_is_guessed_and_said(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    folder.mkdir()
    layer(folder / "lieux.shp", crs=None, encoding="UTF-8")
    archive = shutil.make_archive(str(tmp_path / "lieux"), "zip", tmp_path, "dossier")
    found = reading(Path(archive), tmp_path / "w")
    assert [(note.kind, note.params["system"]) for note in found.notes] == [
        ("assumed-system", "EPSG:2154")
    ]
    assert rows(found)[0][3].startswith("46.57")


def test_real_layers_are_read(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "files/poitiers/defibrillateurs-grand-poitiers-extrait.geojson"
    found = reading(path, tmp_path / "w")
    assert found.table.count() == 10
    assert "Conditions_d_accès" in found.table.columns


def test_a_broken_layer_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"type": "FeatureCollection", "features": [{"type": "Fe', "x.json")
    with pytest.raises(FileRefused) as refused:
        read_file(path, tmp_path)
    assert refused.value.reason is Refusal.DAMAGED
