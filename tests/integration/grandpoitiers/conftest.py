"""Fixtures of the harvest: a catalogue that a test can change, and the source that reads it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal_kit import demo
from tests.catalogues import Catalogue, catalogue_of
from tests.misbehaving import Server


@pytest.fixture
def served() -> Iterator[tuple[Catalogue, Server]]:
    """Eight records of the demonstration on a real server."""
    with catalogue_of(demo.records()[:8]) as running:
        yield running


@pytest.fixture
def catalogue(served: tuple[Catalogue, Server]) -> Catalogue:
    """The records, to be changed between two harvests."""
    return served[0]


@pytest.fixture
def open_loopback(ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let harvests reach the tests' own servers; commands and workers read the environment."""
    ckan_config["ckanext.grandpoitiers.outbound.allowed_networks"] = "127.0.0.0/8"
    monkeypatch.setenv("CKANEXT__GRANDPOITIERS__OUTBOUND__ALLOWED_NETWORKS", "127.0.0.0/8")


@pytest.fixture
def make_source(open_loopback: None) -> Callable[..., str]:
    """Creates a harvest source of our type on an address of the loopback; gives its id."""
    from ckan.tests import factories, helpers

    def make(url: str, name: str = "essai", config: str = "") -> str:
        organisation = factories.Organization(
            name=f"organisation-{name}", title="Organisation", description="", image_url=""
        )
        source = helpers.call_action(
            "harvest_source_create",
            {"user": factories.Sysadmin()["name"], "ignore_auth": True},
            name=name,
            title=f"Géocatalogue {name}",
            url=url,
            source_type="iso-csw",
            owner_org=organisation["id"],
            config=config,
        )
        return source["id"]

    return make


@pytest.fixture
def source_id(make_source: Callable[..., str], served: tuple[Catalogue, Server]) -> str:
    """The source of `catalogue`."""
    return make_source(served[1].url + "/csw")
