"""The additional fields of a theme's group: written, read, checked."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.themes.declared import Theme
from ckanext.grandpoitiers.themes.fields import (
    FIELDS,
    PREFIX,
    check,
    figures,
    theme_of,
    written,
)

SPORT = Theme(
    "sport",
    "Sport",
    "Tout sur le sport.",
    "sport",
    "#4d6600",
    3,
    inspire_themes=("us",),
    keywords=("stade", "terrain d'athlétisme"),
    figures=("37 | piscines", "4 200 | arbres | /dataset/arbres"),
)
CULTURE = replace(SPORT, name="culture", title="Culture", inspire_themes=("ps",), order=1)


def problems(**given_fields: Any) -> list[str]:
    _, errors = check(given_fields, "sport", [CULTURE], {"sport", "culture"})
    return [error.field for error in errors]


def test_what_is_written_is_read_back() -> None:
    assert theme_of("sport", SPORT.title, SPORT.description, written(SPORT)) == SPORT


def test_what_a_group_does_not_say_is_as_in_the_file() -> None:
    read = theme_of("sport", "Le sport", "", {"theme_colour": "#123456"}, SPORT)
    assert (read.title, read.colour, read.keywords) == ("Le sport", "#123456", SPORT.keywords)


def test_what_somebody_emptied_stays_empty() -> None:
    assert theme_of("sport", "Sport", "", {"theme_keywords": ""}, SPORT).keywords == ()


@given(st.dictionaries(st.sampled_from([PREFIX + name for name in FIELDS]), st.text(max_size=60)))
@settings(max_examples=60)
def test_whatever_a_program_wrote_is_read(extras: dict[str, str]) -> None:
    """A wrong value is as good as none: whoever reads must not fail."""
    read = theme_of("sport", "Sport", "", extras)
    assert len(read.colour) == 7
    assert figures(read) is not None


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=60) | st.lists(st.text())))
@settings(max_examples=60)
def test_what_is_accepted_is_kept_as_it_is_read(given_fields: dict[str, Any]) -> None:
    kept, errors = check(given_fields, "sport", [], {"sport"})
    again, _ = check({k.removeprefix(PREFIX): v for k, v in kept.items()}, "sport", [], {"sport"})
    assert errors or kept == again


@pytest.mark.parametrize(
    "wrong",
    [
        {"icon": "bazooka"},
        {"colour": "red"},
        {"colour": "#ffff00"},
        {"order": "-1"},
        {"order": "1000"},
        {"parent": "nulle-part"},
        {"inspire_themes": ["us", "zz"]},
        {"inspire_themes": "ps"},
        {"figures": "trois piscines"},
        {"figures": "3 | piscines | javascript:alert(1)"},
        {"figures": "\n".join(f"{n} | choses" for n in range(7))},
        {"keywords": ",".join(map(str, range(201)))},
    ],
)
def test_what_is_wrong_is_told_beside_its_field(wrong: dict[str, Any]) -> None:
    assert problems(**wrong) == [PREFIX + next(iter(wrong))]


def test_a_part_has_no_parts() -> None:
    """Two levels: what has parts is a part of none, what is a part has none."""
    part = replace(CULTURE, parent="autre")
    assert [e.field for e in check({"parent": "culture"}, "sport", [part], ())[1]]
    child = replace(CULTURE, name="danse", parent="sport")
    assert [e.field for e in check({"parent": "culture"}, "sport", [CULTURE, child], ())[1]]
    assert not check({"parent": "culture"}, "sport", [CULTURE], ())[1]


def test_codes_come_as_a_list_or_as_a_text() -> None:
    kept, errors = check({"inspire_themes": ["", "us", "gn"], "keywords": "a;b, a\nc"}, "x", [], ())
    assert not errors
    assert kept == {"theme_inspire_themes": "gn, us", "theme_keywords": "a, b, c"}
