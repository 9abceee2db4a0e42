"""One text at a time: what is mended, and what is left alone because nobody can know."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.scdl.files.mending import codes, dates, identifiers, numbers, texts


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("40 000,00", "40000.00"),
        ("1\xa0465\u202f600 euros", "1465600"),
        ("97\xa0000euros", "97000"),
        ("1 234,5 €", "1234.5"),
        ("€ 12", "12"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("12'500", "12500"),
        ("1,234", "1.234"),
        ("(1 200,50)", "-1200.50"),
        ("- 5", "-5"),
        ("−5", "-5"),
        ("2,5E+3", "2500"),
        ("12,", "12"),
        ("0,5", "0.5"),
        *((word, None) for word in ("NC", "", "12 34", "1.2.3", "12 rue", "1e999", "€", "(-5)")),
    ],
)
def test_a_number_is_written_with_digits_and_a_point(typed: str, meant: str | None) -> None:
    assert numbers.number(typed) == meant


def test_shares_and_whole_numbers() -> None:
    assert numbers.percentage("45 %") == "0.45"
    assert numbers.percentage("12,5%") == "0.125"
    assert numbers.percentage("45") is None
    assert numbers.integer("12,00") == "12"
    assert numbers.integer("12,5") is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9)))
def test_a_number_grouped_the_french_way_comes_back(value: object) -> None:
    shown = f"{value:,.2f}".replace(",", "\u202f").replace(".", ",")
    assert numbers.number(shown) == f"{value:.2f}"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2017/09/08", "2017-09-08"),
        ("08/09/2017", "2017-09-08"),
        ("8.9.17", "2017-09-08"),
        ("24-12-1999", "1999-12-24"),
        ("24/12/99", "1999-12-24"),
        ("20170908", "2017-09-08"),
        ("1er août 2024", "2024-08-01"),
        ("jeudi 3 déc. 2020", "2020-12-03"),
        ("2017-09-08 00:00:00", "2017-09-08"),
        *((word, None) for word in ("12/31/2020", "2911/17", "30/02/2020", "2020", "", "mai 2020")),
        ("2017-09-08 10:00:00", None),
    ],
)
def test_a_date_is_iso_with_the_day_first(typed: str, meant: str | None) -> None:
    assert dates.day(typed) == meant


def test_times_serial_days_and_periods() -> None:
    assert dates.moment("03/12/2017 14:30") == "2017-12-03T14:30:00"
    assert dates.moment("2017-12-03T14:30:15Z") == "2017-12-03T14:30:15Z"
    assert dates.moment("3 mars 2017 à 8h") == "2017-03-03T08:00:00"
    assert dates.moment("03/12/2017") is None
    assert dates.clock("8h30") == "08:30:00"
    assert dates.clock("25:00") is None
    assert dates.serial("43055") == "2017-11-16"
    assert dates.serial("43055.0") == "2017-11-16"
    assert dates.serial("86000") is None
    assert dates.period("2018-01-01_2018-03-31") == "2018-01-01/2018-03-31"
    assert dates.period("du 1/1/2018 au 31/3/2018") == "2018-01-01/2018-03-31"
    assert dates.period("31/03/2018 - 01/01/2018") is None
    assert dates.period("03/12/2017\n10/12/2017") is None


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)))
def test_every_day_comes_back_from_how_people_write_it(day: date) -> None:
    for shape in ("%d/%m/%Y", "%d/%m/%y", "%Y/%m/%d", "%d.%m.%Y", "%Y%m%d"):
        assert dates.day(day.strftime(shape)) == day.isoformat()


def test_identifiers_are_no_quantities() -> None:
    assert identifiers.as_float("21860194600013.0") == "21860194600013"
    assert identifiers.as_float("2,1860194600013E+13") == "21860194600013"
    assert identifiers.as_float("1.5") is None
    assert identifiers.grouped("218 601 946 00013") == "21860194600013"
    assert identifiers.grouped("abc déf") is None
    assert identifiers.padded("1004", 5) == "01004"
    assert identifiers.padded("1004.0", 5) == "01004"
    assert identifiers.padded("86194", 5) is None
    assert identifiers.padded("2A4", 5) == "002A4"
    assert identifiers.rounded("45032466000000")
    assert not identifiers.rounded("21860194600013")
    assert identifiers.digits_wanted(r"^\d{14}$") == 14
    assert identifiers.digits_wanted(r"^W\d{9}$") == 0
    assert identifiers.link("www.poitiers.fr/sports") == "https://www.poitiers.fr/sports"
    assert identifiers.mailbox("mailto:mairie @ poitiers.fr") == "mairie@poitiers.fr"


def test_words_of_a_list() -> None:
    assert codes.boolean("OUI", {"trueValues": ["oui"], "falseValues": ["non"]}) == "oui"
    assert codes.boolean("Faux", {}) == "false"
    assert codes.boolean("peut-être", {}) is None
    kinds = ["aide en numéraire", "aide en nature", "aide en numéraire;aide en nature"]
    assert codes.listed("AIDE EN NUMERAIRE", kinds) == "aide en numéraire"
    assert codes.listed("Numéraire", kinds) == "aide en numéraire"
    assert codes.listed("Aide en nature et en numéraire", kinds) == kinds[2]
    assert codes.listed("aide", kinds) is None
    assert codes.listed("", kinds) is None
    assert codes.yes_or_no("O", ["oui", "non"]) == "oui"


@pytest.mark.parametrize("word", ["NC", "n/a", "Néant", "-", "--", "Sans objet", "#N/A", "NULL"])
def test_words_for_nothing(word: str) -> None:
    assert codes.nothing(word)


@pytest.mark.parametrize("word", ["Nantes", "12", "Nord", "Aucun souci", "SEM", ""])
def test_words_for_something(word: str) -> None:
    assert not codes.nothing(word)


def test_letters_are_tidied() -> None:
    assert texts.twice_encoded("Ã‰tÃ© Ã  l’Å“uvre") is None
    assert texts.twice_encoded("Ã‰tÃ©") == "Été"
    assert texts.twice_encoded("l’été") is None
    assert texts.invisible("a\u200bb\x01c") == "abc"
    assert texts.spaces("\xa0 deux  mots \n") == "deux mots"
    assert texts.spaces("deux\nlignes") is None
    assert texts.tidy(" Ã©tÃ©\u200b ") == "été"


@given(st.text())
def test_tidying_twice_is_tidying_once(text: str) -> None:
    once = texts.tidy(text)
    assert texts.tidy(once) == once or texts.twice_encoded(once)
