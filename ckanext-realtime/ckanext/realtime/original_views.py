"""The last good answer of each feed at addresses for good: its own bytes, and decoded.

The source is never asked here: what it answered last is stored, and served with its age. Its
address and its secrets are nowhere in what is served.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.realtime import registry
from ckanext.realtime.decoding import decode
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.publishing import write_session
from ckanext.realtime.responses import OwnCacheResponse
from ckanext.realtime.store import originals
from ckanext.realtime.store.originals import Original
from ckanext.realtime.times import iso
from portal_kit.keeping import RESOURCE

feed_originals = Blueprint("realtime_originals", __name__)

SAFE_TYPES = frozenset(
    (
        *("application/json", "application/geo+json", "application/x-protobuf", "text/csv"),
        *("application/x-google-protobuf", "application/protobuf", "application/octet-stream"),
        *("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    )
)
"""What a browser only downloads or shows as text; anything else a source says is not repeated."""
KINDS: Mapping[str, str] = {"gtfs-rt": "application/x-protobuf", "gtfs": "application/zip"}
PLAIN = "application/octet-stream"


@feed_originals.route("/realtime/<name>/original", strict_slashes=False)
def original(name: str) -> Response:
    """The bytes as the source sent them."""
    known = found(name)
    return original_of(known)


@feed_originals.route("/realtime/<name>/decoded.json")
def decoded(name: str) -> Response:
    """The same, decoded: rows and problems as ``ckan realtime decode`` gives them."""
    known = found(name)
    kept = last(known)
    now = datetime.now(UTC)
    read = decode(known.feed.kind, kept.content(), kept.received_at, known.settings)
    document = {
        "feed": known.feed.name,
        "kind": known.feed.kind,
        "received_at": iso(kept.received_at),
        "confirmed_at": iso(kept.confirmed_at),
        "stale": is_stale(known, kept, now),
        "rows": read.rows,
        "problems": [problem.as_dict(tk._) for problem in read.problems],
    }
    content = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    response = OwnCacheResponse(content, mimetype="application/json")
    return _dated(
        response, known, kept, now, f"{kept.digest[:32]}-{int(kept.confirmed_at.timestamp())}"
    )


def found(name: str) -> KnownFeed:
    """The feed of that name, if whoever asks may read its data; else the page is not there."""
    known = registry.find(name)
    if known is None:
        return tk.abort(404)
    try:
        tk.check_access("resource_show", tk.fresh_context({}), {"id": known.resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404)
    return known


def last(known: KnownFeed) -> Original:
    """Its last good answer; the page is not there before the first."""
    with write_session() as session, session.cursor() as cursor:
        kept = originals.last(cursor, known.id)
    return kept or tk.abort(404)


def original_of(known: KnownFeed) -> Response:
    """The response with the bytes of a feed's last good answer."""
    kept = last(known)
    packed = "gzip" in request.accept_encodings
    response = OwnCacheResponse(kept.gzipped if packed else kept.content())
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.content_type = media_type(known.feed.kind, kept.media_type)
    etag = f"{kept.digest[:32]}{'-gzip' if packed else ''}"
    return _dated(response, known, kept, datetime.now(UTC), etag)


def media_type(kind: str, said: str) -> str:
    """The type of a feed's bytes: that of its kind, else what the source said if it is safe."""
    told = said.partition(";")[0].strip().lower()
    of_kind = next((found for start, found in KINDS.items() if kind.startswith(start)), "")
    return of_kind or (told if told in SAFE_TYPES else PLAIN)


def is_stale(known: KnownFeed, kept: Original, now: datetime) -> bool:
    """Whether the source has not confirmed its answer for longer than the feed allows."""
    return now - kept.confirmed_at > known.feed.allowed_age


def _dated(
    response: Response, known: KnownFeed, kept: Original, now: datetime, etag: str
) -> Response:
    """With what a cache needs: age, date, mark; and a short answer when nothing changed."""
    request.environ[RESOURCE] = known.resource_id
    public = not tk.current_user.is_authenticated
    seconds = min(known.feed.interval, 30)
    headers = response.headers
    headers["Cache-Control"] = f"public, max-age={seconds}" if public else "private, no-store"
    headers["Age"] = str(max(0, int((now - kept.confirmed_at).total_seconds())))
    headers["Vary"] = "Accept-Encoding"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "Age, ETag, Last-Modified, Warning"
    if is_stale(known, kept, now):
        headers["Warning"] = '110 - "Response is Stale"'
    response.last_modified = kept.modified_at or kept.received_at
    response.set_etag(etag)
    response.make_conditional(request)
    return response
