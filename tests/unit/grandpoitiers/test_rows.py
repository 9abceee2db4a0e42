"""What stands in CKAN's tables, whatever it is, becomes fields."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.interchange import rows

DEEP = "[" * 100_000


@pytest.mark.parametrize("written", ["{", DEEP, '"a"', "1", None, "", 5])
def test_what_is_no_list_is_an_empty_one(written: object) -> None:
    assert rows.as_list(written) == []


@pytest.mark.parametrize("written", ["[", DEEP, '"a"', "1", None])
def test_what_is_no_object_is_an_empty_one(written: object) -> None:
    assert rows.as_object(written) == {}


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ('{"offer_again": false}', False), ('{"offer_again": true}', True), ("{}", True),
        (None, True), ("", True), ("[", True), (DEEP, True), ("[]", True),
    ],
)  # fmt: skip
def test_a_source_is_offered_unless_it_says_no(written: str | None, offered: bool) -> None:
    assert rows.offered(written) is offered


def test_lists_are_read_and_the_rest_stays() -> None:
    stored = {"a": '[1, {"b": "[2]"}]', "c": "[3]", "d": "[", "e": DEEP, "f": '["g"] '}
    found = rows.loaded(stored, {"a", "a.b", "d", "e", "f"})
    assert found == {"a": [1, {"b": [2]}], "c": "[3]", "d": "[", "e": DEEP, "f": ["g"]}


@given(st.text(st.characters(codec=None), max_size=20))
@settings(max_examples=50)
def test_only_what_the_database_can_hold_is_asked_of_it(text: str) -> None:
    bad = "\0" in text or any("\ud800" <= one <= "\udfff" for one in text)
    assert rows.storable(text) is not bad


def test_an_address_without_scheme_is_shown_as_ckan_shows_it() -> None:
    for url, shown in (
        ("www.a.example/b", "http://www.a.example/b"), ("https://a.example", "https://a.example"),
        ("http://[", "http://["),
    ):  # fmt: skip
        assert rows.resource({"url": url, "extras": None}, ())["url"] == shown
    assert rows.resource({"url": "a.csv", "url_type": "upload", "extras": "{}"}, ())["url"] == (
        "a.csv"
    )
