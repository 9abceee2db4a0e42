"""What producers push: with a key that opens one feed, in any format, twice without harm."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories, helpers

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.push import keys
from tests.feeds import vehicles

NOW = datetime.now(UTC).replace(microsecond=0)


def row(name: str, free: Any = 5, at: datetime = NOW) -> dict[str, Any]:
    return {"id": name, "capacity": 10, "free": free, "measured_at": at.isoformat()}


@pytest.fixture
def known(make_feed: Callable[..., KnownFeed]) -> KnownFeed:
    return make_feed(kind="parking-json", interval=60)


@pytest.fixture
def send(app: Any, known: KnownFeed) -> Callable[..., Any]:
    """Posts a body with a key of the feed."""
    _, key = keys.create(known.id, "essai")
    model.Session.commit()

    def post(body: Any, kind: str = "application/json", status: int = 200, query: str = "") -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": kind}
        address = f"/realtime/{known.feed.name}{query}"
        return app.post(address, data=content, headers=headers, status=status).json

    return post


def rows(known: KnownFeed) -> dict[str, dict[str, Any]]:
    found = helpers.call_action("datastore_search", resource_id=known.resource_id)
    return {one["id"]: one for one in found["records"]}


def test_every_format_gives_the_same_rows(known: KnownFeed, send: Callable[..., Any]) -> None:
    lines = "\n".join(json.dumps(row(name)) for name in "bc").encode()
    table = f"id,capacity,free,measured_at\nd,10,5,{NOW.isoformat()}\n".encode()
    assert send(row("a"))["inserted"] == 1
    assert send(lines, "application/x-ndjson")["inserted"] == 2
    assert send(table, "text/csv; charset=utf-8")["inserted"] == 1
    found = rows(known)
    assert set(found) == set("abcd")
    assert {one["free"] for one in found.values()} == {5}


def test_the_same_twice_and_what_is_older_change_nothing(
    known: KnownFeed, send: Callable[..., Any]
) -> None:
    assert send([row("a")])["applied"] == 1
    assert send([row("a")])["applied"] == 0
    assert send([row("a", 9, NOW - timedelta(minutes=1))])["applied"] == 0
    # Of another car park, an older measure is news.
    assert send([row("z", 9, NOW - timedelta(minutes=1))])["applied"] == 1
    assert rows(known)["a"]["free"] == 5


def test_a_column_that_is_not_named_keeps_its_value(
    known: KnownFeed, send: Callable[..., Any]
) -> None:
    send({**row("a"), "nom": "Gare", "latitude": 46.58, "longitude": 0.33})
    later = (NOW + timedelta(seconds=1)).isoformat()
    partly = {"id": "a", "places_libres": 10, "measured_at": later}
    assert send(partly)["applied"] == 1
    assert send(partly)["applied"] == 0
    found = rows(known)["a"]
    assert (found["name"], found["latitude"], found["capacity"]) == ("Gare", 46.58, 10)
    assert (found["free"], found["occupancy"], found["status"]) == (10, 0, "open")
    later = (NOW + timedelta(seconds=2)).isoformat()
    send({"id": "a", "free": 0, "measured_at": later})
    assert rows(known)["a"]["status"] == "full"
    later = (NOW + timedelta(seconds=3)).isoformat()
    send({"id": "a", "name": None, "measured_at": later})
    assert (rows(known)["a"]["name"], rows(known)["a"]["free"]) == (None, 0)
    # The whole feed is what is sent, and no more.
    later = (NOW + timedelta(seconds=4)).isoformat()
    send([{"id": "a", "free": 3, "measured_at": later}], query="?whole=1")
    assert (rows(known)["a"]["capacity"], rows(known)["a"]["latitude"]) == (None, None)


def test_the_others_stay_unless_the_whole_is_sent(
    known: KnownFeed, send: Callable[..., Any]
) -> None:
    send([row("a"), row("b")])
    assert send([row("a", 6)])["closed"] == 0
    assert send([row("a", 7)], query="?whole=1")["closed"] == 1
    assert rows(known)["b"]["closed_at"]


def test_a_wrong_row_is_named_and_the_others_are_taken(
    known: KnownFeed, send: Callable[..., Any]
) -> None:
    told = send([row("a"), {"capacity": 3}, row("c", 30)])
    assert told["rows"] == 2
    assert {(one["row"], one["kind"]) for one in told["problems"]} >= {
        (2, "no-identifier"),
        (3, "free-above-capacity"),
    }
    told = send(b"id,free,measured_at\n,1,\n", "text/csv", 422)
    assert told["problems"][0]["row"] == 2
    assert "error" in send(b"{not json", status=400)


def test_a_feed_of_buses_takes_protobuf(app: Any, make_feed: Callable[..., KnownFeed]) -> None:
    buses = make_feed()
    _, key = keys.create(buses.id, "essai")
    model.Session.commit()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-protobuf"}
    payload = vehicles(["1", "2"], NOW)
    told = app.post(f"/realtime/{buses.feed.name}", data=payload, headers=headers).json
    assert told["applied"] == 2
    assert app.get(f"/realtime/{buses.feed.name}/original").data == payload


def test_a_key_opens_its_feed_alone_until_it_is_revoked(
    app: Any, known: KnownFeed, make_feed: Callable[..., KnownFeed]
) -> None:
    other = make_feed(kind="parking-json")
    key_id, key = keys.create(known.id, "essai")
    model.Session.commit()

    def post(feed: KnownFeed, with_key: str, status: int) -> Any:
        headers = {"Authorization": f"Bearer {with_key}"}
        address = f"/realtime/{feed.feed.name}"
        return app.post(address, json=row("a"), headers=headers, status=status)

    post(known, key, 200)
    for feed, wrong in ((other, key), (known, key + "x"), (known, "")):
        post(feed, wrong, 401)
    stored = model.Session.execute(
        model.meta.metadata.tables["realtime_key"].select().where(
            model.meta.metadata.tables["realtime_key"].c.id == key_id
        )
    ).mappings().one()  # fmt: skip
    assert key not in str(dict(stored))
    keys.revoke(known.id, key_id)
    model.Session.commit()
    post(known, key, 401)


@pytest.mark.ckan_config("ckanext.realtime.pushes_per_minute", 2)
def test_a_key_has_its_pace(send: Callable[..., Any], ckan_config: Any) -> None:
    from ckanext.realtime import config

    limit = config.pushes_per_minute()
    for _ in range(limit):
        send([row("a")])
    assert "error" in send([row("a")], status=429)


def test_who_may_change_the_dataset_pushes_by_the_action(known: KnownFeed) -> None:
    import ckan.plugins.toolkit as tk

    admin = factories.Sysadmin()
    told = helpers.call_action(
        "realtime_push", {"user": admin["name"], "ignore_auth": False},
        id=known.feed.name, records=[row("a")],
    )  # fmt: skip
    assert told["applied"] == 1
    visitor = factories.User()
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action(
            "realtime_push", {"user": visitor["name"], "ignore_auth": False},
            id=known.feed.name, records=[row("a")],
        )  # fmt: skip
