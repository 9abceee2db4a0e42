"""Addresses of the exports, by extension and, on the pages of the same things, by negotiation."""

from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.grandpoitiers.front import limits
from ckanext.grandpoitiers.interchange import config, export, remarks, schema_org, structured
from ckanext.grandpoitiers.interchange.documents import EXTENSIONS, JSON_LD, Format
from ckanext.grandpoitiers.interchange.export import Export, Page
from ckanext.grandpoitiers.interchange.negotiation import preferred
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.scope import Kind, Scope
from ckanext.grandpoitiers.interchange.streaming import OPEN, send

exports = Blueprint("grandpoitiers_exports", __name__)

EXTENSION = f"<any({', '.join(EXTENSIONS)}):extension>"
KINDS = {"organization": Kind.ORGANISATION, "group": Kind.THEME, "commune": Kind.COMMUNE}
LARGEST_PAGE = 1000
VARY_ON = "Accept"


@exports.route(f"/catalog.{EXTENSION}")
def catalog(extension: str) -> ResponseReturnValue:
    """The whole catalogue."""
    return send_catalogue(Scope(), EXTENSIONS[extension])


@exports.route(f"/catalog/data-gouv-fr.{EXTENSION}")
def offered(extension: str) -> ResponseReturnValue:
    """What data.gouv.fr is offered, in its own profile."""
    return send_catalogue(Scope(Kind.OFFERED), EXTENSIONS[extension])


@exports.route(f"/organization/<name>.{EXTENSION}", defaults={"kind": "organization"})
@exports.route(f"/group/<name>.{EXTENSION}", defaults={"kind": "group"})
@exports.route(f"/commune/<name>.{EXTENSION}", defaults={"kind": "commune"})
def part(kind: str, name: str, extension: str) -> ResponseReturnValue:
    """The catalogue of an organisation, a theme or a commune (by its INSEE code)."""
    return send_catalogue(Scope(KINDS[kind], name=name), EXTENSIONS[extension])


@exports.route(f"/dataset/<name>.{EXTENSION}")
def dataset(name: str, extension: str) -> ResponseReturnValue:
    """One dataset, by its name or its id."""
    return send_dataset(name, EXTENSIONS[extension])


@exports.route("/dataset/<name>/croissant.jsonld")
def croissant(name: str) -> ResponseReturnValue:
    """The tables of a dataset, as Croissant."""
    found = structured.tables(name)
    if found is None:
        return tk.abort(404, tk._("This dataset has no table."))
    body = schema_org.embedded(found)
    response = Response(body, headers=OPEN, content_type=JSON_LD.media_type)
    response.add_etag()
    return response.make_conditional(request)


@exports.route("/organization/exports/<name>")
def organisation_remarks(name: str) -> ResponseReturnValue:
    """What of an organisation does not leave the portal, for its administrators."""
    try:
        tk.check_access("organization_update", {}, {"id": name})
        group = tk.get_action("organization_show")({}, {"id": name})
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no such organisation."))
    except tk.NotAuthorized:
        return tk.abort(403, tk._("Only the organisation's administrators see this page."))
    told, total = remarks.of_organisation(group["id"])
    page = {"group_dict": group, "group_type": "organization", "told": told, "total": total}
    return tk.render("organization/export_remarks.html", page)


@exports.route("/catalog.<extension>")
@exports.route("/dataset/<name>.<extension>")
@exports.route("/dataset_series/<name>.<extension>")
def unknown(extension: str, name: str = "") -> ResponseReturnValue:
    """Nothing: ckanext-dcat, whose addresses these are too, answers them by an error."""
    return tk.abort(404, tk._("There is nothing public at this address."))


@exports.before_app_request
def negotiate() -> ResponseReturnValue | None:
    """RDF in place of a page, for a reader who prefers it."""
    if request.method not in ("GET", "HEAD") or _described() is None:
        return None
    syntax = preferred(request.headers.get("Accept", ""))
    if syntax is None:
        return None
    kind, name = _described() or ("", "")
    if kind == "dataset":
        return send_dataset(name, syntax)
    return send_catalogue(Scope(KINDS[kind], name=name) if kind else Scope(), syntax)


@exports.after_app_request
def vary(response: Response) -> Response:
    """Tell caches that the same address gives RDF too."""
    if request.method in ("GET", "HEAD") and _described() is not None:
        response.vary.add(VARY_ON)
    return response


def _described() -> tuple[str, str] | None:
    """What the page asked for is of: `(kind, name)`, `("", "")` for the home page."""
    blueprint, _, view = (request.endpoint or "").rpartition(".")
    name = str((request.view_args or {}).get("id", ""))
    if request.endpoint == "grandpoitiers.home":
        return "", ""
    if view != "read" or not name:
        return None
    if blueprint in ("organization", "group"):
        return blueprint, name
    return ("dataset", name) if blueprint in _dataset_types() else None


@cache
def _dataset_types() -> frozenset[str]:
    """The names of CKAN's blueprints of dataset pages."""
    try:
        types = tk.get_action("scheming_dataset_schema_list")({}, {})
    except KeyError:
        types = []
    return frozenset(types) | {"dataset"}


def send_catalogue(scope: Scope, syntax: Format) -> ResponseReturnValue:
    """A catalogue, or one page of it when the address names one."""
    profile = _profile(scope.profile)
    return _send(export.catalogue_export(scope, syntax, profile, _page()), syntax)


def send_dataset(name: str, syntax: Format) -> ResponseReturnValue:
    """A dataset."""
    return _send(export.dataset_export(name, syntax, _profile(Profile.DCAT_AP_3)), syntax)


def _send(opening: AbstractContextManager[Export | None], syntax: Format) -> ResponseReturnValue:
    """The document as a stream, or 304 when the reader has it already."""
    refused = limits.refused_export()
    if refused is not None:
        return refused
    with ExitStack() as stack:
        found = stack.enter_context(opening)
        if found is None:
            return tk.abort(404, tk._("There is nothing public at this address."))
        more = {"Vary": VARY_ON}
        return send(stack, found.etag, syntax.media_type, found.chunks(), more)


def _profile(default: Profile) -> Profile:
    asked = request.args.get("profile")
    if not asked:
        return default
    try:
        return Profile(asked)
    except ValueError:
        known = ", ".join(Profile)
        return tk.abort(
            400, tk._("There is no such profile. There are: {known}.").format(known=known)
        )


def _page() -> Page | None:
    """The page asked for; None for the whole."""
    arguments: Any = request.args
    if "page" not in arguments:
        return None
    try:
        number = int(arguments["page"])
    except ValueError:
        number = 0
    if not 1 <= number <= 10**6:
        return tk.abort(400, tk._("A page is a number: 1, 2, 3…"))
    return Page(
        number, min(config.page_size(), LARGEST_PAGE), str(arguments.get("after", ""))[:100]
    )
