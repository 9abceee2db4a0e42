"""The catalogues declared in sources.yaml, and what is said when the file is wrong."""

from importlib.resources import files

import pytest
import yaml

from ckanext.grandpoitiers.catalogue.sources import Filters, SourcesError, load
from portal_kit import configuration

SHIPPED = (configuration.shipped_folder() / "sources.yaml").read_text(encoding="utf-8")
VALID = {
    "name": "catalogue",
    "title": "Catalogue",
    "url": "https://geo.demo.example/csw",
    "type": "csw",
    "organisation": "geomatique",
}


def sentences(*entries: object) -> list[str]:
    """What the loader says of the entries."""
    with pytest.raises(SourcesError) as caught:
        load(yaml.safe_dump({"sources": list(entries)}))
    return caught.value.sentences


def names_of(organisations: list[dict]) -> set[str]:
    """The names of the organisations and of those below them."""
    return {
        name
        for item in organisations
        for name in {item["name"], *names_of(item.get("children", []))}
    }


class TestShippedFile:
    def test_the_demonstration_alone_is_active(self):
        """A portal just opened must not call anybody's server."""
        active = [
            source.name for source in load(SHIPPED, "http://127.0.0.1:8000/csw") if source.active
        ]
        assert active == ["demo"]

    def test_without_a_demonstration_its_source_is_left_out(self):
        assert "demo" not in {source.name for source in load(SHIPPED)}

    def test_the_demonstration_takes_the_address_it_is_given(self):
        first = load(SHIPPED, "http://127.0.0.1:8000/csw")[0]
        assert first.demo
        assert first.url == "http://127.0.0.1:8000/csw"

    def test_the_town_s_own_catalogue_is_unverified_and_not_offered_again(self):
        """data.gouv.fr takes it through the INSPIRE gateway already."""
        own = next(source for source in load(SHIPPED) if source.name == "grand-poitiers")
        assert not own.verified
        assert not own.offer_again
        assert own.home_page

    def test_every_source_belongs_to_a_declared_organisation(self):
        text = files("portal_config").joinpath("organisations.yaml").read_text(encoding="utf-8")
        declared = names_of(yaml.safe_load(text)["organisations"])
        assert {source.organisation for source in load(SHIPPED)} <= declared


class TestLoad:
    def test_defaults_are_the_careful_ones(self):
        (source,) = load(yaml.safe_dump({"sources": [VALID]}))
        assert not source.active
        assert not source.verified
        assert source.frequency == "manual"
        assert source.filters == Filters()

    def test_filters_are_kept_as_values(self):
        filters = {"bbox": [0, 46, 1, 47], "keywords": ["vélo"], "iso_types": ["dataset"]}
        (source,) = load(yaml.safe_dump({"sources": [VALID | {"filters": filters}]}))
        assert source.filters == Filters(
            bbox=(0.0, 46.0, 1.0, 47.0), keywords=("vélo",), iso_types=("dataset",)
        )

    @pytest.mark.parametrize("text", ["[", "", "sources: 3", "- 1", "sources: {a: 1}"])
    def test_another_file_is_refused_with_a_sentence(self, text: str):
        with pytest.raises(SourcesError) as caught:
            load(text)
        assert len(caught.value.sentences) == 1


class TestProblems:
    @pytest.mark.parametrize(
        "change",
        [
            {"name": "Un nom"},
            {"name": ""},
            {"url": "ftp://geo.demo.example"},
            {"url": "https://name:word@geo.demo.example/csw"},
            {"url": None},
            {"url": "https://["},
            {"home_page": 3},
            {"type": "rss"},
            {"frequency": "hourly"},
            {"active": "oui"},
            {"colour": "blue"},
            {"filters": {"bbox": [1, 2, 3]}},
            {"filters": {"bbox": [1, 46, 0, 47]}},
            {"filters": {"bbox": ["a", "b", "c", "d"]}},
            {"filters": {"keywords": "vélo"}},
            {"filters": {"iso_types": ["map"]}},
            {"filters": {"size": [1]}},
        ],
        ids=str,
    )
    def test_a_wrong_field_gives_one_sentence_that_names_the_source(
        self, change: dict[str, object]
    ):
        found = sentences(VALID | change)
        assert found
        assert all("Source" in sentence or "source" in sentence for sentence in found)

    def test_every_error_is_told_at_once(self):
        assert len(sentences(VALID | {"type": "rss", "active": 1}, 3)) == 3

    def test_a_name_is_used_once(self):
        assert len(sentences(VALID, VALID)) == 1
