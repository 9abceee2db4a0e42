"""The communes that a record is about, and the rule that decided."""

import pytest

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.catalogue.record import Box, Extent, Keyword, KeywordSet, Record
from ckanext.grandpoitiers.catalogue.territory import Commune, match_communes

POITIERS = Commune("86194", "Poitiers", Box(0.29, 46.54, 0.45, 46.63), (0.343, 46.583))
BENOIT = Commune("86214", "Saint-Benoît", None, (0.342, 46.550))
MIGNALOUX = Commune("86157", "Mignaloux-Beauvoir", Box(0.40, 46.50, 0.50, 46.57))
JAUNAY = Commune("86115", "Jaunay-Marigny", None, (0.372, 46.685), ("Jaunay-Clan", "86146"))
NOWHERE = Commune("86080", "Cloué")
COMMUNES = (POITIERS, BENOIT, MIGNALOUX, JAUNAY, NOWHERE)


def record(*texts: str, boxes: tuple[Box, ...] = (), extent: Extent | None = None) -> Record:
    keywords = KeywordSet(tuple(Keyword(text) for text in texts), "place")
    extents = (*([extent] if extent else []), Extent(boxes=boxes))
    return Record("a", "A", keyword_sets=(keywords,), extents=extents)


def found(one: Record) -> list[tuple[str, str]]:
    return [(match.insee, match.rule) for match in match_communes(one, COMMUNES)]


class TestNames:
    @pytest.mark.parametrize(
        ("one", "rule"),
        [
            (record("Mignaloux Beauvoir"), "name"),
            (record("86157"), "code"),
            (record("Commune de Mignaloux-Beauvoir"), "name"),
            (record(extent=Extent("Mignaloux-Beauvoir")), "name"),
            (record(extent=Extent(identifiers=("http://id.insee.fr/geo/commune/86157",))), "code"),
            (record("86157", "Poitiers"), "code"),
        ],
    )
    def test_a_commune_that_is_named_is_found(self, one: Record, rule: str):
        """By its code rather than by its name, which others may have."""
        assert found(one) == [("86157", rule)]

    def test_names_come_before_extents(self):
        assert found(record("Poitiers", boxes=(Box(-5, 42, 8, 51),))) == [("86194", "name")]

    @pytest.mark.parametrize("text", ["Jaunay-Clan", "86146"])
    def test_a_former_commune_is_part_of_the_one_that_took_it_in(self, text: str):
        assert [insee for insee, _ in found(record(text))] == ["86115"]

    def test_a_place_of_the_same_name_elsewhere_is_another_one(self):
        """Saint-Benoît of La Réunion."""
        reunion = (Box(55.6, -21.2, 55.8, -21.0),)
        assert found(record("Saint-Benoît", boxes=reunion)) == []
        assert found(record("Saint-Benoît", boxes=(Box(0.3, 46.5, 0.4, 46.6),))) == [
            ("86214", "name")
        ]

    def test_a_commune_without_position_is_found_by_its_name(self):
        assert found(record("Cloué", boxes=(Box(0.1, 46.4, 0.2, 46.5),))) == [("86080", "name")]

    def test_grand_poitiers_is_not_poitiers(self):
        assert found(record("Grand Poitiers")) == []


class TestExtents:
    def test_the_extent_of_one_commune_is_that_commune(self):
        """Though towns of its neighbours are in the corners of the box."""
        assert found(record(boxes=(Box(0.288, 46.541, 0.449, 46.629),))) == [("86194", "extent")]

    def test_communes_whose_town_is_in_the_extent_are_covered(self):
        boxes = (Box(0.2, 46.54, 0.39, 46.8),)
        assert found(record(boxes=boxes)) == [
            ("86115", "town"),
            ("86194", "town"),
            ("86214", "town"),
        ]

    def test_a_place_without_a_town_is_in_the_commune_around_it(self):
        assert found(record(boxes=(Box(0.375, 46.69, 0.38, 46.695),))) == [("86115", "around")]
        assert found(record(boxes=(Box(0.45, 46.53, 0.45, 46.53),))) == [("86157", "around")]

    def test_a_place_too_far_from_any_town_is_nowhere(self):
        assert found(record(boxes=(Box(0.9, 46.2, 0.91, 46.21),))) == []

    def test_a_large_extent_beside_the_territory_is_not_about_it(self):
        assert found(record(boxes=(Box(0.375, 46.69, 0.9, 46.9),))) == []

    def test_several_boxes_are_several_places(self):
        boxes = (Box(0.34, 46.545, 0.345, 46.555), Box(0.37, 46.68, 0.375, 46.69))
        assert found(record(boxes=boxes)) == [("86115", "town"), ("86214", "town")]


def test_the_communes_of_the_town_are_where_they_should_be():
    """All within twenty-five kilometres of Poitiers or so, the few unknown ones apart."""
    communes = town.communes()
    placed = [commune.centre for commune in communes if commune.centre]
    assert len(placed) >= 36
    assert all(-0.1 < east < 0.85 and 46.3 < north < 46.85 for east, north in placed)
