"""What is pushed: any format to the same rows, and each problem with its row."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ckanext.realtime import declaration
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.push.reading import read

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
TIME = "2026-03-02T08:29:00Z"


def feed(kind: str) -> KnownFeed:
    declared = {"name": "essai", "title": "Essai", "kind": kind, "dataset": "essai", "size": 2048}
    return KnownFeed("id", "resource", declaration.read(declared))


def pushed(kind: str, body: Any, media_type: str = "application/json", whole: bool = False) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read(feed(kind), content, media_type, NOW, whole)


def test_an_object_a_list_lines_and_a_table_are_the_same_rows() -> None:
    one = {"id": "a", "capacity": 10, "free": 4, "measured_at": TIME}
    table = f"id;capacity;free;measured_at\na;10;4;{TIME}\n".encode()
    found = [
        pushed("parking-json", one),
        pushed("parking-json", [one]),
        pushed("parking-json", {"records": [one]}),
        pushed("parking-json", json.dumps(one).encode() + b"\n\n", "application/x-ndjson"),
        pushed("parking-json", table, "text/csv"),
    ]
    rows = [one.decoded.rows for one in found]
    assert all(row == rows[0] for row in rows)
    assert (rows[0][0]["id"], rows[0][0]["free"]) == ("a", 4)


def test_vehicles_have_the_names_of_their_columns() -> None:
    found = pushed(
        "gtfs-rt-vehicle-positions",
        [{"id": 12, "latitude": 46.5, "longitude": 0.3, "measured_at": TIME}, {"label": "?"}],
    )
    assert [row["id"] for row in found.decoded.rows] == ["12"]
    assert [(one.row, one.problem.kind) for one in found.problems] == [(2, "no-identifier")]


STORED = {
    ("a",): {"id": "a", "name": "Gare", "capacity": 10, "free": 4, "occupancy": 60.0,
             "status": "open", "latitude": 46.5, "longitude": 0.3, "commune": None,
             "measured_at": TIME, "received_at": TIME, "clock_skew": 0.0},
}  # fmt: skip


def completed(record: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps(record).encode()
    known = feed("parking-json")
    return read(known, content, "application/json", NOW, False, lambda _: STORED).decoded.rows[0]


def test_what_is_not_named_is_as_it_is_stored() -> None:
    found = completed({"id": "a", "libres": 0})
    assert (found["name"], found["latitude"], found["free"]) == ("Gare", 46.5, 0)
    assert (found["occupancy"], found["status"], found["measured_at"]) == (100, "full", None)
    assert completed({"id": "a", "etat": "closed"})["status"] == "closed"
    assert completed({"id": "a", "geo_point_2d": [46.6, 0.4]})["latitude"] == 46.6
    assert completed({"id": "a", "capacity": 20})["occupancy"] == 80
    assert completed({"id": "a", "name": ""})["name"] is None
    assert completed({"id": "b", "free": 1})["name"] is None


def test_the_columns_of_vehicles_too() -> None:
    stored = {("12",): {"id": "12", "label": "Gare", "speed": 3.0, "measured_at": TIME}}
    body = json.dumps({"id": 12, "speed": None, "measured_at": TIME}).encode()
    known = feed("gtfs-rt-vehicle-positions")
    [found] = read(known, body, "application/json", NOW, False, lambda _: stored).decoded.rows
    assert (found["label"], found["speed"]) == ("Gare", None)


def test_nothing_is_closed_unless_the_whole_is_sent_and_read() -> None:
    good, bad = {"id": "a", "free": 1, "measured_at": TIME}, {"free": 1}
    assert not pushed("parking-json", [good]).decoded.complete
    assert pushed("parking-json", [good], whole=True).decoded.complete
    assert not pushed("parking-json", [good, bad], whole=True).decoded.complete


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"{", "application/json"),
        (b"[1, 2]", "application/json"),
        (b'{"id": "a"}\n[]\n', "application/x-ndjson"),
        (b" " * 3000, "application/json"),
        (b"\x00\x01", "text/csv"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(body: bytes, media_type: str) -> None:
    with pytest.raises(Undecodable):
        pushed("parking-json", body, media_type)
