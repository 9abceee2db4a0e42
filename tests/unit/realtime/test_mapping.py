"""Declared mappings: paths, words, sums, and declarations that are wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ckanext.realtime.decoding import Decoded, decode, table_of
from ckanext.realtime.errors import BadSettings, Undecodable
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import VEHICLES
from ckanext.realtime.settings import DecodeSettings
from ckanext.realtime.times import Reading, TimeRule

NOW = datetime(2025, 10, 23, 8, 35, 30, tzinfo=UTC)


def read(payload: bytes | Any, mapping: dict[str, Any]) -> Decoded:
    content = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return decode("mapped", content, NOW, DecodeSettings(mapping=mapping))


def test_every_way_of_finding_a_column() -> None:
    document = {
        "data": {
            "sites": [
                {
                    "code": 7,
                    "zone": "Nord",
                    "label": "Gare",
                    "state": 2,
                    "total": 100,
                    "occupied": 40,
                    "geo": {"coordinates": [0.34, 46.58]},
                    "ts": "2025-10-23T10:30:00",
                }
            ]
        }
    }
    found = read(
        document,
        {
            "rows": "data.sites",
            "columns": {
                "id": "code",
                "name": {"template": "{zone} – {label}"},
                "capacity": {"path": "total", "scale": 10},
                "free": {"minus": ["total", "occupied"]},
                "status": {"path": "state", "values": {1: "open", 2: "closed"}},
                "latitude": "geo.coordinates.1",
                "longitude": "geo.coordinates.0",
                "commune": {"value": "Poitiers"},
                "measured_at": "ts",
            },
        },
    )
    [row] = found.rows
    assert {name: row[name] for name in ("id", "name", "capacity", "free", "status")} == {
        **{"id": "7", "name": "Nord – Gare", "capacity": 1000, "free": 60, "status": "closed"}
    }
    assert (row["latitude"], row["longitude"], row["commune"]) == (46.58, 0.34, "Poitiers")
    assert row["measured_at"] == "2025-10-23T08:30:00Z"
    assert found.problems == []


def test_a_mapping_reads_what_no_usual_name_would(real_data: Path) -> None:
    """The counters of Heilbronn lie in lists; the car parks of MobiData in another list."""
    folder = real_data / "realtime/parking/parkapi-de-ch"
    counters = read(
        (folder / "heilbronn_goldbeck_occupancies.json").read_bytes(),
        {
            "columns": {
                "id": "facilityId",
                "free": "counters.0.freePlaces",
                "capacity": "counters.0.maxPlaces",
                "measured_at": "valuesFrom",
            },
            "time": "utc",
        },
    )
    assert counters.rows[1]["free"] == 250
    lots = read(
        (folder / "p-m-sensade/parking-lots.json").read_bytes(),
        {"rows": "*.parkingLots", "columns": {"id": "id", "name": "name", "latitude": "latitude"}},
    )
    assert lots.rows[0]["name"] == "B10 Laupheim"


def test_csv_and_xml_by_their_own_names(real_data: Path) -> None:
    table = read(
        (real_data / "realtime/parking/parkapi-de-ch/bielefeld.csv").read_bytes(),
        {"columns": {"id": "pls_id", "free": "b_pls_rest", "capacity": "kapazitaet"}},
    )
    assert {row["id"]: row["free"] for row in table.rows}["PHT001"] == 203
    document = read(
        (real_data / "realtime/datex2/parkapi/stuttgart-static.xml").read_bytes(),
        {
            "rows": "parkingFacility",
            "columns": {"id": "id", "name": "value", "capacity": "totalParkingCapacity"},
        },
    )
    assert len(document.rows) == 49
    assert document.rows[0]["name"] == "Kronprinzstraße"
    assert document.rows[0]["capacity"] == 564


def test_a_table_other_than_parking_is_read_and_checked_too() -> None:
    mapping = {
        "table": "vehicles",
        "columns": {
            "id": "n",
            "latitude": "lat",
            "longitude": "lon",
            "speed": {"path": "kmh", "scale": 0.2777777778},
            "direction_id": "way",
            "measured_at": "at",
        },
    }
    found = read(
        [
            {"n": 12, "lat": 46.5, "lon": 0.3, "kmh": 36, "way": "1", "at": "2025-10-23T10:35:00"},
            {"n": 13, "lat": 0, "lon": 0, "kmh": "fast", "at": "2025-10-23T14:35:00"},
            {"lat": 46.5, "lon": 0.3, "at": "never"},
        ],
        mapping,
    )
    assert table_of("mapped", DecodeSettings(mapping=mapping)) is VEHICLES
    assert [tuple(row) for row in found.rows] == [VEHICLES.names] * 2
    assert (found.rows[0]["id"], round(found.rows[0]["speed"], 3)) == ("12", 10.0)
    assert (found.rows[0]["direction_id"], found.rows[0]["clock_skew"]) == (1, -30.0)
    assert [(problem.key, problem.field, problem.kind) for problem in found.problems] == [
        ("13", "speed", Kind.NOT_A_NUMBER),
        ("13", "latitude", Kind.NULL_POSITION),
        ("13", "measured_at", Kind.FUTURE_TIME),
        ("", "measured_at", Kind.BAD_TIME),
        ("", "id", Kind.NO_IDENTIFIER),
    ]
    assert not found.complete


@pytest.mark.parametrize("declared", ["local", {"reading": "local"}])
def test_the_time_rule_of_a_mapping_is_the_feeds(declared: Any) -> None:
    mapping = {"columns": {"id": "n", "measured_at": "at"}, "time": declared}
    [row] = read([{"n": 1, "at": "2025-10-23T10:35:00Z"}], mapping).rows
    assert row["measured_at"] == "2025-10-23T08:35:00Z"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({}, "needs a mapping"),
        ({"columns": {"id": "n"}, "row": "x"}, "unknown key: row"),
        ({"columns": {"id": "n"}, "table": "ships"}, "no table named ships"),
        ({"columns": {}}, "no columns"),
        ({"columns": ["id"]}, "no columns"),
        ({"columns": {"id": "n", "colour": "c"}}, "no column colour"),
        ({"columns": {"free": "n"}}, "where id is"),
        ({"columns": {"id": "n"}, "format": "pdf"}, "format pdf"),
        ({"columns": {"id": {"path": "a", "value": 3}}}, "exactly one of"),
        ({"columns": {"id": {"paht": "a"}}}, "exactly one of"),
        ({"columns": {"id": "n", "free": {"minus": ["a"]}}}, "two paths"),
        ({"columns": {"id": {"path": "n", "values": [1]}}}, "table of words"),
        ({"columns": {"id": "n"}, "time": "martian"}, "time rule"),
        ({"columns": {"id": "n"}, "time": {"zone": "Poitou/Poitiers"}}, "time rule"),
        ({"columns": {"id": "n"}, "time": {"offset": 3}}, "time rule"),
    ],
)
def test_a_wrong_declaration_is_a_sentence(mapping: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        read([{"n": 1}], mapping)


def test_a_path_that_leads_nowhere_is_no_list() -> None:
    with pytest.raises(Undecodable) as caught:
        read({"a": []}, {"rows": "b", "columns": {"id": "n"}})
    assert caught.value.problem.kind is Kind.NO_RECORDS


def test_a_shift_corrects_a_clock_that_is_known_to_be_wrong() -> None:
    mapping = {"columns": {"id": "n", "measured_at": "at"}, "time": {"shift": -360}}
    [row] = read([{"n": 1, "at": "2025-10-23T08:41:00Z"}], mapping).rows
    assert row["measured_at"] == "2025-10-23T08:35:00Z"
    assert TimeRule().reading is Reading.DETECT
