"""The filters of the search: all six, with labels that people read."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")

MONTHLY = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"


@pytest.fixture
def trees() -> None:
    """A dataset about two communes, updated every month."""
    factories.Organization(name="nature-biodiversite", title="Nature et biodiversité")
    factories.Group(name="environnement", title="Environnement")
    factories.Dataset(
        name="arbres",
        title="Arbres",
        owner_org="nature-biodiversite",
        groups=[{"name": "environnement"}],
        license_id="odc-odbl",
        frequency=MONTHLY,
        territory=["86194", "86041"],
        resources=[{"url": "https://example.com/a.csv", "format": "CSV"}],
    )


def page(app: Any, path: str) -> BeautifulSoup:
    return BeautifulSoup(app.get(path).body, "html.parser")


def facets(read: BeautifulSoup) -> dict[str, list[str]]:
    return {
        facet.h3.get_text(): [label.get_text(strip=True) for label in facet.select(".facet-label")]
        for facet in read.select(".facet:not(.area)")
    }


def test_the_six_filters_are_there_in_french(app: Any, trees: None) -> None:
    """Theme, organisation, format, licence, frequency and territory, by their names."""
    found = facets(page(app, "/dataset/"))
    assert list(found)[:6] == [
        "Thème", "Organisation", "Format", "Licence", "Fréquence de mise à jour", "Territoire",
    ]  # fmt: skip
    assert found["Thème"] == ["Environnement"]
    assert found["Organisation"] == ["Nature et biodiversité"]
    assert found["Format"] == ["CSV"]
    assert found["Fréquence de mise à jour"] == ["Tous les mois"]
    assert sorted(found["Territoire"]) == ["Buxerolles", "Poitiers"]


def test_a_filter_finds_what_it_counts(app: Any, trees: None) -> None:
    """By the codes in the index."""
    for query, count in (
        ("vocab_territory=86194", 1),
        ("vocab_territory=86027", 0),
        ("vocab_frequency=MONTHLY", 1),
        ("vocab_frequency=ANNUAL", 0),
    ):
        assert len(page(app, f"/dataset/?{query}").select(".dataset-item")) == count, query


def test_a_filter_in_use_is_named_and_can_be_removed(app: Any, trees: None) -> None:
    """By its label, not by its code."""
    (used,) = page(app, "/dataset/?vocab_territory=86194").select(".filter-list a")
    assert "Poitiers" in used.get_text()
    assert "vocab_territory" not in used["href"]


def test_a_commune_s_name_finds_its_datasets(app: Any, trees: None) -> None:
    """The names are in the index too."""
    assert helpers.call_action("package_search", q="Buxerolles")["count"] == 1


def test_a_strange_value_is_only_a_value(app: Any, trees: None) -> None:
    """Solr's own language can't be slipped in: nothing is found, or the request is refused."""
    for value in ('86194" OR *:*', "{!func}1", "x" * 10_000):
        answer = app.get("/dataset/", query_string={"vocab_territory": value}, status=None)
        assert answer.status_code in (200, 400)
        found = BeautifulSoup(answer.body, "html.parser").select(".dataset-heading a")
        assert "arbres" not in [link["href"].rpartition("/")[2] for link in found], value
