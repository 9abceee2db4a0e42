"""How long forms are cut in parts."""

from importlib.resources import files
from typing import Any

import pytest
import yaml

from ckanext.grandpoitiers import form


def schema() -> dict[str, Any]:
    return yaml.safe_load((files("portal_schemas") / "scheming/dataset.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("key", "parts"),
    [("dataset_fields", form.PARTS), ("resource_fields", form.RESOURCE_PARTS)],
)
def test_every_field_of_the_schema_is_in_the_form_once(
    key: str, parts: dict[str, tuple[str, ...]]
) -> None:
    fields = schema()[key]
    shown = [field["field_name"] for _, held in form.cut(fields, parts) for field in held]
    assert sorted(shown) == sorted(field["field_name"] for field in fields)


@pytest.mark.parametrize(
    ("key", "parts"),
    [("dataset_fields", form.PARTS), ("resource_fields", form.RESOURCE_PARTS)],
)
def test_the_parts_name_only_fields_of_the_schema(
    key: str, parts: dict[str, tuple[str, ...]]
) -> None:
    known = {field["field_name"] for field in schema()[key]}
    assert {name for names in parts.values() for name in names} <= known


def test_what_must_be_filled_in_stays_in_sight() -> None:
    for part, held in form.cut(schema()["dataset_fields"], form.PARTS):
        assert not part or not any(field.get("required") for field in held)


def test_a_field_of_a_town_stays_in_sight() -> None:
    found = form.cut([{"field_name": "issued"}, {"field_name": "ours"}], form.PARTS)
    assert found == [("", [{"field_name": "ours"}]), ("dates", [{"field_name": "issued"}])]


@pytest.mark.parametrize("value", [None, "", [], [""], [{"name": "", "url": ""}], {}])
def test_blank_values_are_not_counted(value: Any) -> None:
    assert not form.has_value(value)


@pytest.mark.parametrize("value", ["a", ["a"], [{"name": "", "url": "b"}], 3])
def test_values_are_counted(value: Any) -> None:
    assert form.has_value(value)
