"""Addresses by which programs find what there is and what is new: sitemap, feeds, inventory."""

from contextlib import ExitStack
from hashlib import sha256

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchQueryError
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from ckanext.grandpoitiers.interchange import atom, current, feeds, listing, own_catalogue, sitemap
from ckanext.grandpoitiers.interchange.reading import snapshot
from ckanext.grandpoitiers.interchange.sitemap import Place
from ckanext.grandpoitiers.interchange.streaming import OPEN, send

discovery = Blueprint("grandpoitiers_discovery", __name__)


@discovery.route("/sitemap.xml")
def sitemap_index() -> ResponseReturnValue:
    """The parts of the sitemap."""
    with ExitStack() as stack:
        state = listing.state(stack.enter_context(snapshot()))
        site = current.site()
        parts = [Place(f"{site}/sitemap-pages.xml")] + [
            Place(f"{site}/sitemap-datasets-{number}.xml", state.modified)
            for number in sitemap.parts_of(state.total)
        ]
        return send(stack, _digest(parts), sitemap.MEDIA_TYPE, sitemap.index(parts))


@discovery.route("/sitemap-pages.xml")
def sitemap_pages() -> ResponseReturnValue:
    """Everything but datasets."""
    with ExitStack() as stack:
        found = listing.others(stack.enter_context(snapshot()), current.site())
        return send(stack, _digest(found), sitemap.MEDIA_TYPE, sitemap.part(found))


@discovery.route("/sitemap-datasets-<int:number>.xml")
def sitemap_datasets(number: int) -> ResponseReturnValue:
    """A part of the datasets."""
    with ExitStack() as stack:
        reading = stack.enter_context(snapshot())
        state = listing.state(reading)
        if number not in sitemap.parts_of(state.total):
            return tk.abort(404, tk._("There is nothing public at this address."))
        places = listing.datasets(reading, current.site(), number)
        etag = _digest([state, number])
        return send(stack, etag, sitemap.MEDIA_TYPE, sitemap.part(places))


@discovery.route(own_catalogue.PATH)
def inventory() -> ResponseReturnValue:
    """The catalogue in the SCDL schema of catalogues."""
    with ExitStack() as stack:
        found = stack.enter_context(own_catalogue.opened())
        return send(stack, found.etag, own_catalogue.MEDIA_TYPE, found.chunks())


@discovery.route("/feeds/dataset.atom")
def whole() -> ResponseReturnValue:
    """What is new in the catalogue."""
    return _send(feeds.whole())


@discovery.route("/feeds/group/<name>.atom", defaults={"kind": "group"})
@discovery.route("/feeds/organization/<name>.atom", defaults={"kind": "organization"})
def group(kind: str, name: str) -> ResponseReturnValue:
    """What is new in a theme or from an organisation."""
    try:
        return _send(feeds.group(kind, name))
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("There is nothing public at this address."))


@discovery.route("/feeds/tag/<name>.atom")
def keyword(name: str) -> ResponseReturnValue:
    """What is new under a keyword."""
    return _send(feeds.keyword(name))


@discovery.route("/feeds/custom.atom")
def search() -> ResponseReturnValue:
    """What is new in a search: the same parameters as its page."""
    return _send(feeds.search(request.args.items()))


def _send(subject: feeds.Subject) -> ResponseReturnValue:
    try:
        number = int(request.args.get("page", "1"))
    except ValueError:
        number = 0
    if not 1 <= number <= feeds.LAST:
        return tk.abort(400, tk._("A page is a number: 1, 2, 3…"))
    try:
        found = feeds.feed(subject, number)
    except SearchQueryError:
        return tk.abort(400, tk._("The search can't read these words."))
    response = Response(atom.document(found), headers=OPEN, content_type=atom.MEDIA_TYPE)
    response.add_etag()
    return response.make_conditional(request)


def _digest(found: object) -> str:
    return sha256(repr(found).encode()).hexdigest()[:32]
