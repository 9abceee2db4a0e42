"""GTFS-RT Alerts: recorded feeds, every field of the reference bindings, languages and periods."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoding import Decoded, decode
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import ALERTS

NOW = datetime(2023, 11, 8, 1, 6, 5, tzinfo=UTC)
SECONDS = int(NOW.timestamp())


def read(**alert: Any) -> Decoded:
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = SECONDS
    message.entity.add(id="a1").alert.CopyFrom(pb.Alert(**alert))
    return decode("gtfs-rt-alerts", message.SerializeToString(), NOW)


def text(**languages: str) -> dict[str, Any]:
    """`_` is a text without language."""
    return {
        "translation": [
            {"text": said, **({} if language == "_" else {"language": language})}
            for language, said in languages.items()
        ]
    }


@pytest.mark.parametrize(
    ("name", "count", "languages"),
    [
        ("transport-site/bibus-brest-gtfs-rt-alerts.pb", 12, {None}),
        ("transitland/bart-alerts.pb", 1, {"en-US"}),
        ("transitland/ct-service-alerts.pb", 0, set()),
    ],
)
def test_recorded_feeds_give_their_alerts(
    real_data: Path, name: str, count: int, languages: set[str | None]
) -> None:
    payload = (real_data / "realtime/gtfs-rt" / name).read_bytes()
    found = decode("gtfs-rt-alerts", payload, NOW)
    assert (len(found.rows), found.problems) == (count, [])
    assert {row["language"] for row in found.rows} == languages
    assert all(tuple(row) == ALERTS.names for row in found.rows)


def test_every_field_comes_through() -> None:
    found = read(
        header_text=text(fr="Travaux"),
        description_text=text(fr="Rue barrée"),
        url=text(fr="https://example.org/a1"),
        cause=pb.Alert.CONSTRUCTION,
        effect=pb.Alert.DETOUR,
        severity_level=pb.Alert.WARNING,
        active_period=[{"start": SECONDS - 3600, "end": SECONDS + 3600}],
        informed_entity=[
            {"agency_id": "vitalis", "route_id": "1", "route_type": 3, "direction_id": 0},
            {"stop_id": "gare"},
            {"trip": {"trip_id": "T1", "start_date": "20231107"}},
        ],
    )
    assert found.rows == [
        {
            "id": "a1",
            "language": "fr",
            "header": "Travaux",
            "description": "Rue barrée",
            "url": "https://example.org/a1",
            "cause": "CONSTRUCTION",
            "effect": "DETOUR",
            "severity": "WARNING",
            "active_from": "2023-11-08T00:06:05Z",
            "active_to": "2023-11-08T02:06:05Z",
            "informed": [
                {"agency_id": "vitalis", "route_id": "1", "route_type": 3, "direction_id": 0},
                {"stop_id": "gare"},
                {"trip_id": "T1", "start_date": "20231107"},
            ],
            "measured_at": "2023-11-08T01:06:05Z",
            "received_at": "2023-11-08T01:06:05Z",
            "clock_skew": 0.0,
        }
    ]


def test_one_row_per_language_and_period() -> None:
    found = read(
        header_text=text(fr="Travaux", en="Works"),
        description_text=text(fr="Rue barrée"),
        url=text(_="https://example.org/a1"),
        active_period=[{"start": SECONDS}, {"end": SECONDS + 60}],
    )
    said = {(row["language"], row["active_from"]): row["header"] for row in found.rows}
    begins = "2023-11-08T01:06:05Z"
    assert said == {
        ("fr", begins): "Travaux",
        ("fr", None): "Travaux",
        ("en", begins): "Works",
        ("en", None): "Works",
    }
    assert {row["description"] for row in found.rows} == {"Rue barrée"}
    assert {row["url"] for row in found.rows} == {"https://example.org/a1"}


def test_an_alert_of_one_line_is_a_row() -> None:
    [row] = read(informed_entity=[{"route_id": "1"}]).rows
    assert {row[name] for name in ("language", "header", "cause", "active_from")} == {None}


def test_an_alert_that_swells_is_left_out() -> None:
    found = read(
        header_text=text(**{f"l{n}": "x" for n in range(100)}),
        active_period=[{"start": SECONDS + n} for n in range(100)],
    )
    assert (found.rows, found.complete) == ([], False)
    assert [problem.kind for problem in found.problems] == [Kind.TOO_MANY_ROWS]
