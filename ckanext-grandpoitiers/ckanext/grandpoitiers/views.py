"""The portal's own pages: the home page, and the files of its look."""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, make_response

from ckanext.grandpoitiers import config, town

portal = Blueprint("grandpoitiers", __name__)

THEME_COLOURS = "themes.css"


@portal.route("/")
def home() -> str:
    """The home page, in place of CKAN's, which asks Solr for facets it doesn't show."""
    found = tk.get_action("package_search")(
        {},
        {
            "rows": config.latest_on_home(),
            "fq": "dataset_type:dataset",
            "sort": "metadata_modified desc",
            "facet.field": ["groups"],
            "facet.limit": -1,
        },
    )
    return tk.render(
        "home/index.html",
        {
            "latest": found["results"],
            "figures": tk.get_action("grandpoitiers_key_figures")({}, {}),
            "themes": town.themes(),
            "counts": found["facets"].get("groups", {}),
        },
    )


@portal.route("/town/<version>/<name>")
def look(version: str, name: str) -> Response:
    """A file of the town's look; `version` is there for browsers, which keep it for long."""
    if name == THEME_COLOURS:
        content = town.theme_colours()
    elif name in town.SERVED:
        content = town.path(name).read_text("utf-8")
    else:
        return tk.abort(404)
    response = make_response(content)
    response.mimetype = "text/css" if name.endswith(".css") else "image/svg+xml"
    return response
