"""The same dataset in two catalogues, on a real CKAN: followed where it was declared to be."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ckan import model
from ckan.tests import helpers
from ckanext.harvest.model import HarvestSource

from ckanext.grandpoitiers.catalogue import jobs
from portal_kit import demo
from tests.catalogues import Catalogue, catalogue_of

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

FIRST = '{"preference": 2, "archive_after_days": 0}'


@pytest.fixture
def both(make_source: Callable[..., str]) -> Iterator[tuple[str, str, Catalogue, Catalogue]]:
    """Two catalogues with the same three datasets, under other identifiers of records."""
    theirs = [re.sub(rb"(fileIdentifier>\s*<[^>]*>)", rb"\1region-", r) for r in demo.records()[:3]]
    with catalogue_of(demo.records()[:3]) as town, catalogue_of(theirs) as region:
        yield (
            make_source(town[1].url, name="ville", config=FIRST),
            make_source(region[1].url, name="region"),
            town[0],
            region[0],
        )


def counts(source_id: str) -> dict[str, int]:
    done = jobs.run_now(source_id)
    assert done.result is not None, done.message
    return dict(done.result.counts)


def addresses() -> dict[str, str]:
    """The source of each dataset, by address."""
    found = helpers.call_action("package_search", rows=100)["results"]
    return {one["name"]: one["harvest_source_title"] for one in found}


def test_the_preferred_catalogue_takes_over_and_the_other_comes_back(
    both: tuple[str, str, Catalogue, Catalogue],
) -> None:
    """Always one dataset, always at the same address."""
    town_id, region_id, town, _region = both
    assert counts(region_id) == {"created": 3}
    names = set(addresses())
    assert counts(town_id) == {"updated": 3}
    assert addresses() == dict.fromkeys(names, "Géocatalogue ville")
    done = jobs.run_now(region_id)
    assert done.result is not None
    assert done.result.counts == {"skipped": 3}
    assert {line.remarks[0].params["source"] for line in done.result.interesting} == {
        "Géocatalogue ville"
    }
    assert counts(region_id) == {"skipped": 3}

    guid = sorted(town.records)[0]
    kept = town.records.pop(guid)
    counts(town_id)
    assert counts(region_id) == {"updated": 1, "skipped": 2}
    assert set(addresses()) == names
    assert sorted(addresses().values()) == ["Géocatalogue region", *["Géocatalogue ville"] * 2]

    town.records[guid] = kept
    assert counts(town_id) == {"updated": 1, "unchanged": 2}
    assert addresses() == dict.fromkeys(names, "Géocatalogue ville")


def test_without_a_preference_both_stay_and_are_told_of(
    both: tuple[str, str, Catalogue, Catalogue],
) -> None:
    """Nothing is stolen."""
    town_id, region_id, *_ = both
    source: Any = model.Session.get(HarvestSource, town_id)
    source.config = "{}"
    model.Session.commit()
    assert counts(region_id) == {"created": 3}
    done = jobs.run_now(town_id)
    assert done.result is not None
    assert done.result.counts == {"created": 3}
    told = [r.sentence for line in done.result.interesting for r in line.remarks]
    assert sum("same identifier" in sentence for sentence in told) == 3
    assert len(addresses()) == 6
