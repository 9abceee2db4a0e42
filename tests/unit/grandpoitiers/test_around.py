"""What resembles a dataset, and how to use a file."""

import pytest

from ckanext.grandpoitiers.dataset_page.similar import question
from ckanext.grandpoitiers.dataset_page.uses import uses


def test_keywords_weigh_more_than_words_and_words_than_themes() -> None:
    asked = question(
        {
            "title": "Les pistes cyclables de Grand Poitiers en 2024",
            "tags": [{"name": "vélo"}],
            "groups": [{"name": "transports"}],
        }
    )
    assert (
        asked == 'tags:("vélo")^3 OR title:("pistes" OR "cyclables")^2 OR groups:("transports")^1'
    )


def test_a_theme_alone_is_not_a_resemblance() -> None:
    assert question({"title": "Grand Poitiers", "groups": [{"name": "transports"}]}) == ""


def test_what_a_publisher_wrote_is_no_syntax() -> None:
    asked = question({"title": "", "tags": [{"name": 'a") OR *:* \\'}]})
    assert asked == r'tags:("a\") OR *:* \\")^3'


@pytest.mark.parametrize(
    ("kind", "tools"),
    [
        ("CSV", ["curl", "Python", "R", "Excel"]),
        ("XLSX", ["curl", "Python", "Excel"]),
        ("GeoJSON", ["curl", "Python", "QGIS"]),
        ("PDF", ["curl"]),
    ],
)
def test_each_format_has_its_tools(kind: str, tools: list[str]) -> None:
    assert [one.tool for one in uses(kind, "https://a.fr/b")] == tools


def test_an_address_ends_no_string_of_a_program() -> None:
    for one in uses("CSV", "https://a.fr/b?c='\"; rm -rf ~"):
        assert one.code.count("'") == 2 or one.tool != "curl"
        assert one.code.count('"') == 2 or one.tool in ("curl", "Excel")


def test_rows_of_the_portal_are_taken_from_the_explorer() -> None:
    found = {one.tool: one.code for one in uses("CSV", "", "https://a.fr/explore/rows.csv")}
    assert set(found) == {"curl", "Python", "R", "JavaScript", "Excel", "QGIS"}
    assert "rows.json?limit=100" in found["JavaScript"]
    assert found["QGIS"].endswith("rows.geojson")
