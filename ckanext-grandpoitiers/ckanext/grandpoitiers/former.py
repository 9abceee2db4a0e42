"""The addresses of the former platforms' pages, that people kept: each leads to its page here.

A dataset's is found by the `old_identifier` of its resources, else by its name: slugs were kept.
One that is not here leads to a search of its words.
The addresses that programs call are those of ckanext-realtime.
"""

import re
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from flask import Blueprint, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from ckanext.grandpoitiers import town

MOST_WORDS = 12
former = Blueprint("grandpoitiers_former", __name__)

_NAMED = sa.text(
    "SELECT p.name FROM resource r JOIN package p ON p.id = r.package_id"
    " WHERE r.state = 'active' AND p.state = 'active' AND NOT p.private"
    " AND r.extras::text LIKE '%\"old\\_identifier\"%'"
    " AND :identifier = ANY (regexp_split_to_array(r.extras::jsonb ->> 'old_identifier', '[ ,;]+'))"
    " ORDER BY p.name LIMIT 1"
)


@former.before_app_request
def declared() -> Response | None:
    """An address of redirects.yaml."""
    target = town.redirects().target(request.path, request.query_string.decode("ascii", "replace"))
    return redirect(target, 301) if target and request.method in ("GET", "HEAD") else None


@former.route("/explore/dataset/<identifier>/", strict_slashes=False)
@former.route("/explore/dataset/<identifier>/<tab>/", strict_slashes=False)
@former.route("/datasets/<identifier>/", strict_slashes=False)
@former.route("/datasets/<identifier>/<tab>/", strict_slashes=False)
def dataset(identifier: str, tab: str = "") -> Response:
    """The page of a dataset on Opendatasoft or Data Fair, whatever its tab."""
    name = model.Session.execute(_NAMED, {"identifier": identifier}).scalar() or identifier
    try:
        package = tk.get_action("package_show")({}, {"id": name})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        # For now: it may come back, and then has its address again.
        return redirect(_searched(" ".join(re.findall(r"\w+", identifier)[:MOST_WORDS])), 302)
    return redirect(tk.h.url_for("dataset.read", id=package["name"]), 301)


@former.route("/explore/", strict_slashes=False)
@former.route("/datasets/", strict_slashes=False)
def search() -> Response:
    """The list of datasets, with the words that were searched."""
    return redirect(_searched(request.args.get("q", "")), 301)


def _searched(words: str) -> str:
    address = tk.h.url_for("dataset.search")
    return f"{address}?{urlencode({'q': words})}" if words else address
