"""``/stationnement``: the board and the map of the car parks, and ``/stationnement.json``, which
brings the page up to date.

The page works without scripts: it is the board of when it was opened.
"""

import hashlib
import json
from datetime import UTC, datetime

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.realtime import reading
from ckanext.realtime.parking.board import ordered
from ckanext.realtime.parking.reading import everything
from ckanext.realtime.responses import OwnCacheResponse

parking_page = Blueprint("realtime_parking", __name__)

SECONDS = 15
"""Between two questions of the page."""


@parking_page.route("/stationnement", strict_slashes=False)
def page() -> str:
    """The board and the map."""
    now = reading.now()
    feeds, parks = everything(now)
    order = "free" if request.args.get("order") == "free" else "name"
    ages = {one.key: (now - one.measured_at).total_seconds() for one in parks if one.measured_at}
    extra = {
        "feeds": feeds,
        "parks": ordered(parks, order),
        "ages": ages,
        "order": order,
        "seconds": SECONDS,
    }
    return tk.render("realtime/parking/page.html", extra)


@parking_page.route("/stationnement.json")
def data() -> Response:
    """The same as data; ages are left to whoever reads: they would change each second."""
    feeds, parks = everything(reading.now())
    kept = ("name", "title", "freshness", "measured_at", "failures", "fault")
    document = {
        "feeds": [{name: feed[name] for name in kept} for feed in feeds],
        "parks": [one.as_dict() for one in ordered(parks, "name")],
    }
    content = json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    response = OwnCacheResponse(content, mimetype="application/json")
    signed_in = tk.current_user.is_authenticated
    response.headers["Cache-Control"] = "private, no-cache" if signed_in else "public, max-age=5"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.date = datetime.now(UTC)
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response
