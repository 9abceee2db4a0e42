"""The portal's own pages: the home page, and the files of its look."""

import logging

import ckan.plugins.toolkit as tk
from ckan.lib.search.common import SearchError, SolrConnectionError
from flask import Blueprint, Response, make_response

from ckanext.grandpoitiers import config, town
from ckanext.grandpoitiers.explore.views import explore
from ckanext.grandpoitiers.finding.views import finding
from ckanext.grandpoitiers.former import former
from ckanext.grandpoitiers.front.refusals import refusal
from ckanext.grandpoitiers.maps.features import NoFeatures, features_of
from ckanext.grandpoitiers.organisations import tree
from ckanext.grandpoitiers.themes import current

__all__ = ["explore", "finding", "former", "portal"]

log = logging.getLogger(__name__)
portal = Blueprint("grandpoitiers", __name__)

BY_UPDATE = "updated_date desc, metadata_modified desc"
"""The order of the date that pages show (facets.py indexes it)."""
THEME_COLOURS = "themes.css"


@portal.route("/")
def home() -> str:
    """The home page, in place of CKAN's, which asks Solr for facets it doesn't show."""
    found = tk.get_action("package_search")(
        {},
        {
            "rows": config.latest_on_home(),
            "fq": "dataset_type:dataset",
            "sort": BY_UPDATE,
            "include_private": True,
            "facet.field": list(tree.FIGURES),
            "facet.limit": -1,
        },
    )
    return tk.render(
        "home/index.html",
        {
            "latest": found["results"],
            "by_update": BY_UPDATE,
            "figures": tree.key_figures(found),
            "themes": current.main_themes(),
            "counts": found["facets"].get("groups", {}),
        },
    )


@portal.route("/accessibilite/grille")
def accessibility() -> str:
    """What was checked of the accessibility, criterion by criterion."""
    return tk.render("grandpoitiers/accessibility.html", {"grid": town.accessibility()})


@portal.route("/town/<version>/<name>")
def look(version: str, name: str) -> Response:
    """A file of the town's look; `version` is there for browsers, which keep it for long."""
    if name == THEME_COLOURS:
        content = current.colours()
        if version != current.version():
            # Another process knows of new colours already; a browser keeps what it gets for long.
            current.forget()
            content = current.colours()
    elif name in town.SERVED:
        content = town.path(name).read_text("utf-8")
    else:
        return tk.abort(404)
    response = make_response(content)
    response.mimetype = "text/css" if name.endswith(".css") else "image/svg+xml"
    return response


@portal.app_errorhandler(SearchError)
@portal.app_errorhandler(SolrConnectionError)
def without_search(error: Exception) -> Response:
    """A page that asks a search engine which doesn't answer; CKAN's search page has its own."""
    log.error("The search failed", exc_info=error)
    return refusal(
        503,
        tk._("The search doesn't answer"),
        tk._("The search engine doesn't answer at the moment. Try again in a few minutes."),
    )


@portal.route("/layer/<resource_id>")
def layer(resource_id: str) -> Response:
    """The features of a link, for the map of its page; what goes wrong as `{"message"}`.

    Only what is in the catalogue is fetched, for whoever may see it.
    """
    try:
        resource = tk.get_action("resource_show")({}, {"id": resource_id})
        content, media_type = features_of(resource)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return make_response({"message": tk._("This link is not in the catalogue.")}, 404)
    except NoFeatures as error:
        return make_response({"message": str(error)}, error.status)
    response = make_response(content)
    response.content_type = media_type
    # Somebody else's document: never a page of ours.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response
