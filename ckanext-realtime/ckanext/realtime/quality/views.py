"""``/realtime/``: how every feed is; ``/realtime/<name>``: one feed, its days and its incidents;
the same as JSON, and ``/metrics/realtime`` for Prometheus.
"""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from ckanext.realtime.original_views import found
from ckanext.realtime.quality import metrics, reading
from ckanext.realtime.responses import OwnCacheResponse

feed_quality = Blueprint("realtime_quality", __name__)


@feed_quality.route("/realtime/", strict_slashes=False)
def index() -> str:
    """Every feed, for everybody."""
    return tk.render("realtime/quality/index.html", {"feeds": reading.everything()})


@feed_quality.route("/realtime/<name>", strict_slashes=False)
def page(name: str) -> str:
    """One feed."""
    known = found(name)
    extra = {"feed": reading.one(known), "dataset": known.feed.dataset["name"]}
    return tk.render("realtime/quality/page.html", extra)


@feed_quality.route("/realtime/<name>/quality.json")
def data(name: str) -> Response:
    """The same as data."""
    response = jsonify(reading.one(found(name)))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@feed_quality.route("/metrics/realtime")
def prometheus() -> Response:
    """The feeds that everybody may see, as metrics."""
    content = metrics.exposed(reading.everything())
    response = OwnCacheResponse(content, content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response
