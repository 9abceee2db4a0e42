"""The addresses that applications call since before this portal, answered from our rows.

Opendatasoft v1 and v2.1, and Data Fair: parameters are read, the table is asked, the answer is
written as that platform wrote it. Errors too: clients look for them where they were.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request

from ckanext.realtime import registry
from ckanext.realtime.addresses import datafair, explore, formats, search_v1
from ckanext.realtime.addresses.directory import find, find_attachment
from ckanext.realtime.addresses.errors import AddressError
from ckanext.realtime.addresses.found import Found
from ckanext.realtime.addresses.platforms import shape_of
from ckanext.realtime.addresses.query import Query
from ckanext.realtime.addresses.tables import columns_of, reading, search
from ckanext.realtime.original_views import original_of
from ckanext.realtime.responses import OwnCacheResponse
from portal_kit.keeping import RESOURCE

old_addresses = Blueprint("realtime_old_addresses", __name__)

EXPLORE = "/api/explore/v2.1/catalog/datasets"
FAIR = "/data-fair/api/v1/datasets"
SECONDS_FRESH = 5
"""How long an answer may be kept by who asked: parking changes every minute."""

View = Callable[..., Response]


def _answering(refuse: Callable[[str], Response]) -> Callable[[View], View]:
    """Errors of a request end as ``refuse`` writes them, with their status."""

    def around(view: View) -> View:
        @wraps(view)
        def answer(**names: str) -> Response:
            try:
                response = view(**names)
            except AddressError as error:
                response = refuse(error.message(tk._))
                response.status_code = error.status
                response.headers["Cache-Control"] = "no-store"
            response.headers["Access-Control-Allow-Origin"] = "*"
            return response

        return answer

    return around


def _refused_v1(sentence: str) -> Response:
    return _json({"error": sentence})


def _refused_explore(sentence: str) -> Response:
    return _json({"error_code": "ODSQLError", "message": sentence})


def _refused_fair(sentence: str) -> Response:
    return OwnCacheResponse(sentence, mimetype="text/plain")


@old_addresses.route("/api/records/1.0/search", strict_slashes=False)
@_answering(_refused_v1)
def search_records() -> Response:
    """Opendatasoft, Search API v1."""
    asked = search_v1.parse(request.args.items(multi=True))
    found = _found("opendatasoft", asked.dataset, asked.query)
    return _written(asked.query, found, lambda: search_v1.answer(asked, found), ";")


@old_addresses.route(
    "/api/explore/v2.1/catalog/datasets/<identifier>/records", strict_slashes=False
)
@_answering(_refused_explore)
def explore_records(identifier: str) -> Response:
    """Opendatasoft, Explore API v2.1."""
    query = explore.parse(request.args.items(multi=True))
    found = _found("opendatasoft", identifier, query)
    return _written(query, found, lambda: explore.answer(found), ";")


@old_addresses.route(f"{FAIR}/<identifier>/lines", strict_slashes=False)
@_answering(_refused_fair)
def data_fair_lines(identifier: str) -> Response:
    """Data Fair, the lines of a dataset."""
    query = datafair.parse(request.args.items(multi=True))
    found = _found("data-fair", identifier, query)
    return _written(query, found, lambda: datafair.answer(query, found, _next_page()), ",")


@old_addresses.route(f"{FAIR}/<identifier>/metadata-attachments/<name>")
@_answering(_refused_fair)
def data_fair_attachment(identifier: str, name: str) -> Response:
    """Data Fair, a file beside a dataset (``gtfs.zip``, ``poitiers.pbf``).

    The original of a feed is given at once; any other file is where its resource is downloaded.
    """
    resource_id = find_attachment(identifier, name)
    feed = registry.of_resource(resource_id)
    if feed is not None:
        return original_of(feed)
    resource = tk.get_action("resource_show")(tk.fresh_context({}), {"id": resource_id})
    response = OwnCacheResponse(status=302)
    response.headers["Location"] = resource["url"]
    return response


def _next_page() -> str:
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    page = int(request.args.get("page") or 1) + 1
    return f"{tk.config['ckan.site_url']}{request.path}?{urlencode([*others, ('page', page)])}"


def _found(platform: str, identifier: str, query: Query) -> Found:
    place = find(identifier)
    request.environ[RESOURCE] = place.resource_id
    with reading() as connection:
        shape = shape_of(platform, identifier, columns_of(connection, place))
        return search(connection, place, identifier, shape, query)


def _written(
    query: Query, found: Found, document: Callable[[], dict[str, Any]], delimiter: str
) -> Response:
    if query.format == "csv":
        response = OwnCacheResponse(formats.csv_text(found.records, delimiter), mimetype="text/csv")
    elif query.format == "geojson":
        response = _json(formats.geojson(found.records))
    else:
        response = _json(document())
    response.mimetype = formats.MEDIA_TYPES[query.format]
    # What somebody reads by right of their account is kept by nobody else.
    private = tk.current_user.is_authenticated
    kept = "private, no-store" if private else f"public, max-age={SECONDS_FRESH}"
    response.headers["Cache-Control"] = kept
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _json(document: Any) -> Response:
    text = json.dumps(document, ensure_ascii=False)
    return OwnCacheResponse(text, mimetype="application/json")
