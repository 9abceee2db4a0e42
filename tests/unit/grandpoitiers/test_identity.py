"""The links of a record keep the ids that their resources have."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.identity import matched

WFS = {"id": "w", "url": "https://geo.example/wfs", "protocol": "WFS", "layer_name": "trees"}
WMS = {"id": "m", "url": "https://geo.example/wms", "protocol": "WMS", "layer_name": "trees"}
ZIP = {"id": "z", "url": "https://geo.example/a.zip", "protocol": "file", "name": "Shapefile"}
CSV = {"id": "c", "url": "https://geo.example/a.csv", "protocol": "file", "name": "Table"}
FORMER = [WFS, WMS, ZIP, CSV]


def ids(*wanted: dict[str, Any]) -> list[str]:
    return [one["id"] for one in matched(wanted, FORMER)]


@pytest.mark.parametrize(
    ("what", "link", "kept"),
    [
        ("its server", {**WFS, "id": "new", "url": "https://other.example/ows"}, "w"),
        ("https", {**WMS, "id": "new", "url": "http://geo.example/wms/"}, "m"),
        ("its layer", {**WMS, "id": "new", "layer_name": "town:trees"}, "m"),
        ("its name", {**ZIP, "id": "new", "name": "Download"}, "z"),
        ("its address", {**CSV, "id": "new", "url": "https://geo.example/2027/a.csv"}, "c"),
        (
            "all but its kind",
            {**WFS, "id": "new", "url": "https://o.example", "layer_name": "t"},
            "w",
        ),
    ],
)
def test_a_link_keeps_its_id_when_it_changes(what: str, link: dict[str, Any], kept: str) -> None:
    """Whatever else changes of it."""
    others = [one for one in FORMER if one["id"] != kept]
    assert ids(link, *others) == [kept, *(one["id"] for one in others)]


def test_the_order_of_links_does_not_matter() -> None:
    """Nor does a link that is gone."""
    assert ids(CSV, WMS, WFS) == ["c", "m", "w"]


def test_a_new_link_has_an_id_of_its_own() -> None:
    """Even one whose address a resource had once that has another now."""
    moved = [{**ZIP, "url": "https://geo.example/b.zip"}]
    new = {"id": "z", "url": "https://geo.example/a.zip", "protocol": "file", "name": "Other"}
    again = {"id": "b", "url": "https://geo.example/b.zip", "protocol": "file", "name": "Shapefile"}
    first, second = matched([new, again], moved)
    assert second["id"] == "z"
    assert first["id"] not in ("z", "b")
    assert matched([new, again], moved) == [first, second]


def test_what_designates_two_links_designates_none() -> None:
    """Two files that both changed address and name are two new ones."""
    new = [{"id": str(n), "url": f"https://x.example/{n}", "protocol": "file"} for n in range(2)]
    assert ids(*new) == ["0", "1"]


links = st.builds(
    dict,
    id=st.sampled_from("abcdef"),
    url=st.sampled_from(["http://a", "http://b", "http://c"]),
    protocol=st.sampled_from(["WMS", "file"]),
    layer_name=st.sampled_from(["", "x", "y"]),
    name=st.sampled_from(["", "n", "o"]),
)


@given(
    st.lists(links, max_size=5, unique_by=lambda one: one["id"]),
    st.lists(links, max_size=5, unique_by=lambda one: one["id"]),
)
def test_each_link_has_one_id(wanted: list[Any], former: list[Any]) -> None:
    """And a record that did not change keeps all of them."""
    found = [one["id"] for one in matched(wanted, former)]
    assert len(set(found)) == len(wanted)
    assert [one["id"] for one in matched(former, former)] == [one["id"] for one in former]
