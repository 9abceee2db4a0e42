"""Fixtures of real time: feeds with their dataset, and the session that writes them."""

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from ckanext.realtime.known import KnownFeed


@cache
def _application() -> Any:
    """One for all these tests: making another takes seconds."""
    from ckan.common import config
    from ckan.config.middleware import make_app

    return make_app(config)


@pytest.fixture
def in_request(shared_db: None) -> Iterator[Any]:
    """A request's context: sentences have a language only there."""
    with _application().test_request_context():
        yield


@pytest.fixture
def make_feed(in_request: None) -> Callable[..., KnownFeed]:
    """Declares a feed with a dataset of its own, through the action."""
    from ckan.tests import factories, helpers

    from ckanext.realtime import registry

    def make(name: str = "", kind: str = "gtfs-rt-vehicle-positions", **more: Any) -> KnownFeed:
        name = name or f"flux-{uuid.uuid4()}"
        dataset = factories.Dataset(owner_org=factories.Organization()["id"])
        helpers.call_action(
            "realtime_feed_create",
            {"user": helpers.call_action("get_site_user")["name"], "ignore_auth": True},
            name=name,
            title=f"Flux {name}",
            kind=kind,
            dataset=dataset["name"],
            **more,
        )
        known = registry.find(name)
        assert known is not None
        return known

    return make


@pytest.fixture
def session(shared_db: None) -> Iterator[Any]:
    """A session on the DataStore, as the poller has them."""
    import ckan.plugins.toolkit as tk

    from ckanext.realtime.store.connections import connect

    opened = connect(tk.config["ckan.datastore.write_url"])
    yield opened
    opened.close()
