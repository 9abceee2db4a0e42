"""What was pushed, written; the answer that its producer reads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.push.completing import Stored
from ckanext.realtime.push.reading import Pushed
from ckanext.realtime.store.schema import ensure
from ckanext.realtime.taking import Answer, accept

SHOWN = 100


def store(
    known: KnownFeed,
    make: Callable[[Stored], Pushed],
    now: datetime,
    answer: Callable[[Pushed], Answer | None] = lambda _pushed: None,
) -> tuple[dict[str, Any], Pushed]:
    """``{"rows", "applied", "inserted", "closed", "took", "problems", "problem_count"}``, and what
    was read.

    ``make`` reads it, with what is stored until it is written: nobody else writes the feed
    meanwhile, so that two who send different columns of a row lose none. ``applied`` is how many
    rows changed something: the same rows sent again change none. Raises Undecodable.
    """
    made: list[Pushed] = []

    def read(stored: Stored) -> tuple[Decoded, Answer | None]:
        pushed = make(stored)
        made.append(pushed)
        return pushed.decoded, answer(pushed)

    with write_session() as session:
        ensure(session)
        outcome = accept(session, known, read, now)
    [pushed] = made
    told = {
        "rows": len(pushed.decoded.rows),
        "applied": outcome.written.applied,
        "inserted": outcome.written.inserted,
        "closed": outcome.written.closed,
        "took": str(outcome.took),
        "problem_count": len(pushed.problems),
        "problems": [
            {"row": one.row, **one.problem.as_dict(tk._)} for one in pushed.problems[:SHOWN]
        ],
    }
    return told, pushed
