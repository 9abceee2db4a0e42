"""`/suggestions?q=`: what somebody who types this may be looking for."""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request

from ckanext.grandpoitiers.finding import reading

finding = Blueprint("grandpoitiers_finding", __name__)


@finding.route("/suggestions")
def suggest() -> Response:
    """`{"suggestions": [{"kind", "label", "title", "url"}]}`, `label` being the kind in words."""
    labels = {
        "theme": tk._("Theme"),
        "organization": tk._("Organisation"),
        "page": tk._("Page"),
        "event": tk._("Workshop"),
        "dataset": tk._("Dataset"),
    }
    found = reading.suggestions(request.args.get("q", ""))
    return jsonify(
        suggestions=[
            {"kind": one.kind, "label": labels[one.kind], "title": one.title, "url": one.address}
            for one in found
        ]
    )
