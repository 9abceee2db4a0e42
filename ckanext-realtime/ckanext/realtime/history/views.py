"""The days of a feed at addresses for good: ``/realtime/<name>/history/`` and its files.

A day that is over no longer changes: caches may keep it.
"""

import re
from datetime import UTC, date, datetime, timedelta

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

from ckanext.realtime import reading
from ckanext.realtime.history import days
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.original_views import found
from ckanext.realtime.publishing import write_session
from ckanext.realtime.responses import OwnCacheResponse
from ckanext.realtime.store import ledger
from ckanext.realtime.store.live import LiveTable

feed_history = Blueprint("realtime_history", __name__)

FILE = re.compile(r"(\d{4}-\d{2}-\d{2})\.(csv|parquet)")
PARQUET = "application/vnd.apache.parquet"


@feed_history.route("/realtime/<name>/history/", strict_slashes=False)
def index(name: str) -> Response:
    """The days that are kept: ``{"days": [{"day", "rows", "csv", "parquet"}]}``; rows are an
    estimate."""
    known = found(name)
    with write_session() as session, session.cursor() as cursor:
        kept = days.known(cursor, _live(cursor, known))
    today = reading.now().date()
    listed = [
        {
            "day": day.isoformat(),
            "rows": rows,
            **{kind: _url(known, day, kind) for kind in ("csv", "parquet")},
        }
        for day, rows in kept
        if day <= today
    ]
    response = jsonify({"feed": known.feed.name, "days": listed})
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@feed_history.route("/realtime/<name>/history/<file>")
def day(name: str, file: str) -> Response:
    """Every measure of a day of UTC, in the order of reception."""
    known = found(name)
    wanted = _wanted(file)
    if wanted is None:
        return tk.abort(404)
    moment, kind = wanted
    with write_session() as session, session.cursor() as cursor:
        live = _live(cursor, known)
        if moment not in [one for one, _ in days.known(cursor, live)]:
            return tk.abort(404, tk._("Nothing is kept of that day."))
    rows = days.batches(tk.config["ckan.datastore.write_url"], live, moment)
    if kind == "csv":
        response = OwnCacheResponse(days.as_csv(live, rows), mimetype="text/csv")
    else:
        held = days.as_parquet(live, rows)
        response = OwnCacheResponse(days.pieces(held), mimetype=PARQUET)
        response.call_on_close(held.close)
    over = datetime.combine(moment, datetime.min.time(), UTC) + timedelta(days=1, minutes=5)
    public = "private" if tk.current_user.is_authenticated else "public"
    seconds = 86_400 if reading.now() > over else 60
    headers = response.headers
    headers["Cache-Control"] = f"{public}, max-age={seconds}"
    headers["Content-Disposition"] = f'attachment; filename="{known.feed.name}-{file}"'
    headers["Access-Control-Allow-Origin"] = "*"
    headers["X-Content-Type-Options"] = "nosniff"
    return response


def _wanted(file: str) -> tuple[date, str] | None:
    match = FILE.fullmatch(file)
    try:
        return (date.fromisoformat(match[1]), match[2]) if match else None
    except ValueError:
        return None


def _live(cursor: "object", known: KnownFeed) -> LiveTable:
    state = ledger.read(cursor, known.id)
    return known.live(state.number) if state else tk.abort(404)


def _url(known: KnownFeed, moment: date, kind: str) -> str:
    file = f"{moment.isoformat()}.{kind}"
    return tk.h.url_for("realtime_history.day", name=known.feed.name, file=file, qualified=True)
