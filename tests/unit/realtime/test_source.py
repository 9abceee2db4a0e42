"""Feeds of one address are asked once."""

from typing import Any

from ckanext.realtime import declaration
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.poller.source import grouped


def known(name: str, **more: Any) -> KnownFeed:
    declared = {"name": name, "title": name, "kind": "gtfs-rt-alerts", "dataset": "bus", **more}
    return KnownFeed(name, f"resource-{name}", declaration.read(declared))


def test_feeds_of_one_address_and_one_secret_are_one_source() -> None:
    secret = [{"variable": "REALTIME_SECRET_A", "header": "X-Key"}]
    sources = grouped(
        [
            known("aa", address="https://exemple.fr/a", interval=60),
            known("bb", address="https://exemple.fr/a", interval=30),
            known("cc", address="https://exemple.fr/a", credentials=secret),
            known("dd", address="https://exemple.fr/b"),
        ]
    )
    assert [source.names for source in sources] == ["aa, bb", "cc", "dd"]
    assert sources[0].schedule.interval == 30


def test_a_feed_that_sleeps_or_is_pushed_is_not_asked() -> None:
    assert not grouped([known("aa", address="https://exemple.fr", active=False), known("bb")])


def test_a_changed_declaration_is_another_source() -> None:
    before, after = (
        grouped([known("aa", address="https://exemple.fr", interval=interval)])[0]
        for interval in (30, 60)
    )
    assert before != after
    assert before == grouped([known("aa", address="https://exemple.fr", interval=30)])[0]
