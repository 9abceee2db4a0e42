"""A dataset has the links of the services that operate on it, for as long as they do."""

from collections.abc import Callable
from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.grandpoitiers.catalogue import jobs
from tests.catalogues import catalogue_of
from tests.unit.grandpoitiers.records import distribution, link, record, text

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)


def service(layer: str) -> bytes:
    """A WMS of the trees."""
    coupled = (
        "<srv:coupledResource><srv:SV_CoupledResource>"
        "<srv:identifier><gco:CharacterString>the-trees</gco:CharacterString></srv:identifier>"
        f"<gco:ScopedName>{layer}</gco:ScopedName></srv:SV_CoupledResource></srv:coupledResource>"
    )
    return record(
        guid="a-service",
        title=text("title", "Arbres en WMS"),
        level="service",
        kind="srv:SV_ServiceIdentification",
        identification=coupled + '<srv:operatesOn uuidref="the-trees"/>',
        tail=distribution(link("https://geo.example/wms", "OGC:WMS")),
    )


def layers() -> list[tuple[str, str]]:
    found = helpers.call_action("package_search", rows=10)["results"]
    (dataset,) = [one for one in found if one["identifier"] == "the-trees"]
    shown = helpers.call_action("package_show", id=dataset["id"])
    return [(one["id"], one.get("layer_name", "")) for one in shown["resources"]]


def test_the_links_follow_the_service(make_source: Callable[..., str]) -> None:
    """Read before or after its data, changed while they are not, gone."""

    def counts() -> dict[str, Any]:
        done = jobs.run_now(source)
        assert done.result is not None, done.message
        return dict(done.result.counts)

    trees = record(guid="the-trees", tail=distribution(link("https://a.example/t.csv")))
    with catalogue_of([trees, service("trees")]) as (catalogue, server):
        source = make_source(server.url, config='{"archive_after_days": 0, "max_share": 1}')
        assert counts() == {"created": 2}
        (_, first), (identifier, second) = layers()
        assert (first, second) == ("", "trees")
        assert counts() == {"unchanged": 2}

        catalogue.put(service("town:trees"))
        assert counts() == {"updated": 1, "unchanged": 1}
        assert layers()[1] == (identifier, "town:trees")
        assert counts() == {"unchanged": 2}

        gone = catalogue.records.pop("a-service")
        assert counts() == {"archived": 1, "unchanged": 1}
        assert counts() == {"updated": 1}
        assert len(layers()) == 1

        catalogue.put(gone)
        assert counts() == {"updated": 2}
        assert layers()[1][1] == "town:trees"
