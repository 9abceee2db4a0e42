"""The quality of feeds as pages, the API and metrics show it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.realtime import reading
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.quality.incidents import DETAILS, NAMES
from ckanext.realtime.quality.rules import sentence
from ckanext.realtime.quality.scores import Scores, of_day, smoothed
from ckanext.realtime.store import ledger, quality, validations
from ckanext.realtime.store.schema import ensure
from ckanext.realtime.times import iso

WEEK = timedelta(days=7)


def everything() -> list[dict[str, Any]]:
    """How each feed that one may see is, with its scores (see ``one``)."""
    known = reading.readable()
    with write_session() as session:
        ensure(session)
        with session.cursor() as cursor:
            return [_short(cursor, feed) for feed in known]


def one(known: KnownFeed) -> dict[str, Any]:
    """The status of a feed (``status.py``) and ``scores`` (availability, freshness, compliance,
    from 0 to 1, today's included), ``entities_week`` (different things in seven days), ``days``
    and ``incidents``, the last first, and ``validation`` (None where there is nothing to hold it
    to): ``checked_at``, ``errors``, ``warnings``, ``rules`` (``rule``, ``error``, ``count``,
    ``message``, ``examples``)."""
    with write_session() as session:
        ensure(session)
        with session.cursor() as cursor:
            found = _short(cursor, known)
            since = reading.now().astimezone(UTC).date() - WEEK
            found["entities_week"] = quality.seen(cursor, known.id, since)
            found["days"] = [
                {**day, "day": day["day"].isoformat()} for day in quality.days(cursor, known.id)
            ]
            found["validation"] = _validation(validations.last(cursor, known.id))
            found["incidents"] = [_incident(each) for each in quality.told(cursor, known.id)]
    return found


def _short(cursor: Any, known: KnownFeed) -> dict[str, Any]:
    found = reading.told(known, ledger.read(cursor, known.id))
    scores = _scores(cursor, known)
    found["scores"] = {
        "availability": scores.availability,
        "freshness": scores.freshness,
        "compliance": scores.compliance,
    }
    return found


def _scores(cursor: Any, known: KnownFeed) -> Scores:
    """Those of the days that are over, with what there is of today."""
    today = reading.now().astimezone(UTC).date()
    minutes = quality.minutes(cursor, known.id, today)
    day = of_day(minutes, known.feed.silence, reading.zone())
    return smoothed(quality.last_scores(cursor, known.id), day)


def detail(found: Mapping[str, Any]) -> str | None:
    """What more there is to say of an incident, in the reader's language."""
    held = found["detail"]
    # SQLAlchemy's sessions, unlike our own, give JSON as text.
    values = json.loads(held) if isinstance(held, str) else held
    msgid = DETAILS.get(found["kind"])
    if not msgid or not values:
        return None
    if "day" in values:
        values = {**values, "day": tk.h.render_datetime(values["day"])}
    return tk._(msgid).format(**values)


def _validation(found: dict[str, Any] | None) -> dict[str, Any] | None:
    if found is None:
        return None
    rules = [{**one, "message": tk._(sentence(one["rule"]))} for one in found["rules"]]
    return {
        "checked_at": iso(found["checked_at"]),
        "errors": found["errors"],
        "warnings": found["warnings"],
        "rules": rules,
    }


def _incident(found: dict[str, Any]) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return iso(moment) if moment else None

    msgid = NAMES[found["kind"]]
    return {
        "kind": found["kind"],
        "name": tk._(msgid),
        "detail": detail(found),
        "started": text(found["started"]),
        "ended": text(found["ended"]),
    }
