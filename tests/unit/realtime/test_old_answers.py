"""The answers recorded on both platforms, given again from our rows."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from ckanext.realtime.addresses import datafair, explore, formats, search_v1
from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.found import FacetCounts, Found, Record, identifier
from ckanext.realtime.addresses.query import Chosen, Query
from ckanext.realtime.addresses.records import records
from ckanext.realtime.addresses.shapes import Columns, Shape, declared, derived
from ckanext.realtime.decoding import decode
from ckanext.realtime.rows import PARKING

ROOT = Path(__file__).parents[3]
DECLARED = yaml.safe_load((ROOT / "config/addresses.yaml").read_text("utf-8"))["shapes"]["parking"]
COLUMNS = Columns(tuple((column.name, column.type) for column in PARKING.columns), PARKING.key)
DATASET = "mobilites-stationnement-des-parkings-en-temps-reel"
TOWN = "realtime/parking/grand-poitiers"


def shape(platform: str) -> Shape:
    return declared(DECLARED[platform], COLUMNS)


def stored(rows: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    """Rows as the database gives them back."""
    times = ("measured_at", "received_at")
    return [
        {**row, "_id": number, **{name: datetime.fromisoformat(row[name]) for name in times}}
        for number, row in enumerate(rows, 1)
    ]


def found(platform: str, query: Query, rows: list[dict[str, Any]]) -> Found:
    listed = records(DATASET, shape(platform), query, stored(rows), datetime.now(UTC))
    return Found(len(rows), listed)


def close(value: Any) -> Any:
    """Numbers at the precision of what a platform computed."""
    return round(value, 3) if isinstance(value, float) else value


def test_the_answer_of_opendatasoft_in_2022_is_given_again(real_data: Path) -> None:
    payload = (real_data / TOWN / "ods-v1-2022-10__jsonAvailableParkingPlaces.json").read_bytes()
    recorded = json.loads(payload)
    rows = decode("ods-v1", payload, datetime(2022, 10, 20, 9, 30, tzinfo=UTC)).rows
    asked = search_v1.parse([("dataset", DATASET), ("facet", "nom")])
    page = found("opendatasoft", asked.query, rows)
    counts = sorted((row["name"], 1) for row in rows)
    document = search_v1.answer(asked, Found(9, page.records, [FacetCounts("nom", counts)]))
    assert document["nhits"] == recorded["nhits"]
    assert document["parameters"] == recorded["parameters"]
    assert document["facet_groups"] == recorded["facet_groups"]
    for ours, theirs in zip(document["records"], recorded["test"]["records"], strict=True):
        assert list(ours) == list(theirs)
        assert ours["datasetid"] == theirs["datasetid"]
        assert len(ours["recordid"]) == len(theirs["recordid"])
        assert ours.get("geometry") == theirs.get("geometry")
        assert ours["record_timestamp"] == theirs["record_timestamp"]
        # The only change: the time that was local and labelled UTC is UTC.
        right = theirs["fields"]["derniere_mise_a_jour_base"].replace("T11:", "T09:")
        fields = {name: close(value) for name, value in theirs["fields"].items()}
        assert ours["fields"] == fields | {"derniere_mise_a_jour_base": right}
        assert {name: type(value) for name, value in ours["fields"].items()} == {
            name: type(value) for name, value in theirs["fields"].items()
        }


def test_the_answer_of_data_fair_in_2025_is_given_again(real_data: Path) -> None:
    payload = (real_data / TOWN / "data-fair-lines-2025-10-23.json").read_bytes()
    recorded = json.loads(payload)
    rows = decode("data-fair", payload, datetime(2025, 10, 23, 8, 35, 10, 134000, UTC)).rows
    query = datafair.parse([])
    document = datafair.answer(query, found("data-fair", query, rows))
    assert document["total"] == recorded["total"]
    volatile = ("_id", "_i", "_rand", "_geopoint")  # regenerated at each load, or rounded
    for ours, theirs in zip(document["results"], recorded["results"], strict=True):
        assert set(ours) == set(theirs)
        kept = {name: close(value) for name, value in theirs.items() if name not in volatile}
        assert {name: value for name, value in ours.items() if name not in volatile} == kept
        assert {name: type(value) for name, value in ours.items()} == {
            name: type(value) for name, value in theirs.items()
        }


def test_explore_has_nulls_and_points_as_objects() -> None:
    columns = [("nom", "text"), ("latitude", "float8"), ("longitude", "float8"), ("n", "numeric")]
    shape = derived("opendatasoft", Columns(tuple(columns)))
    rows = [
        {"_id": 1, "nom": "Gare", "latitude": 46.5, "longitude": 0.3, "n": Decimal("1.5")},
        {"_id": 2, "nom": None, "latitude": None, "longitude": 0.3, "n": None},
    ]
    query = explore.parse([("limit", "2")])
    listed = records("d", shape, query, rows, datetime(2025, 1, 1, tzinfo=UTC))
    assert explore.answer(Found(2, listed)) == {
        "total_count": 2,
        "results": [
            {
                "nom": "Gare",
                "latitude": 46.5,
                "longitude": 0.3,
                "n": 1.5,
                "geo_point_2d": {"lon": 0.3, "lat": 46.5},
            },
            {"nom": None, "latitude": None, "longitude": 0.3, "n": None, "geo_point_2d": None},
        ],
    }


def test_a_record_keeps_its_identifier_from_one_load_to_the_next() -> None:
    query = Query(10)
    row = dict.fromkeys(PARKING.names) | {"id": "3", "_id": 1}
    first, second = (
        records(
            DATASET, shape("data-fair"), query, [row | {"_id": n, "free": n}], datetime.now(UTC)
        )
        for n in (1, 99)
    )
    assert first[0].identifier == second[0].identifier == identifier(DATASET, ["3"])
    assert len(first[0].identifier) == 64


def test_chosen_fields_take_the_names_asked() -> None:
    row = dict.fromkeys(PARKING.names) | {"id": "3", "_id": 1, "name": "Gare"}
    query = Query(10, fields=(Chosen("NOM", "parking"),))
    [record] = records(DATASET, shape("opendatasoft"), query, [row], datetime.now(UTC))
    assert record.values == {"parking": "Gare"}
    with pytest.raises(BadRequest, match="colour"):
        records(DATASET, shape("opendatasoft"), Query(1, fields=(Chosen("colour", "c"),)), [], NOW)


NOW = datetime(2025, 7, 1, 10, tzinfo=UTC)


def test_times_are_given_in_the_zone_asked() -> None:
    shape = derived(
        "opendatasoft", Columns((("at", "timestamp"), ("day", "date"), ("tz", "timestamptz")))
    )
    row = {"_id": 1, "at": NOW.replace(tzinfo=None), "day": NOW.date(), "tz": NOW}
    query = Query(1, zone=ZoneInfo("Europe/Paris"))
    [record] = records("d", shape, query, [row], NOW)
    local = "2025-07-01T12:00:00+02:00"
    assert record.values == {"at": local, "day": "2025-07-01", "tz": local}


def test_names_are_those_that_each_platform_made_of_a_header() -> None:
    header = [("Dernière mise à jour (Base)", "text"), ("infos_parkings.geo_point", "text")]
    ods, fair = (
        derived(platform, Columns(tuple(header))) for platform in ("opendatasoft", "data-fair")
    )
    assert [field.name for field in ods.shown] == [
        "derniere_mise_a_jour_base",
        "infos_parkings_geo_point",
    ]
    assert [field.name for field in fair.shown] == [
        "Dernière_mise_à_jour_(Base)",
        "infos_parkings_geo_point",
    ]
    assert ods.named("DERNIERE_MISE_A_JOUR_BASE") is ods.named("Dernière mise à jour (Base)")


def test_a_declaration_outlives_a_column() -> None:
    without = [column for column in COLUMNS.all if column[0] not in ("latitude", "free")]
    found = declared(DECLARED["opendatasoft"], Columns(tuple(without)))
    assert {"places_restantes", "geo_point_2d"} & set(found.fields) == set()
    assert found.point is None


RECORDS = [
    Record(
        {"nom": "=1+1", "p": (46.5, 0.3), "j": {"a": 1}, "n": -3}, "f" * 64, 1, "…", (46.5, 0.3)
    ),
    Record({"nom": "Gare", "p": None, "j": None, "n": None}, "e" * 64, 2, "…"),
]


def test_geojson_has_a_feature_a_record() -> None:
    document = formats.geojson(RECORDS)
    assert [feature["geometry"] for feature in document["features"]] == [
        {"type": "Point", "coordinates": [0.3, 46.5]},
        None,
    ]
    assert document["features"][0]["properties"] == {"nom": "=1+1", "j": {"a": 1}, "n": -3}


def test_csv_gives_no_formula_to_a_spreadsheet() -> None:
    assert formats.csv_text(RECORDS, ";").splitlines() == [
        "nom;p;j;n",
        '\'=1+1;46.5, 0.3;"{""a"": 1}";-3',
        "Gare;;;",
    ]
    assert formats.csv_text([], ";") == "\r\n"


def test_the_next_page_of_data_fair_is_named_while_there_is_one() -> None:
    query = datafair.parse([("size", "2")])
    more = datafair.answer(query, Found(5, RECORDS), "https://…?page=2")
    assert more["next"] == "https://…?page=2"
    assert "next" not in datafair.answer(query, Found(2, RECORDS), "https://…?page=2")
