"""What pages and actions read of the feeds: their states, and whether one may see them.

Through the DataStore's writing role, which alone sees what lies beside the rows.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.realtime import registry
from ckanext.realtime.history import asking
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.status import status
from ckanext.realtime.store import ledger
from ckanext.realtime.store.ledger import State
from ckanext.realtime.store.schema import ensure
from ckanext.realtime.times import iso


def now() -> datetime:
    """The time it is, aware."""
    return datetime.now(UTC)


def zone() -> str:
    """The zone of the town's clocks."""
    named = tk.config.get("ckan.display_timezone") or ""
    return named if named and named != "server" else "Europe/Paris"


def states() -> dict[str, State]:
    """What is remembered of every feed, by their ids."""
    with write_session() as session:
        ensure(session)
        with session.cursor() as cursor:
            return ledger.read_all(cursor)


def may_read(known: KnownFeed, context: Context | None = None) -> bool:
    """Whether whoever asks may see the feed's data."""
    try:
        tk.check_access("resource_show", tk.fresh_context(context or {}), {"id": known.resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return False
    return True


def readable(context: Context | None = None) -> list[KnownFeed]:
    """The feeds whose data whoever asks may see, by their titles."""
    seen = [known for known in registry.everything() if may_read(known, context)]
    return sorted(seen, key=lambda known: known.feed.title)


def past(known: KnownFeed, question: asking.Question) -> list[dict[str, Any]]:
    """The records that answer a question on a feed's past; times in ISO 8601."""
    with write_session() as session, session.cursor() as cursor:
        state = ledger.read(cursor, known.id)
        if state is None:
            return []
        cursor.execute(*asking.statement(known.live(state.number), known.id, question))
        names = [column.name for column in cursor.description]
        return [
            {name: _plain(value) for name, value in zip(names, row, strict=True)}
            for row in cursor.fetchall()
        ]


def _plain(value: Any) -> Any:
    return iso(value) if isinstance(value, datetime) else value


def told(known: KnownFeed, state: State | None) -> dict[str, Any]:
    """How a feed is, its fault as a sentence in the reader's language."""
    found = status(known, state, now(), zone())
    found["fault"] = sentence(found["fault"])
    shown = found["problems"].get("shown", [])
    found["problems"] = {
        **found["problems"],
        "shown": [
            {
                "key": one["key"],
                "field": one["field"],
                "kind": one["kind"],
                "message": sentence(one),
            }
            for one in shown
        ],
    }
    return found


def sentence(stored: Mapping[str, Any] | None) -> str | None:
    """A fault or a problem as it is stored, in the reader's language."""
    if not stored:
        return None
    template = str(stored["message"])
    return tk._(template).format(**stored.get("params") or {})
