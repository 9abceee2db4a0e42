"""The explorer of a resource's table: its page, its frame for other sites, its files."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, make_response, request
from werkzeug.utils import redirect
from werkzeug.utils import secure_filename as file_name
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import ClosingIterator

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.explore import exports, facets, query, rows, sql
from ckanext.grandpoitiers.explore.errors import NoTable, QuestionError, TooMany
from ckanext.grandpoitiers.explore.presented import FEW, FORMATS, View
from ckanext.grandpoitiers.explore.query import Query
from ckanext.grandpoitiers.front.limits import refused_export
from ckanext.grandpoitiers.front.refusals import refusal
from ckanext.grandpoitiers.policy.page import framed_by
from portal_kit.keeping import KEEP_SECONDS
from portal_kit.readdressed import elsewhere, readdressed

explore = Blueprint("grandpoitiers_explore", __name__)
BASE = "/dataset/<id>/resource/<resource_id>/explore"
LARGEST_SHEET = 200_000
"""Rows of a workbook: it is written whole before the first byte leaves."""
ON_A_MAP = 5000
SHEET_FULL = N_("A workbook holds {most} rows here, and these are {number}: choose CSV.")
Answer = Response | AnyResponse | str


def _answering(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """What a question gets wrong is told with its status: a page for people, JSON for programs."""

    @wraps(view)
    def answer(**names: str) -> Answer:
        try:
            return view(**names)
        except QuestionError as error:
            sentence = tk._(error.message).format(**error.params)
            if "kind" in names:
                return make_response({"message": sentence}, error.status)
            return refusal(error.status, tk._("This question has no answer"), sentence)

    return answer


def _resource(
    id: str, resource_id: str, public: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The dataset and the resource, if the visitor may read its rows. Raises NoTable."""
    try:
        package = tk.get_action("package_show")({}, {"id": id})
        resource = next((one for one in package["resources"] if one["id"] == resource_id), None)
        tk.check_access("datastore_search", {}, {"resource_id": resource_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        raise NoTable(rows.NO_TABLE) from None
    if resource is None or not resource.get("datastore_active"):
        raise NoTable(rows.NO_TABLE)
    if public and (package["private"] or package["state"] != "active"):
        raise NoTable(rows.NO_TABLE)
    # Addresses that people share bear the dataset's name.
    return package, {**resource, "package_id": package["name"]}


def _zone() -> ZoneInfo:
    return ZoneInfo(str(tk.h.get_display_timezone()))


@explore.before_request
def _keep_briefly() -> None:
    request.environ[KEEP_SECONDS] = rows.SECONDS_KEPT


def _page(id: str, resource_id: str, template: str, public: bool) -> Answer:
    package, resource = _resource(id, resource_id, public)
    return _shown(package, resource, resource_id, template, public)


def _shown(
    package: dict[str, Any], resource: dict[str, Any], name: str, template: str, public: bool
) -> Answer:
    """The page about table `name`, which is the resource's own but in a preview."""
    with rows.reading() as connection:
        table = rows.table_of(connection, name)
        given = list(request.args.items(multi=True))
        asked = query.read(given, table)
        if any(not value.strip() for _, value in given):
            # A form sends its empty fields too: the address keeps what was asked.
            empty = View(resource, table, asked, (0, []), _zone())
            return redirect(empty.address(name="embed" if public else "page"), 302)
        view = View(resource, table, asked, rows.page(connection, table, asked, _zone()), _zone())
        choices = {} if public else rows.choices(connection, table, FEW)
    fields = view.fields(choices)
    offered = [] if public else facets.facets(resource, view)
    return tk.render(
        f"explore/{template}.html",
        {
            "pkg": package,
            "pkg_dict": package,
            "package": package,
            "res": resource,
            "view": view,
            "fields": fields,
            "kept": view.kept(fields),
            "facets": offered,
            "most_on_a_map": ON_A_MAP,
            "submission_id": request.view_args.get("id", "") if request.view_args else "",
        },
    )


@explore.route(BASE)
@_answering
def page(id: str, resource_id: str) -> Answer:
    """A table that a visitor filters, sorts, groups and draws; without JavaScript too."""
    return _page(id, resource_id, "page", public=False)


@explore.route("/queue/<id>/apercu/explore")
@_answering
def preview(id: str) -> Answer:
    """The rows of a deposit before they are on line: for those who validate it."""
    request.environ[KEEP_SECONDS] = 0
    try:
        found = tk.get_action("scdl_submission_preview")({}, {"id": id})
    except (KeyError, tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        raise NoTable(rows.NO_TABLE) from None
    package = found["package"]
    resource = {**found["resource"], "package_id": package["name"]}
    answer = make_response(_shown(package, resource, found["table"], "preview", public=False))
    place = {"id": package["name"], "resource_id": resource["id"]}
    ours = {
        tk.h.url_for("grandpoitiers_explore.page", **place): tk.h.url_for(
            "grandpoitiers_explore.preview", id=id
        ),
        tk.h.url_for("dataset.read", id=package["name"]): tk.h.url_for(
            "scdl_preview.dataset", id=id
        ),
        tk.h.url_for("dataset_resource.read", **place): tk.h.url_for(
            "scdl_preview.resource", id=id
        ),
    }
    site = str(tk.config["ckan.site_url"])
    if answer.location:
        answer.location = elsewhere(answer.location, ours, site)
    else:
        answer.set_data(readdressed(answer.get_data(as_text=True), ours, site))
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


@explore.route(f"{BASE}/embed")
@_answering
def embed(id: str, resource_id: str) -> Answer:
    """A view of public data in a page of another site."""
    # Any site may: there is nothing to click on our behalf.
    framed_by("*")
    return _page(id, resource_id, "embed", public=True)


@explore.route(f"{BASE}/rows.<any({','.join(FORMATS)}):kind>")
@_answering
def files(id: str, resource_id: str, kind: str) -> Answer:
    """The lines of the view as a file, all of them or the first `limit`."""
    refused = refused_export()
    if refused is not None:
        return refused
    package, resource = _resource(id, resource_id)
    with ExitStack() as stack:
        connection = stack.enter_context(rows.reading())
        table = rows.table_of(connection, resource_id)
        given = [(name, value) for name, value in request.args.items(multi=True) if name != "bom"]
        asked = query.read(given, table)
        sheet = exports.Sheet(sql.names(asked, table), table)
        if kind == "xlsx":
            _small_enough(connection, table, asked)
        lines = rows.lines(connection, table, asked, _zone())
        body = _written(kind, sheet, lines)
        # The first rows come before the first byte: what fails still has a status.
        first = next(body, b"")
        response = Response(ClosingIterator(_joined(first, body), stack.pop_all().close))
    response.content_type = exports.MEDIA_TYPES[kind]
    name = file_name(f"{package['name']}-{resource['name'] or resource_id[:8]}"[:100]) or "rows"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _small_enough(connection: Any, table: Any, asked: Query) -> None:
    number = rows.count(connection, table, asked, _zone())
    if min(number, asked.limit or number) > LARGEST_SHEET:
        raise TooMany(SHEET_FULL, most=LARGEST_SHEET, number=number)


def _written(kind: str, sheet: exports.Sheet, lines: Any) -> Iterator[bytes]:
    if kind == "xlsx":
        return _workbook(sheet, lines)
    if kind == "csv":
        texts = exports.in_csv(sheet, lines, tk.asbool(request.args.get("bom", "") or False))
    else:
        texts = (exports.in_geojson if kind == "geojson" else exports.in_json)(sheet, lines)
    return (text.encode() for text in texts)


def _workbook(sheet: exports.Sheet, lines: Any) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as target:
        exports.in_xlsx(sheet, lines, target)
        target.seek(0)
        while block := target.read(exports.BLOCK):
            yield block


def _joined(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others
