"""Words for people: every field of every version has its own, and its example is right."""

from pathlib import Path

import pytest

from ckanext.scdl import messages
from ckanext.scdl.described import fields_of
from ckanext.scdl.registry import JSON, TABLE, Registry
from ckanext.scdl.schema import parse
from ckanext.scdl.table import Table
from ckanext.scdl.validation import validate

ROOT = Path(__file__).parents[3]
PACKAGED = Registry([ROOT / "schemas"])


@pytest.mark.parametrize("name", PACKAGED.names())
def test_every_field_of_every_version_has_its_words(name: str) -> None:
    schema = PACKAGED.schema(name)
    for number in schema.versions:
        for field in fields_of(schema.version(number)):
            assert field.title != field.name or len(field.name) < 6, (number, field.name)
            assert field.description.endswith((".", "…")), (number, field.name)


@pytest.mark.parametrize("name", [one.name for one in PACKAGED if one.kind == TABLE])
def test_a_row_of_the_examples_is_valid(name: str) -> None:
    schema = parse(PACKAGED.find(name).descriptor)
    header = tuple(field.name for field in schema.fields)
    row = tuple(field.example for field in schema.fields)
    assert all(row), [field.name for field in schema.fields if not field.example]
    report = validate(Table(header, [[row]]), schema)
    assert report.total == 0, [messages.message(problem) for problem in report.problems()]


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("etalab/schema-amenagements-cyclables", {"ame_d", "code_com_g", "date_maj"}),
        ("metis-reseaux/infos-travaux", {"titre", "date_debut", "categorie"}),
        ("139bercy/format-commande-publique", {"acheteur", "montant", "valeurGlobale"}),
    ],
)
def test_a_json_schema_is_read_in_the_same_form(name: str, properties: set[str]) -> None:
    fields = {field.name: field for field in fields_of(PACKAGED.find(name))}
    assert properties <= set(fields)
    assert PACKAGED.schema(name).kind == JSON
    assert all(field.title and field.description for field in fields.values())


def test_few_values_are_choices() -> None:
    fields = {field.name: field for field in fields_of(PACKAGED.find("scdl/subventions"))}
    assert "aide en nature" in fields["nature"].choices
    assert fields["notificationUE"].choices == ("oui", "non")
    assert fields["montant"].choices == ()
    assert fields["nature"].required
    assert "french-siret-value" in fields["idAttribuant"].rules
