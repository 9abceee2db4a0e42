"""Names, labels and units of columns: to the DataStore, to a Table Schema, and back."""

from hypothesis import given
from hypothesis import strategies as st

from ckanext.scdl.files.comparison import compare
from ckanext.scdl.files.detection import ColumnType
from ckanext.scdl.files.dictionary import (
    Entry,
    column_ids,
    described,
    from_detected,
    from_schema,
    from_store,
    from_table_schema,
    to_store,
    to_table_schema,
)
from ckanext.scdl.schema import parse

ENTRIES = (
    Entry("montant", "number", "Montant", "Somme versée", "€"),
    Entry("date", "date"),
    Entry("libellé", "string", "Libellé"),
)


def test_names_are_those_that_the_datastore_takes() -> None:
    assert column_ids(["_id", 'a"b', "", "Nom\n du lieu", "A B", "a b", " "]) == [
        "id", "a b", "colonne_3", "Nom du lieu", "A B (2)", "a b (3)", "colonne_7",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=90), max_size=12))
def test_names_are_short_and_all_different(headers: list[str]) -> None:
    names = column_ids(headers)
    assert len({name.lower() for name in names}) == len(headers)
    assert all(name and len(name.encode()) <= 63 and name == name.strip() for name in names)
    assert not any(name.startswith("_") or '"' in name for name in names)


def test_a_dictionary_goes_out_as_a_table_schema_and_comes_back() -> None:
    descriptor = to_table_schema(ENTRIES, title="Subventions", description="")
    assert "description" not in descriptor
    assert parse(descriptor).field("montant")
    assert from_table_schema(descriptor) == ENTRIES


def test_a_dictionary_goes_to_the_datastore_and_comes_back() -> None:
    assert to_store(ENTRIES)[0] == {
        "id": "montant",
        "type": "numeric",
        "info": {"label": "Montant", "notes": "Somme versée", "unit": "€"},
    }
    assert from_store([{"id": "_id", "type": "int"}, *to_store(ENTRIES)]) == ENTRIES


def test_words_of_one_file_serve_the_next() -> None:
    (entry,) = described((Entry("MONTANT", "integer"),), ENTRIES)
    assert (entry.id, entry.type, entry.label, entry.unit) == ("MONTANT", "integer", "Montant", "€")


def test_a_schema_says_what_its_columns_are() -> None:
    schema = parse({"fields": [{"name": "jour", "type": "date", "title": "Jour"}]})
    assert from_schema(schema, ("jour", "autre")) == (Entry("jour", "date", "Jour"), Entry("autre"))


def test_a_header_that_can_t_be_a_name_is_a_label() -> None:
    (entry,) = from_detected([ColumnType('Nom "court"', "string")])
    assert (entry.id, entry.label) == ("Nom court", 'Nom "court"')


def test_a_replacement_is_compared_before_it_is_accepted() -> None:
    columns = [
        ColumnType("Montant", "number", filled=2),
        ColumnType("date", "string", filled=2, samples=("demain",)),
        ColumnType("neuf", "string", filled=2),
    ]
    found = compare(ENTRIES, 100, from_detected(columns), columns, 40)
    assert found.added == ("neuf",)
    assert found.lost == ("libellé",)
    assert found.renamed == (("montant", "Montant"),)
    assert [(one.name, one.before, one.after) for one in found.changed] == [
        ("date", "date", "string")
    ]
    assert found.shrunk
    assert not found.same_shape
    assert found.as_dict()["rows_after"] == 40


def test_the_same_columns_are_the_same_shape() -> None:
    columns = [ColumnType("montant", "integer", filled=1), ColumnType("date", "date", filled=1)]
    columns.append(ColumnType("libellé", "string", filled=1))
    assert compare(ENTRIES, 2, from_detected(columns), columns, 2).same_shape
