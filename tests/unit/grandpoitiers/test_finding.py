"""Words as people type them: beginnings, accents, plurals, mistakes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.finding.words import (
    Place,
    folded,
    matching,
    plain,
    put_right,
    vocabulary,
)

PLACES = [
    Place("theme", "Transports, déplacements", "/group/transports"),
    Place("theme", "Éducation, formation", "/group/education"),
    Place("organization", "Mobilités et stationnement", "/organization/mobilites"),
    Place("page", "Comment réutiliser l’API", "/pages/api"),
    Place("event", "Data’péro de printemps", "/pages/datapero"),
    Place("page", "Transport", "/pages/transport"),
]
KNOWN = vocabulary(
    ["Stationnement des parkings", "Budget primitif", "Arbres remarquables", "Œuvres d’art"]
)


def test_signs_of_solr_are_not_words() -> None:
    assert plain('Bus : horaires (été) AND "a*"') == "bus horaires été and a"


class TestMatching:
    @pytest.mark.parametrize(
        ("typed", "addresses"),
        [
            ("transp", ["/pages/transport", "/group/transports"]),
            ("transports", ["/group/transports", "/pages/transport"]),
            ("EDUC", ["/group/education"]),
            ("stationnement mob", ["/organization/mobilites"]),
            ("pero", ["/pages/datapero"]),
            ("api", ["/pages/api"]),
            ("licorne", []),
            ("", []),
            ("'", []),
        ],
    )
    def test_the_beginning_of_each_word_is_enough(self, typed: str, addresses: list[str]) -> None:
        """Whatever the accents, the capitals, the order and the number."""
        assert [place.address for place in matching(PLACES, typed, 5)] == addresses

    def test_no_more_than_asked(self) -> None:
        """The best ones."""
        assert len(matching(PLACES * 5, "transport", 3)) == 3

    @given(st.text(max_size=300))
    def test_nothing_typed_breaks_it(self, typed: str) -> None:
        """Folding twice is folding once."""
        assert folded(folded(typed)) == folded(typed) or len(folded(typed)) >= 100
        matching(PLACES, typed, 5)
        put_right(typed, KNOWN)


class TestPutRight:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("stationement", "stationnement"),
            ("budjet primitif", "budget primitif"),
            ("arbre remarcable", "arbre remarquables"),
            ("oeuvre", None),
            ("parking", None),
            ("BUDGET", None),
            ("bus", None),
            ("licornes", None),
            ("a " * 30, None),
        ],
    )
    def test_a_word_near_a_known_one_is_put_right(self, typed: str, meant: str | None) -> None:
        """The others stay; nothing is said when all are known or none is near."""
        assert put_right(typed, KNOWN) == meant

    @given(st.sampled_from(sorted(KNOWN)))
    def test_what_is_known_is_never_put_right(self, word: str) -> None:
        """Nor its plural."""
        assert put_right(word, KNOWN) is None
        assert put_right(f"{word}s", KNOWN) is None
