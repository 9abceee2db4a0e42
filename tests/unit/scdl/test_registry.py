"""The schemas on disk: found by name and version, ours equal to the official ones in all facts."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl.errors import UnknownSchema
from ckanext.scdl.registry import JSON, TABLE, Registry, Schema, kind_of
from ckanext.scdl.schema import parse
from tests.unit.scdl.official import official_schemas

ROOT = Path(__file__).parents[3]
PACKAGED = Registry([ROOT / "schemas"])
FACTS = (
    *("name", "type", "format", "constraints", "missingValues", "trueValues", "falseValues"),
    *("decimalChar", "groupChar", "bareNumber", "floatNumber", "arrayItem", "customCheck"),
)
TOP = ("missingValues", "primaryKey", "foreignKeys", "custom_checks", "fieldsMatch")
WORDS = {"title", "description", "example", "examples"}
DESCRIBED_IN_PROSE = {"etalab/schema-bal"}
"""Published without a description for machines: ours is made from its text."""


def tables() -> list[Schema]:
    return [schema for schema in PACKAGED if schema.kind == TABLE]


@pytest.fixture(scope="module")
def official(real_data: Path) -> dict[str, dict[str, Path]]:
    """`{name: {version: file}}` of schema.data.gouv.fr, by the registry's own versions."""
    return official_schemas(real_data)


def test_the_schemas_a_town_needs_are_there() -> None:
    names = set(PACKAGED.names())
    wanted = ("deliberations", "subventions", "budget", "equipements", "catalogue", "prenoms")
    assert {f"scdl/{name}" for name in wanted} <= names
    assert {"etalab/schema-irve-statique", "atlasante/schema-dae"} <= names
    assert {"etalab/schema-bal", "metis-reseaux/infos-travaux"} <= names
    assert len(names) >= 20


def test_the_current_version_is_the_newest() -> None:
    assert PACKAGED.schema("scdl/subventions").current == "2.1.1"
    assert PACKAGED.schema("etalab/schema-lieux-covoiturage").versions[-2:] == ("0.3.0", "0.3.1")
    assert PACKAGED.schema("CEREMA/schema-arrete-circulation-marchandises").current == "0.9.2"


def test_a_version_is_found_with_or_without_its_v() -> None:
    assert PACKAGED.find("scdl/subventions@v2.0.2").number == "2.0.2"
    assert PACKAGED.find("scdl/subventions").name == "scdl/subventions@2.1.1"


@pytest.mark.parametrize(
    "wanted", ["scdl/nothing", "subventions", "../secrets", "scdl/subventions@0"]
)
def test_what_is_not_there_is_said(wanted: str) -> None:
    with pytest.raises(UnknownSchema):
        PACKAGED.find(wanted)


def test_the_town_s_folder_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "scdl" / "subventions"
    folder.mkdir(parents=True)
    (folder / "schema.yaml").write_text("current: 2.0.2\ntitle: Nos aides\n", encoding="utf-8")
    (folder / "3.0.0.json").write_text('{"fields": [{"name": "a"}]}', encoding="utf-8")
    schema = Registry([tmp_path, ROOT / "schemas"]).schema("scdl/subventions")
    assert (schema.title, schema.current) == ("Nos aides", "2.0.2")
    assert schema.versions[-1] == "3.0.0"
    assert schema.version("3.0.0").descriptor["fields"] == [{"name": "a"}]


def test_every_packaged_table_schema_can_be_used() -> None:
    for schema in tables():
        for number in schema.versions:
            assert parse(schema.version(number).descriptor).fields, (schema.name, number)


def facts(descriptor: dict[str, Any]) -> dict[str, Any]:
    """What machines check, words left out; an empty constraint is none."""
    fields = []
    for field in descriptor["fields"]:
        found = {key: field[key] for key in FACTS if field.get(key) not in (None, {})}
        if isinstance(found.get("arrayItem"), dict):
            found["arrayItem"] = {k: v for k, v in found["arrayItem"].items() if k not in WORDS}
        fields.append(found)
    top = {key: descriptor[key] for key in TOP if descriptor.get(key)}
    top["custom_checks"] = [
        {"name": check["name"], "params": check["params"]}
        for check in descriptor.get("custom_checks") or []
    ]
    return {"fields": fields, **top}


@pytest.mark.parametrize("name", sorted({one.name for one in tables()} - DESCRIBED_IN_PROSE))
def test_a_table_schema_equals_the_official_one(
    name: str, official: dict[str, dict[str, Path]]
) -> None:
    schema = PACKAGED.schema(name)
    assert set(schema.versions) == set(official[name])
    for number, path in official[name].items():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        assert facts(schema.version(number).descriptor) == facts(theirs), number


def without_words(schema: Any, *, names: bool = False) -> Any:
    """A JSON Schema without its annotations; a property may well be named “title”."""
    if isinstance(schema, list):
        return [without_words(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if names:
        return {key: without_words(one) for key, one in schema.items()}
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    words = {*WORDS, "id", "$id", "version", "homepage", "created", "updated", "uri"}
    words |= {"countryCode", "contributors"}
    maps = ("properties", "definitions")
    return {
        key: without_words(one, names=key in maps)
        for key, one in schema.items()
        if key not in words
    }


@pytest.mark.parametrize("name", [schema.name for schema in PACKAGED if schema.kind == JSON])
def test_a_json_schema_equals_the_official_one(
    name: str, official: dict[str, dict[str, Path]]
) -> None:
    schema = PACKAGED.schema(name)
    assert set(schema.versions) == set(official[name])
    for number, path in official[name].items():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        ours = schema.version(number).descriptor
        assert without_words(ours) == without_words(theirs), number


@pytest.mark.parametrize(
    ("descriptor", "kind"),
    [
        ({"fields": []}, TABLE),
        ({"type": "object", "properties": {}}, JSON),
        ({"allOf": []}, JSON),
        ({"name": "irve", "resources": []}, ""),
        ({}, ""),
    ],
)
def test_the_kind_of_a_schema(descriptor: dict[str, Any], kind: str) -> None:
    assert kind_of(descriptor) == kind
