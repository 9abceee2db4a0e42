"""What people who registered must be told of an event that was changed: cancelled, back, moved.

Pure: must import neither CKAN nor an HTTP client.
"""

from dataclasses import dataclass
from datetime import datetime

from ckanext.grandpoitiers.events.event import EventDetails

MOVES = ("starts", "place", "address", "distance_link")
"""The fields that say when and where to go."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing that is no more as people know it.

    `what` is `cancelled`, `back` (it was cancelled) or a field of `MOVES`, with its value before
    and after: a moment in UTC for `starts`, else a text, "" when there is none.
    """

    what: str
    before: str | datetime = ""
    after: str | datetime = ""


def must_be_told(before: EventDetails, after: EventDetails, now: datetime) -> bool:
    """Whether a save changed what those who come count on; never once the event is over."""
    if now >= before.ends:
        return False
    watched = ("cancelled", *MOVES)
    return any(getattr(before, name) != getattr(after, name) for name in watched)


def news(known: EventDetails, present: EventDetails, now: datetime) -> tuple[News, ...]:
    """What somebody who knows the event as `known` has to learn; nothing once it is over.

    Of a cancelled event where it would have been is no news.
    """
    if now >= present.ends:
        return ()
    if present.cancelled:
        return () if known.cancelled else (News("cancelled"),)
    moves = ((name, getattr(known, name), getattr(present, name)) for name in MOVES)
    found = tuple(News(*move) for move in moves if move[1] != move[2])
    return (News("back"), *found) if known.cancelled else found
