"""JSON documents judged by JSON Schemas: the records' errors in words, in bounded time, offline."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl import messages
from ckanext.scdl.errors import SchemaError, TooCostly, UnreadableFile
from ckanext.scdl.json_validation import validate_document, validate_file
from ckanext.scdl.registry import Registry
from ckanext.scdl.report import Report, Verdict

PACKAGED = Registry([Path(__file__).parents[3] / "schemas"])
LANES = PACKAGED.find("etalab/schema-amenagements-cyclables").descriptor
LINE = {"type": "LineString", "coordinates": [[0.34, 46.58], [0.35, 46.59]]}


def lane(**properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": LINE, "properties": properties}


def lanes(*features: Any) -> Report:
    return validate_document({"type": "FeatureCollection", "features": list(features)}, LANES)


def test_a_record_is_told_by_its_number_and_its_property() -> None:
    report = lanes(lane(ame_d="PISTE CYCLABLE"), lane(ame_d="TAPIS VOLANT"))
    assert report.rows == 2
    wrong = [p for p in report.problems() if p.cause.column == "ame_d"]
    assert [(p.row, p.value, p.cause.kind) for p in wrong] == [
        (2, "TAPIS VOLANT", "constraint-error")
    ]
    assert "PISTE CYCLABLE" in messages.message(wrong[0])


def test_what_is_missing_is_named() -> None:
    required = {"properties": {"a": {"items": {"required": ["b"]}}}}
    report = validate_document({"a": [{"b": 1}, {}]}, required)
    assert [(p.row, p.cause.column) for p in report.problems()] == [(2, "b")]


def test_a_geometry_that_is_none() -> None:
    broken = {**lane(ame_d="PISTE CYCLABLE"), "geometry": {"type": "LineString"}}
    assert lanes(broken).verdict is Verdict.INVALID


def test_of_several_forms_the_nearest_one_is_explained() -> None:
    schema = {
        "items": {
            "anyOf": [
                {"required": ["a", "b", "c"], "properties": {"type": {"enum": ["one"]}}},
                {"required": ["d"], "properties": {"type": {"enum": ["two"]}}},
            ]
        }
    }
    (problem, *others) = validate_document([{"type": "one", "a": 1, "b": 2}], schema).problems()
    assert (problem.cause.column, others) == ("c", [])


def test_the_form_that_knows_most_of_the_properties_is_the_nearest() -> None:
    market = {"required": ["id", "a", "b", "c"], "properties": {"buyer": {}, "sum": {}, "cpv": {}}}
    grant = {"required": ["id"], "properties": {"licensor": {}}, "additionalProperties": False}
    schema = {"items": {"anyOf": [grant, {**market, "additionalProperties": False}]}}
    report = validate_document([{"buyer": 1, "sum": 2, "cpv": 3}], schema)
    wrong = {p.cause.column for p in report.problems() if "required" in p.cause.rule}
    assert wrong == {"id", "a", "b", "c"}


@pytest.mark.parametrize("content", [b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"from line \d+ on: export"):
        validate_file(path, {"type": "object"})


def test_a_pattern_that_explodes_is_given_up() -> None:
    with pytest.raises(TooCostly):
        validate_document(["a" * 60 + "!"], {"items": {"pattern": r"^(?=a)(a|aa)+$\1?"}})


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.org/schema.json"},
        {"type": "nothing"},
        {"pattern": "("},
        {"$ref": "http://169.254.169.254/"},
    ],
)
def test_a_schema_that_can_not_be_used(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        validate_document("x", schema)


@pytest.mark.parametrize(
    "name", ["139bercy/format-commande-publique", "metis-reseaux/infos-travaux"]
)
def test_every_packaged_json_schema_can_be_used(name: str) -> None:
    schema = PACKAGED.schema(name)
    for number in schema.versions:
        assert validate_document(json.loads("[]"), schema.version(number).descriptor)
