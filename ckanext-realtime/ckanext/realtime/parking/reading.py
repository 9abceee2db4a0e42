"""The board of every feed of car parks that one may see, from the DataStore."""

from datetime import datetime
from typing import Any

from ckanext.realtime import reading
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.parking.board import CarPark, Usual, line
from ckanext.realtime.publishing import write_session
from ckanext.realtime.rows import PARKING
from ckanext.realtime.store import board, ledger
from ckanext.realtime.store.ledger import State


def feeds() -> list[KnownFeed]:
    """The feeds of car parks that whoever asks may see."""
    return [known for known in reading.readable() if known.table.name == PARKING.name]


def everything(now: datetime) -> tuple[list[dict[str, Any]], list[CarPark]]:
    """How the feeds are (``status.py``), and their car parks."""
    told: list[dict[str, Any]] = []
    parks: list[CarPark] = []
    known = feeds()
    if not known:
        return told, parks
    with write_session() as session, session.cursor() as cursor:
        states = ledger.read_all(cursor)
        for one in known:
            state = states.get(one.id)
            told.append(reading.told(one, state))
            if state is not None:
                parks += _of_feed(cursor, one, state, now)
    return told, parks


def _of_feed(cursor: Any, known: KnownFeed, state: State, now: datetime) -> list[CarPark]:
    before = board.before(cursor, known.id, "free", now)
    usual = board.usual(cursor, known.id, "free", now, reading.zone())
    oldest = now - known.feed.allowed_age
    return [
        line(
            known.feed.name,
            row,
            before.get(row["id"]),
            Usual(*usual[row["id"]]) if row["id"] in usual else None,
            oldest=oldest,
        )
        for row in board.live_rows(cursor, known.live(state.number))
    ]
