"""The page of dated access, and what is done before any answer."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, request
from werkzeug.wrappers import Response

from ckanext.grandpoitiers.visibility import access, opening

visibility = Blueprint("grandpoitiers_visibility", __name__)

FIELDS = ("user", "dataset", "capacity", "until")


@visibility.before_app_request
def open_and_close_what_is_due() -> None:
    """Open the datasets whose moment has come, and end the access of who asks if it is over."""
    if request.endpoint in (None, "static", "webassets.index"):
        return
    if opening.Looking.is_due():
        opening.open_due()
    if tk.current_user.is_authenticated:
        access.end_due(tk.current_user.id)


@visibility.route("/organization/access/<id>", methods=["GET", "POST"])
def people(id: str) -> Response | str:
    """Who was let in until a day; letting somebody in, and ending an access."""
    organisation = model.Group.get(id)
    if organisation is None or not organisation.is_organization:
        return tk.abort(404, tk._("Organization not found"))
    asked = {"organization": organisation.id}
    try:
        tk.check_access("grandpoitiers_access_list", {}, asked)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    said: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    if request.method == "POST":
        said = {name: request.form.get(name, "") for name in FIELDS}
        try:
            _done(asked, said)
            return tk.redirect_to("grandpoitiers_visibility.people", id=organisation.name)
        except tk.ValidationError as error:
            errors = error.error_dict
    everything = tk.get_action("grandpoitiers_access_list")({}, asked)
    values = {
        "group_dict": tk.get_action("organization_show")({}, {"id": organisation.id}),
        "group_type": "organization",
        "held": [one for one in everything if not one["ended"]],
        "over": [one for one in everything if one["ended"]],
        "datasets": _datasets(organisation.id),
        "said": said,
        "errors": errors,
        "today": access.today().isoformat(),
    }
    return tk.render("visibility/people.html", values)


def _done(asked: dict[str, Any], said: dict[str, Any]) -> None:
    if request.form.get("end"):
        try:
            tk.get_action("grandpoitiers_access_end")({}, {"id": request.form["end"]})
        except (tk.ObjectNotFound, tk.NotAuthorized):
            tk.abort(404, tk._("This access is not there any more."))
        tk.h.flash_success(tk._("The access is ended."))
        return
    tk.get_action("grandpoitiers_access_give")({}, {**asked, **said})
    tk.h.flash_success(tk._("The access is given."))


def _datasets(organisation_id: str) -> list[tuple[str, str]]:
    table = model.Package
    query = model.Session.query(table.name, table.title).filter(
        table.owner_org == organisation_id, table.state == "active", table.type == "dataset"
    )
    return sorted(((name, title or name) for name, title in query), key=lambda one: one[1].lower())
