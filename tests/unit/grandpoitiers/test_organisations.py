"""The tree of who publishes: read from the files, shown on the page."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.errors import OrganisationError
from ckanext.grandpoitiers.organisations.declared import (
    Commune,
    Node,
    grow,
    read_communes,
    read_organisations,
    slug,
)
from portal_kit.configuration import shipped_folder

POITIERS = Commune("86194", "Poitiers")
TREE: dict[str, Any] = {
    "organisations": [
        {
            "name": "union",
            "title": "Union",
            "children": [{"name": "parks", "title": "Parcs"}],
            "communes": {"name": "commune-{slug}", "title": "{name}", "description": "{insee}"},
        }
    ]
}


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes]


class TestReadOrganisations:
    def test_the_shipped_tree_holds_the_forty_communes(self) -> None:
        """Grand Poitiers stands at the top of its services and of its 40 communes."""
        read = {
            name: yaml.safe_load((shipped_folder() / name).read_text("utf-8"))
            for name in ("organisations.yaml", "communes.yaml")
        }
        found = read_organisations(read["organisations.yaml"], read_communes(read["communes.yaml"]))
        assert found[0].name == "grand-poitiers"
        assert found[0].parent is None
        communes = [wanted for wanted in found if wanted.insee]
        assert len(communes) == 40
        assert {commune.parent for commune in communes} == {"grand-poitiers"}
        assert any(commune.name == "commune-poitiers" for commune in communes)

    def test_parents_come_before_their_children(self) -> None:
        """So that each can be created below one that exists."""
        found = read_organisations(TREE, [POITIERS])
        assert [(wanted.name, wanted.parent) for wanted in found] == [
            ("union", None),
            ("parks", "union"),
            ("commune-poitiers", "union"),
        ]
        assert found[2].insee == found[2].description == "86194"

    @pytest.mark.parametrize(
        ("document", "sentence"),
        [
            ({}, "holds no list"),
            ({"organisations": [{"name": "A b", "title": "x"}]}, "can't name an organisation"),
            ({"organisations": [{"name": "union"}]}, "“union” has no title"),
            ({"organisations": TREE["organisations"] * 2}, "“union” is there twice"),
            (
                {"organisations": [{**TREE["organisations"][0], "communes": {"name": "{code}"}}]},
                "'code' is not a name",
            ),
        ],
    )
    def test_a_mistake_is_explained(self, document: object, sentence: str) -> None:
        """One clear sentence for each mistake."""
        with pytest.raises(OrganisationError, match=sentence):
            read_organisations(document, [POITIERS])

    @pytest.mark.parametrize("document", [{}, {"communes": [{"name": "Poitiers"}]}])
    def test_a_commune_needs_its_code_and_its_name(self, document: object) -> None:
        """A list of communes that can't be used is refused."""
        with pytest.raises(OrganisationError, match=r"communes\.yaml"):
            read_communes(document)


class TestGrow:
    def test_sisters_come_in_alphabetical_order_without_regard_to_accents(self) -> None:
        """Éducation stands between Eau and Finances."""
        rows = [("f", "Finances", None), ("e", "Éducation", None), ("a", "Eau", None)]
        assert names(grow(rows, {})) == ["a", "e", "f"]

    def test_communes_stand_apart_from_services(self) -> None:
        """A page may list them in another way."""
        rows = [("u", "Union", None), ("p", "Parcs", "u"), ("c", "Cloué", "u")]
        (union,) = grow(rows, {"p": 2, "c": 1, "u": 4}, {"c"})
        assert (names(union.children), names(union.communes)) == (["p"], ["c"])
        assert (union.datasets, union.total) == (4, 7)

    def test_a_child_of_an_unknown_parent_stands_at_the_top(self) -> None:
        """A parent that was deleted hides nobody."""
        assert names(grow([("p", "Parcs", "gone")], {})) == ["p"]

    @given(
        st.dictionaries(
            st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdefg"), min_size=1
        )
    )
    def test_everybody_is_there_once_whatever_the_tree(
        self, parents: dict[str, str | None]
    ) -> None:
        """Loops and lost parents included."""

        def walk(nodes: tuple[Node, ...]) -> list[str]:
            return [name for node in nodes for name in (node.name, *walk(node.children))]

        rows = [(name, name, parent) for name, parent in parents.items()]
        assert sorted(walk(grow(rows, {}))) == sorted(parents)


def test_slugs_are_addresses() -> None:
    """Accents, apostrophes and spaces leave."""
    assert slug("Saint-Julien-l'Ars") == "saint-julien-l-ars"
    assert slug("Béruges") == "beruges"
