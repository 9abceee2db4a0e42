"""The administrators' screens of the feeds: their list with their state, the form, “Test”.

The form works without scripts. It shows names of variables, never a secret.
"""

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from ckanext.realtime import forms, reading, registry
from ckanext.realtime.decoding import KINDS
from ckanext.realtime.times import Reading

feed_forms = Blueprint("realtime_feeds", __name__, url_prefix="/ckan-admin/feeds")


@feed_forms.before_request
def administrators_only() -> None:
    """Whoever is no administrator is told so."""
    try:
        tk.check_access("realtime_feed_list", tk.fresh_context({}), {})
    except tk.NotAuthorized:
        tk.abort(403, tk._("Need to be system administrator to administer"))


@feed_forms.route("/", strict_slashes=False)
def index() -> str:
    """Every feed and how it is."""
    states = reading.states()
    feeds = [reading.told(known, states.get(known.id)) for known in registry.everything()]
    return tk.render("realtime/feeds/index.html", {"feeds": feeds})


@feed_forms.route("/new", methods=["GET", "POST"])
def new() -> Response | str:
    """Declare a feed."""
    return _form("", dict(forms.EMPTY))


@feed_forms.route("/<name>", methods=["GET", "POST"])
def edit(name: str) -> Response | str:
    """Change a feed."""
    if registry.find(name) is None:
        abort(404)
    declared = tk.get_action("realtime_feed_show")({}, {"id": name})
    return _form(name, forms.flat(declared))


@feed_forms.route("/<name>/delete", methods=["POST"])
def delete(name: str) -> Response:
    """Forget a feed."""
    tk.get_action("realtime_feed_delete")({}, {"id": name})
    tk.h.flash_success(tk._("The feed is no longer read. Its data stay."))
    return tk.redirect_to("realtime_feeds.index")


@feed_forms.route("/<name>/keys", methods=["GET", "POST"])
def keys(name: str) -> str:
    """The keys that push to a feed; a new one is shown this once."""
    if registry.find(name) is None:
        abort(404)
    made: dict[str, Any] | None = None
    errors: dict[str, Any] = {}
    if request.method == "POST":
        try:
            if request.form.get("revoke"):
                data = {"id": name, "key_id": request.form["revoke"]}
                tk.get_action("realtime_key_revoke")({}, data)
            else:
                data = {"id": name, "label": request.form.get("label", "")}
                made = tk.get_action("realtime_key_create")({}, data)
        except tk.ValidationError as error:
            errors = dict(error.error_dict)
        except tk.ObjectNotFound:
            abort(404)
    extra = {
        "name": name,
        "made": made,
        "errors": errors,
        "keys": tk.get_action("realtime_key_list")({}, {"id": name}),
    }
    return tk.render("realtime/feeds/keys.html", extra)


def _form(name: str, fields: dict[str, str]) -> Response | str:
    errors: dict[str, Any] = {}
    trial: dict[str, Any] | None = None
    if request.method == "POST":
        fields = dict(request.form.items())
        declared = forms.declared(fields)
        try:
            if fields.get("do") == "test":
                trial = tk.get_action("realtime_feed_test")({}, declared)
            else:
                return _save(name, declared)
        except tk.ValidationError as error:
            errors = dict(error.error_dict)
    extra = {
        "name": name,
        "data": fields,
        "errors": errors,
        "trial": trial,
        "kinds": list(KINDS),
        "readings": [str(one) for one in Reading],
        "secrets": range(forms.CREDENTIALS),
        "organisations": _organisations(),
        "licences": tk.get_action("license_list")({}, {}),
    }
    return tk.render("realtime/feeds/edit.html", extra)


def _save(name: str, declared: dict[str, Any]) -> Response:
    if name:
        tk.get_action("realtime_feed_update")({}, {**declared, "id": name})
        tk.h.flash_success(tk._("The feed is saved: it is read so within ten seconds."))
    else:
        tk.get_action("realtime_feed_create")({}, declared)
        tk.h.flash_success(tk._("The feed is declared: its first rows come within a minute."))
    return tk.redirect_to("realtime_feeds.index")


def _organisations() -> list[dict[str, str]]:
    listed = tk.get_action("organization_list")({}, {"all_fields": True, "limit": 1000})
    return [{"value": one["name"], "text": one["display_name"]} for one in listed]
