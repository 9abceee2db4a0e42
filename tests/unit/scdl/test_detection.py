"""Types found on every row; codes stay texts; what is rewritten is what PostgreSQL reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.scdl.files.detection import ColumnType, detect, fits, rewritten
from ckanext.scdl.files.survey import frames
from ckanext.scdl.table import Table


def found(*texts: str, name: str = "colonne") -> ColumnType:
    half = len(texts) // 2
    rows = [(text,) for text in texts]
    return detect(Table((name,), (rows[:half], rows[half:]))).columns[0]


def stored(*texts: str, name: str = "colonne") -> list[str | None]:
    table = Table((name,), ([(text,) for text in texts],))
    columns = detect(table).columns
    return [row[0] for _, frame in frames(table) for row in rewritten(frame, columns).rows()]


@pytest.mark.parametrize(
    ("texts", "type_", "first"),
    [
        (("12", "-5", "+7", ""), "integer", "12"),
        (("1 200", "15"), "integer", "1200"),
        (("12", "1.5", "2e3"), "number", "12"),
        (("1 234,50 €", "3", "-0,5"), "number", "1234.50"),
        (("oui", "NON", " Oui "), "boolean", "t"),
        (("vrai", "faux"), "boolean", "t"),
        (("2024-02-29", "2023-01-01"), "date", "2024-02-29"),
        (("29/02/2024", "1/1/2023"), "date", "2024-02-29"),
        (("2024-01-01T10:00:00Z", "2024-01-01T10:00:00.5Z"), "datetime", "2024-01-01T10:00:00"),
        (("01/02/2024 8:30", "01/02/2024 18:30"), "datetime", "2024-02-01T08:30:00"),
    ],
)
def test_a_type_is_what_every_cell_has(texts: tuple[str, ...], type_: str, first: str) -> None:
    assert found(*texts).type == type_
    assert stored(*texts)[0] == first


@pytest.mark.parametrize(
    "texts",
    [
        ("12", "NC"),
        ("01004", "86194"),
        ("30/02/2024", "01/01/2024"),
        ("01/02/2024", "2024-02-01"),
        ("oui", "true"),
        ("€", "12"),
        ("-", "5"),
        ("21860194600013", "21860194600013"),
        ("12345678901234567890", "1"),
        ("", " "),
    ],
)
def test_one_contrary_cell_makes_a_text(texts: tuple[str, ...]) -> None:
    assert found(*texts).type == "string"


@pytest.mark.parametrize("name", ["Code postal", "SIREN", "codeInsee", "tél.", "IRIS"])
def test_a_code_is_no_number(name: str) -> None:
    assert found("86000", "86100", name=name).type == "string"
    assert found("86000", "86100", name="habitants").type == "integer"


def test_a_blank_cell_is_null_and_a_text_keeps_its_spaces() -> None:
    assert stored(" deux mots ", "", name="x") == [" deux mots ", None]
    assert stored("12", " ", name="x") == ["12", None]


def test_what_goes_into_a_column() -> None:
    assert fits(found("12"), "number")
    assert not fits(found("1.5"), "integer")
    assert fits(found("1.5"), "string")
    assert fits(found(""), "date")


@settings(max_examples=40)
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=3), min_size=1))
def test_numbers_of_any_size_are_not_changed_by_the_way(values: list[object]) -> None:
    texts = [str(value) for value in values]
    for text, kept in zip(texts, stored(*texts), strict=True):
        assert kept == text
