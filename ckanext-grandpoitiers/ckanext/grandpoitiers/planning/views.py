"""The pages of the planning: the table, a dataset's plan, a person's calendar."""

import csv
import io
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.planning import calendar, forms
from ckanext.grandpoitiers.planning.standing import (
    NOBODY,
    Line,
    Wanted,
    line_of,
    lines,
    lines_for,
)
from ckanext.grandpoitiers.planning.store import planned
from portal_kit.cells import inert

planning = Blueprint("grandpoitiers_planning", __name__)

PAGE = 100
"""Datasets on one page of the table."""


@planning.route("/planning")
def index() -> str:
    """What is due and late, by organisation, month and person."""
    _known_only()
    everything = lines_for(tk.current_user.name)
    wanted = _wanted(everything)
    found = [line for line in everything if wanted.keeps(line)]
    page = max(1, request.args.get("page", 1, type=int))
    values = {
        "lines": [line.as_dict() for line in found[(page - 1) * PAGE : page * PAGE]],
        "total": len(found),
        "page": page,
        "pages": -(-len(found) // PAGE) or 1,
        "wanted": wanted,
        "counts": {one: _count(everything, wanted, one) for one in tk.h.grandpoitiers_standings()},
        "organisations": sorted(
            {(one.dataset.organisation_title, one.dataset.organisation) for one in everything}
        ),
        "people": sorted(_people(everything)),
        "months": sorted({f"{one.due.on:%Y-%m}" for one in everything if one.due}),
        "nobody": NOBODY,
        "calendar": tk.h.url_for(
            "grandpoitiers_planning.person",
            user_id=tk.current_user.id,
            key=calendar.key(_secret(), tk.current_user.id),
            _external=True,
        ),
    }
    return tk.render("planning/index.html", values)


def _wanted(everything: list[Line]) -> Wanted:
    person = request.args.get("person")
    if person is None:
        # A référent comes for what concerns them; the data team, in charge of nothing, for all.
        name = tk.current_user.name
        mine = any(
            who and who.name == name
            for line in everything
            for who in (line.dataset.referent, line.dataset.stand_in)
        )
        person = name if mine else ""
    said = {key: request.args.get(key, "") for key in ("organisation", "standing", "month")}
    return Wanted(person=person, **said)


def _count(everything: list[Line], wanted: Wanted, standing: str) -> int:
    alike = Wanted(wanted.organisation, wanted.person, standing, wanted.month)
    return sum(alike.keeps(line) for line in everything)


def _people(everything: list[Line]) -> set[tuple[str, str]]:
    return {
        (who.fullname, who.name)
        for line in everything
        for who in (line.dataset.referent, line.dataset.stand_in)
        if who
    }


@planning.route("/planning.csv")
def table() -> AnyResponse:
    """The same, under the same filters, for a spreadsheet."""
    _known_only()
    everything = lines_for(tk.current_user.name)
    wanted = _wanted(everything)
    out = io.StringIO()
    columns = (
        *("name", "title", "organization_title", "referent_title", "stand_in_title"),
        *("frequency", "updated", "due", "why", "standing"),
    )
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in everything:
        if wanted.keeps(line):
            shown = line.as_dict()
            writer.writerow([inert(str(shown[one] or "")) for one in columns])
    answer = Response(out.getvalue(), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="planning.csv"'
    return answer


@planning.route("/planning/<name>", methods=["GET", "POST"])
def dataset(name: str) -> AnyResponse | str:
    """The plan of a dataset: its date, who is in charge, where its files are replaced."""
    _known_only()
    try:
        tk.check_access("package_update", {}, {"id": name})
        package = tk.get_action("package_show")({}, {"id": name})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Dataset not found"))
    errors: dict[str, Any] = {}
    said: dict[str, Any] = {}
    if request.method == "POST":
        said = {key: request.form.get(key, "") for key in ("referent", "stand_in", "due")}
        try:
            tk.get_action("grandpoitiers_plan_update")({}, {"id": package["id"], **said})
            tk.h.flash_success(tk._("The plan is saved."))
            return tk.redirect_to("grandpoitiers_planning.dataset", name=package["name"])
        except tk.ValidationError as error:
            errors = error.error_dict
        except tk.NotAuthorized as error:
            return tk.abort(403, str(error))
    line = line_of(package["id"])
    if line is None:
        return tk.abort(404, tk._("This dataset is not planned here."))
    values = {
        "package": package,
        "line": line.as_dict(),
        "said": said or {**line.as_dict(), "due": _by_hand(line)},
        "errors": errors,
        "may_plan": tk.h.check_access("grandpoitiers_plan_update", {"id": package["id"]}),
        "members": _members(package["owner_org"]),
    }
    return tk.render("planning/dataset.html", values)


def _by_hand(line: Line) -> str:
    day = line.dataset.facts.by_hand
    return day.isoformat() if day else ""


def _members(owner_org: str) -> list[dict[str, str]]:
    """Those who may be in charge: the editors and administrators of the organisation."""
    member, user = model.Member, model.User
    found = (
        model.Session.query(user)
        .join(member, member.table_id == user.id)
        .filter(
            member.group_id == owner_org,
            member.table_name == "user",
            member.state == model.State.ACTIVE,
            member.capacity.in_(["editor", "admin"]),
            user.state == model.State.ACTIVE,
        )
    )
    return sorted(
        ({"name": one.name, "title": one.fullname or one.name} for one in found),
        key=lambda one: one["title"].lower(),
    )


@planning.route("/planning/<user_id>/<key>.ics")
def person(user_id: str, key: str) -> AnyResponse:
    """The dates of one person, at an address that only they know."""
    user = model.User.get(user_id)
    if user is None or not user.is_active or not calendar.is_key(key, _secret(), user.id):
        return tk.abort(404)
    mine = lines(planned(zone(), organisations=[], person=user.id))
    links = forms.addresses([(one.dataset.id, one.dataset.name) for one in mine])
    entries = [
        calendar.Entry(one.dataset.id, one.dataset.title, one.due.on, links[one.dataset.id])
        for one in mine
        if one.due
    ]
    name = tk._("Updates, {site}").format(site=tk.config["ckan.site_title"])
    answer = Response(calendar.calendar(name, entries, now()), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _secret() -> str:
    return str(tk.config["SECRET_KEY"])


def _known_only() -> None:
    if not tk.current_user.is_authenticated:
        tk.abort(403, tk._("Log in to see the planning."))
