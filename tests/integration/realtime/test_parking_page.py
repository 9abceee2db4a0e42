"""The live parking page: what is there, how old it is, and nothing that has left the feed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.taking import Answer, take


def parkings(at: datetime, **free: int) -> Answer:
    rows = [
        {"id": name, "nom": name.title(), "capacite": 100, "libres": places, "maj": at.isoformat()}
        for name, places in free.items()
    ]
    return Answer(json.dumps(rows).encode(), "application/json")


@pytest.fixture
def known(make_feed: Callable[..., KnownFeed]) -> KnownFeed:
    return make_feed(kind="parking-json", interval=60)


def of(document: Any, known: KnownFeed) -> dict[str, Any]:
    return {park["id"]: park for park in document["parks"] if park["feed"] == known.feed.name}


def test_the_board_holds_what_is_in_the_feed_and_nothing_that_left_it(
    app: Any, known: KnownFeed, session: Any
) -> None:
    now = datetime.now(UTC)
    then = now - timedelta(minutes=1)
    take(session, known, parkings(then, blossac=40, cordeliers=3), then)
    take(session, known, parkings(now, blossac=0), now)
    page = app.get("/stationnement").body
    assert "Blossac" in page
    assert "Cordeliers" not in page
    found = of(app.get("/stationnement.json").json, known)
    assert list(found) == ["blossac"]
    assert (found["blossac"]["state"], found["blossac"]["is_late"]) == ("full", False)


def test_what_is_usual_and_the_trend_come_from_the_past(
    app: Any, known: KnownFeed, session: Any
) -> None:
    now = datetime.now(UTC)
    take(session, known, parkings(now, theatre=20), now)
    with session.cursor() as cursor:
        cursor.execute(
            "INSERT INTO realtime.sample_5min VALUES (%s, %s, 'theatre', 'free', 5, 60, 60, 60)",
            (known.id, now - timedelta(minutes=20)),
        )
        cursor.execute(
            "INSERT INTO realtime.profile SELECT %s, 'theatre', 'free', d, h, 8, 42, 30, 50 "
            "FROM generate_series(1, 7) AS d, generate_series(0, 23) AS h",
            (known.id,),
        )
    session.commit()
    found = of(app.get("/stationnement.json").json, known)["theatre"]
    assert (found["trend"], found["usual"]) == ("filling", 42)


def test_last_known_values_stay_with_a_mark_when_the_source_is_down(
    app: Any, known: KnownFeed, session: Any
) -> None:
    then = datetime.now(UTC) - timedelta(hours=2)
    take(session, known, parkings(then, carnot=12), then)
    page = app.get("/stationnement").body
    assert "Carnot" in page
    assert "ne répond plus" in page
    assert "il y a 2 h" in page


def test_an_answer_that_has_not_changed_is_short(app: Any, known: KnownFeed, session: Any) -> None:
    now = datetime.now(UTC)
    take(session, known, parkings(now, carnot=12), now)
    first = app.get("/stationnement.json")
    again = app.get("/stationnement.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
