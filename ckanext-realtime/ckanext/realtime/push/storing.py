"""What was pushed, written; the answer that its producer reads."""

from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.push.reading import Pushed
from ckanext.realtime.store.schema import ensure
from ckanext.realtime.taking import Answer, accept

SHOWN = 100


def store(known: KnownFeed, pushed: Pushed, answer: Answer | None, now: datetime) -> dict[str, Any]:
    """``{"rows", "applied", "inserted", "closed", "took", "problems", "problem_count"}``.

    ``applied`` is how many rows changed something: the same rows sent again change none.
    """
    with write_session() as session:
        ensure(session)
        outcome = accept(session, known, pushed.decoded, answer, now)
    return {
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
