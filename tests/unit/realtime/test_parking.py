"""Parking in every form met: recorded feeds, rows per file, and what cannot be."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.realtime.completing import places_of
from ckanext.realtime.decoding import Decoded, decode
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import PARKING
from ckanext.realtime.settings import DecodeSettings, Limits, Place
from ckanext.realtime.times import Reading, TimeRule

NOW = datetime(2025, 10, 23, 8, 35, 30, tzinfo=UTC)
TOWN = "realtime/parking/grand-poitiers"
FEED_2022 = f"{TOWN}/ods-v1-2022-10__jsonAvailableParkingPlaces.json"
FEED_2025 = f"{TOWN}/data-fair-lines-2025-10-23.json"


def read(source: Any, kind: str = "parking-json", **options: Any) -> Decoded:
    payload = source if isinstance(source, bytes) else json.dumps(source).encode()
    return decode(kind, payload, NOW, DecodeSettings(**options))


def kinds(decoded: Decoded) -> Counter[tuple[str, Kind]]:
    return Counter((problem.field, problem.kind) for problem in decoded.problems)


# -- the feed of Grand Poitiers, then and now


def test_2022_and_2025_give_the_same_columns_types_and_identifiers(real_data: Path) -> None:
    then = decode("ods-v1", (real_data / FEED_2022).read_bytes(), NOW)
    now = decode("data-fair", (real_data / FEED_2025).read_bytes(), NOW)
    assert (len(then.rows), len(now.rows)) == (9, 8)
    for row in (*then.rows, *now.rows):
        assert tuple(row) == PARKING.names
        assert {name: type(row[name]) for name in ("id", "name", "capacity", "free")} == {
            **{"id": str, "name": str},
            **{"capacity": int, "free": int},
        }
    before, after = ({row["id"]: row["name"] for row in found.rows} for found in (then, now))
    assert {key: before[key] for key in after} == after
    assert before.keys() - after.keys() == {"1"}  # Notre-Dame closed in between


def test_a_row_of_2022_is_right(real_data: Path) -> None:
    found = decode("ods-v1", (real_data / FEED_2022).read_bytes(), NOW)
    [row] = [row for row in found.rows if row["id"] == "3"]
    assert row == {
        "id": "3",
        "name": "THEATRE",
        "capacity": 320,
        "free": 94,
        "occupancy": 70.625,
        "status": "open",
        "latitude": 46.58383455409422,
        "longitude": 0.33779491061805567,
        "commune": None,
        "measured_at": "2022-10-20T09:30:24Z",
        "received_at": "2025-10-23T08:35:30Z",
        "clock_skew": row["clock_skew"],
    }
    assert kinds(found) == {
        ("measured_at", Kind.LOCAL_TIME): 9,
        ("latitude", Kind.NO_POSITION): 2,
    }


def test_a_declared_rule_overrides_what_the_times_look_like(real_data: Path) -> None:
    payload = (real_data / FEED_2022).read_bytes()
    trusted = decode("ods-v1", payload, NOW, DecodeSettings(time=TimeRule(Reading.LABELLED)))
    assert trusted.rows[0]["measured_at"] == "2022-10-20T11:30:21Z"
    assert ("measured_at", Kind.LOCAL_TIME) not in kinds(trusted)


def test_the_clock_of_2025_is_ahead_and_stays_so(real_data: Path) -> None:
    found = decode("data-fair", (real_data / FEED_2025).read_bytes(), NOW)
    assert {row["clock_skew"] for row in found.rows} == {18.0, 19.0, 20.0}
    assert kinds(found) == {("latitude", Kind.NO_POSITION): 2}


def test_missing_positions_come_from_the_static_dataset(real_data: Path) -> None:
    static = decode(
        "ods-v1",
        (real_data / f"{TOWN}/ods-v1-2022-10__jsonParkingFullData.json").read_bytes(),
        NOW,
    )
    places = places_of([{**row, "commune": "Poitiers"} for row in static.rows])
    feed = json.loads((real_data / FEED_2025).read_bytes())
    for result in feed["results"]:
        if result["Nom"] == "THEATRE":
            del result["infos_parkingsgeo_point"], result["_geopoint"]
    found = read(feed, "data-fair", places=places)
    rows = {row["name"]: row for row in found.rows}
    assert (rows["THEATRE"]["latitude"], rows["THEATRE"]["commune"]) == (
        46.58383455409422,
        "Poitiers",
    )
    assert rows["CORDELIERS"]["latitude"] is None  # nor is it in the static dataset of the town
    assert kinds(found) == {
        ("latitude", Kind.COMPLETED_POSITION): 1,
        ("latitude", Kind.NO_POSITION): 2,
    }


# -- rows per recorded file

GERMANY = "parking/parkapi-de-ch"
COUNTS = {
    f"ods-v1 {TOWN[9:]}/ods-v1-2022-10__jsonParking.json": 1,
    f"ods-v1 {TOWN[9:]}/ods-v1-2022-10__jsonParkingFullData.json": 26,
    "ods-v1 parking/strasbourg/data.strasbourg.eu_locations.json": 10,
    "ods-v1 parking/strasbourg/data.strasbourg.eu_status.json": 10,
    "ods-v1 parking/strasbourg/status_error.json": 30,
    "parking-json parking/strasbourg/LocationSample.json": 28,
    "parking-json parking/strasbourg/StatusResponse.json": 29,
    **{
        f"parking-json {GERMANY}/{name}": count
        for name, count in {
            "aalen.json": 6,
            "basel.json": 17,
            "ellwangen_sensit.json": 1,
            "freiburg.json": 19,
            "freiburg_disabled_sensors.geojson": 20,
            "freiburg_p_r_sensors.json": 5,
            "freiburg_p_r_static.json": 15,
            "freiburg_vag_bike.geojson": 8,
            "heilbronn_goldbeck_facilities.json": 38,
            "heilbronn_goldbeck_occupancies.json": 10,
            "herrenberg.json": 26,
            "jena.geojson": 103,
            "karlsruhe.json": 90,
            "kienzler.geojson": 1,
            "kienzler.json": 5,
            "kienzler_ulm.json": 6,
            "kienzler_vvs.json": 2,
            "konstanz.json": 11,
            "konstanz_disabled.geojson": 60,
            "mannheim.json": 1,
            "p_m_bw.json": 2,
            "pforzheim.json": 15,
            "ulm-sensors/realtime-parking-sites.json": 7,
            "ulm-sensors/realtime-parking-spots.json": 44,
            "velobrix.json": 3,
            "vrn_p_r.json": 15,
        }.items()
    },
    **{
        f"parking-csv {GERMANY}/{name}": count
        for name, count in {
            "bielefeld.csv": 853,
            "bietigheim-bissingen.csv": 14,
            "neckarsulm.csv": 41,
            "neckarsulm_bike.csv": 236,
            "reutlingen.csv": 114,
            "reutlingen_bike.csv": 210,
            "reutlingen_disabled.csv": 44,
            "bb_parkhaus.xlsx": 26,
            "ellwangen.xlsx": 48,
            "goldbeck.xlsx": 11,
            "huefner.xlsx": 39,
            "keltern.xlsx": 175,
            "pum_bw.xlsx": 111,
            "vrs_p_r.xlsx": 220,
        }.items()
    },
    "parking-csv datex2/parkapi/aachen-static.xml": 17,
    "parking-csv datex2/parkapi/stuttgart-realtime.xml": 49,
}


@pytest.mark.parametrize("entry", COUNTS)
def test_recorded_feeds_give_their_car_parks(real_data: Path, entry: str) -> None:
    kind, name = entry.split(" ", 1)
    found = decode(kind, (real_data / "realtime" / name).read_bytes(), NOW)
    assert len(found.rows) == COUNTS[entry]
    json.dumps(found.rows, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("basel.json", ("bad-bahnhof", 750, 286, "open", 47.5651794, "2024-07-28T12:06:00Z")),
        ("karlsruhe.json", ("1", 59, 16, "open", 48.86051666, "2024-11-27T18:43:46.175Z")),
        ("p_m_bw.json", (None, 111, 31, "open", 48.50571, "2024-06-18T07:59:51Z")),
    ],
)
def test_values_come_from_where_each_town_puts_them(
    real_data: Path, name: str, expected: tuple[Any, ...]
) -> None:
    row = decode("parking-json", (real_data / "realtime" / GERMANY / name).read_bytes(), NOW).rows[
        0
    ]
    columns = ("id", "capacity", "free", "status", "latitude", "measured_at")
    found = tuple(row[column] for column in columns)
    assert found[1:] == expected[1:]
    assert expected[0] in (None, found[0])


# -- values


@pytest.mark.parametrize("key", [3, "3", 3.0, " 3 "])
def test_an_identifier_is_a_text_whatever_it_was(key: object) -> None:
    assert read([{"Id": key, "Nom": "THEATRE"}]).rows[0]["id"] == "3"


def test_without_an_identifier_the_name_stands_for_it_and_without_both_there_is_no_row() -> None:
    found = read([{"nom": "Hôtel de Ville"}, {"libre": 3}])
    assert [row["id"] for row in found.rows] == ["hotel-de-ville"]
    assert kinds(found)[("", Kind.NO_IDENTIFIER)] == 1
    assert not found.complete


def test_impossible_values_are_flagged_and_the_row_stays() -> None:
    found = read(
        b'[{"id": 1, "capacite": 10, "libre": 12, "lat": 46, "lon": 0.3},'
        b' {"id": 2, "capacite": 10, "libre": -3, "lat": 0, "lon": 0},'
        b' {"id": 3, "capacite": "many", "libre": NaN, "lat": 95, "lon": 0.3},'
        b' {"id": 4, "capacite": Infinity, "libre": "1 234", "etat": "en travaux"}]'
    )
    assert [(row["capacity"], row["free"], row["occupancy"]) for row in found.rows] == [
        (10, 12, None),
        (10, -3, None),
        (None, None, None),
        (None, 1234, None),
    ]
    assert [(row["latitude"], row["longitude"]) for row in found.rows[1:3]] == [(0, 0), (95, 0.3)]
    assert kinds(found) == {
        ("free", Kind.FREE_ABOVE_CAPACITY): 1,
        ("free", Kind.NEGATIVE): 1,
        ("free", Kind.NOT_A_NUMBER): 1,
        ("capacity", Kind.NOT_A_NUMBER): 2,
        ("latitude", Kind.NULL_POSITION): 1,
        ("latitude", Kind.OUT_OF_RANGE): 1,
        ("latitude", Kind.NO_POSITION): 1,
        ("status", Kind.UNKNOWN_CODE): 1,
        ("measured_at", Kind.NO_TIME): 4,
    }


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"libre": 0}, "full"),
        ({"libre": 4}, "open"),
        ({}, "unknown"),
        ({"etat": "Fermé", "libre": 4}, "closed"),
        ({"etat": 1, "libre": 0}, "full"),
        ({"status": "COMPLET"}, "full"),
        ({"ouvert": False}, "closed"),
    ],
)
def test_the_status_is_what_the_source_says_else_what_the_places_tell(
    record: dict[str, Any], status: str
) -> None:
    assert read([{"id": 1, **record}]).rows[0]["status"] == status


@pytest.mark.parametrize(
    "position",
    [
        {"geo_point_2d": [46.58, 0.34]},
        {"geo_point_2d": {"lon": 0.34, "lat": 46.58}},
        {"_geopoint": "46.58, 0.34", "geopoint": "46.58,0.34"},
        {"location": {"latitude": "46,58", "longitude": "0,34"}},
        {"geometry": {"type": "Point", "coordinates": [0.34, 46.58]}},
        {"GEOM": "POINT (0.34 46.58)"},
        {"xlong": 0.34, "ylat": 46.58},
    ],
)
def test_a_position_is_found_however_it_is_written(position: dict[str, Any]) -> None:
    [row] = read([{"id": 1, **position}]).rows
    assert (row["latitude"], row["longitude"]) == (46.58, 0.34)


def test_free_places_are_computed_from_those_taken() -> None:
    assert read([{"id": 1, "max": 170, "occupied": 165}]).rows[0]["free"] == 5


def test_the_newest_of_a_car_park_sent_twice_wins() -> None:
    old, new = "2025-10-23T08:00:00Z", "2025-10-23T08:30:00Z"
    for order in ((old, new), (new, old)):
        records = [{"id": 1, "libre": int(time == new), "horodatage": time} for time in order]
        found = read(records)
        assert [row["free"] for row in found.rows] == [1]
        assert kinds(found)[("", Kind.DUPLICATE)] == 1


def test_null_island_is_completed_where_a_place_is_known() -> None:
    place = Place(46.58, 0.34)
    [row] = read([{"id": 7, "lat": 0, "lon": 0}], places={"7": place}).rows
    assert (row["latitude"], row["longitude"]) == (46.58, 0.34)


def test_a_name_met_at_two_places_is_nobodys() -> None:
    static = read([{"id": n, "nom": "Gare", "lat": 46 + n, "lon": 1} for n in (1, 2)]).rows
    assert set(places_of(static)) == {"1", "2"}


def test_explore_v2_in_both_its_versions_and_its_export() -> None:
    fields = {"nom": "THEATRE", "id": "3", "places_restantes": 94}
    documents: list[Any] = [
        {"total_count": 1, "results": [fields]},
        {"records": [{"record": {"timestamp": "2025-10-23T08:30:00Z", "fields": fields}}]},
        [fields],
    ]
    for document in documents:
        [row] = read(document, "ods-v2").rows
        assert (row["id"], row["free"]) == ("3", 94)
    assert read(documents[1], "ods-v2").rows[0]["measured_at"] == "2025-10-23T08:30:00Z"


def test_an_empty_list_is_a_list() -> None:
    for document in ([], {"results": []}, {"records": [], "facet_groups": [{"name": "nom"}]}):
        assert read(document) == Decoded([], [], True)


# -- what must not be read


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"", Kind.NOT_JSON),
        (b"<html>", Kind.NOT_JSON),
        (b'{"results": [{"id": 1', Kind.NOT_JSON),
        (b"[" * 100_000, Kind.NOT_JSON),
        (b"[" + b"9" * 10_000 + b"]", Kind.NOT_JSON),
        (b"[" + b"{}," * 600_000 + b"{}]", Kind.TOO_MANY_ROWS),
        (b"3", Kind.NO_RECORDS),
        (b"[1, 2]", Kind.NO_RECORDS),
    ],
)
def test_what_is_no_answer_is_refused(payload: bytes, kind: Kind) -> None:
    with pytest.raises(Undecodable) as caught:
        read(payload)
    assert caught.value.problem.kind is kind


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(Undecodable):
        read([{"id": n} for n in range(11)], limits=Limits(rows=10))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["id", "nom", "libre", "capacite", "etat", "geo_point_2d", "lat", "lon", "horodatage"]
)


@settings(max_examples=60)
@given(st.lists(st.dictionaries(FIELDS, VALUES), max_size=4))
def test_no_record_however_strange_breaks_the_decoder(records: list[dict[str, Any]]) -> None:
    found = read(json.dumps(records).encode())
    assert all(tuple(row) == PARKING.names for row in found.rows)
    json.dumps(found.rows, allow_nan=False)
