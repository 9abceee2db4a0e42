"""Addresses of the geocatalogue: the original XML of each record."""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.grandpoitiers.catalogue.store import original

geocatalogue = Blueprint("grandpoitiers_geocatalogue", __name__)


@geocatalogue.route("/geocatalogue/<path:guid>.xml")
def record(guid: str) -> Response:
    """The record as its catalogue gave it, to whoever may see its dataset.

    `guid` only ever goes into a query. A record is somebody else's document: it is never shown
    as a page of ours, where a script in it would run with the visitor's rights.
    """
    found = original(guid) if guid.isprintable() else None
    if found is None:
        return tk.abort(404, tk._("There is no record with this identifier."))
    xml, package_id = found
    try:
        tk.check_access("package_show", {}, {"id": package_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no record with this identifier."))
    response = Response(xml, mimetype="application/xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
