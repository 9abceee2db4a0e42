"""A search by place: four coordinates, however they are typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.maps.area import SIDES, box, sides


def typed(*values: str) -> dict[str, str]:
    return dict(zip(SIDES, values, strict=True))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (typed("0.2", "46.4", "0.6", "46.7"), "0.2,46.4,0.6,46.7"),
        (typed("0,2", " 46,4", "0,6 ", "46,7"), "0.2,46.4,0.6,46.7"),
        (typed("0.6", "46.7", "0.2", "46.4"), "0.2,46.4,0.6,46.7"),
        ({"ext_bbox": "0.2,46.4,0.6,46.7"}, "0.2,46.4,0.6,46.7"),
    ],
)
def test_a_box_is_read_as_french_people_type_it(asked, expected):
    assert box(asked) == expected


@pytest.mark.parametrize(
    "asked",
    [
        {},
        typed("0.2", "46.4", "0.6", ""),
        typed("a", "46.4", "0.6", "46.7"),
        typed("0.2", "46.4", "200", "46.7"),
        typed("nan", "46.4", "0.6", "46.7"),
        typed("1e999", "46.4", "0.6", "46.7"),
        {"ext_bbox": "1,2,3"},
        {"ext_bbox": "1,2,3,4,5"},
    ],
)
def test_what_is_no_box_searches_everywhere(asked):
    assert box(asked) is None


def test_the_form_shows_what_was_typed_or_what_the_address_says():
    assert sides(typed("0,2", "", "x", "1"))["ext_east"] == "x"
    assert sides({"ext_bbox": "1,2,3,4"}) == typed("1", "2", "3", "4")
    assert sides({}) == {}


@given(st.dictionaries(st.sampled_from([*SIDES, "ext_bbox"]), st.text(max_size=30)))
@settings(max_examples=50)
def test_whatever_is_typed_gives_a_box_on_earth_or_none(asked):
    found = box(asked)
    if found is not None:
        west, south, east, north = map(float, found.split(","))
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
