"""`ckan realtime decode`: the contract of its output and of its exit status."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoding import KINDS
from ckanext.realtime.offline import decode_command
from portal_kit import offline

NOW = ["--now", "2025-10-23T08:35:30Z"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(decode_command, list(map(str, arguments)))


@pytest.fixture
def parking(tmp_path: Path) -> Path:
    path = tmp_path / "parking.json"
    path.write_text('[{"id": 1, "nom": "Théâtre", "libre": 12, "capacite": 10}]', encoding="utf-8")
    return path


def test_one_document_with_rows_and_problems(parking: Path) -> None:
    result = run("parking-json", parking, "--json", *NOW)
    document: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(document) == {"rows", "problems"}
    assert document["rows"][0]["received_at"] == "2025-10-23T08:35:30Z"
    assert set(document["problems"][0]) == {"key", "field", "kind", "message"}
    assert document["problems"][0] | {"message": ""} == {
        **{"key": "1", "field": "free", "kind": "free-above-capacity", "message": ""}
    }


def test_a_file_that_is_not_what_it_should_be_ends_with_one(tmp_path: Path) -> None:
    path = tmp_path / "feed.pb"
    path.write_bytes(b"<html>502</html>")
    result = run("gtfs-rt-vehicle-positions", path, "--json", *NOW)
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["rows"] == []
    assert [problem["kind"] for problem in document["problems"]] == ["not-protobuf"]


def test_wrong_usage_ends_with_two(parking: Path, tmp_path: Path) -> None:
    broken = tmp_path / "mapping.yaml"
    broken.write_text("a: [", encoding="utf-8")
    for arguments in (
        ("ships", parking),
        ("parking-json", tmp_path / "absent.json"),
        ("mapped", parking),
        ("mapped", parking, "--mapping", broken),
        ("parking-json", parking, "--now", "yesterday"),
    ):
        assert run(*arguments).exit_code == 2


def test_a_mapping_file_maps_and_corrects_time(tmp_path: Path, parking: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("columns: {id: nom, free: libre}\n", encoding="utf-8")
    [row] = json.loads(run("mapped", parking, "--json", "--mapping", mapping).stdout)["rows"]
    assert (row["id"], row["free"]) == ("Théâtre", 12)
    parking.write_text('[{"id": 1, "maj": "2025-10-23T10:35:00Z"}]', encoding="utf-8")
    mapping.write_text("time: local\n", encoding="utf-8")
    result = run("parking-json", parking, "--json", *NOW, "--mapping", mapping)
    assert json.loads(result.stdout)["rows"][0]["measured_at"] == "2025-10-23T08:35:00Z"


def test_a_person_reads_lines(parking: Path, tmp_path: Path) -> None:
    result = run("parking-json", parking, *NOW)
    assert result.stdout.splitlines()[1].startswith("1 | Théâtre | 10 | 12")
    empty = tmp_path / "empty.pb"
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    empty.write_bytes(message.SerializeToString())
    assert run("gtfs-rt-alerts", empty).exit_code == 0


def test_every_kind_of_the_contract_is_there_and_portal_finds_the_command() -> None:
    assert set(KINDS) - {"gtfs"} == {
        "gtfs-rt-vehicle-positions",
        "gtfs-rt-trip-updates",
        "gtfs-rt-alerts",
        "parking-json",
        "parking-csv",
        "data-fair",
        "ods-v1",
        "ods-v2",
        "mapped",
    }
    found = offline.find(["realtime", "decode", "ods-v1", "x.json"])
    assert found is not None
    assert found[1] == ["ods-v1", "x.json"]
