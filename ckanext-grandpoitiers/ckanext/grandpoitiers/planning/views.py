"""The pages of the planning: the table, a dataset's plan, a person's calendar."""

import csv
import io
import re
from calendar import Calendar
from datetime import date, timedelta
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.planning import calendar, forms
from ckanext.grandpoitiers.planning.paging import Page, month_of, page_of
from ckanext.grandpoitiers.planning.standing import (
    NOBODY,
    Line,
    Mine,
    Wanted,
    held_by,
    line_of,
    lines_for,
    lines_of,
    mine,
    today,
)
from ckanext.grandpoitiers.planning.store import handed_over
from portal_kit.cells import inert
from portal_kit.ordering import alphabetical

planning = Blueprint("grandpoitiers_planning", __name__)

PAGE = 100
"""Datasets on one page of the table."""
FURTHEST = 10**9
"""The last line that an address may ask for: PostgreSQL counts no further than this with ease."""
A_DAY = 4
"""Datasets shown on one day of the calendar; the others are a link away."""
MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")


@planning.route("/planning")
def index() -> str:
    """What is due and late, by organisation, month and person."""
    _known_only()
    seen = mine(tk.current_user.name)
    wanted = _wanted(seen)
    page = max(1, request.args.get("page", 1, type=int))
    found = page_of(seen, wanted, zone(), PAGE, min((page - 1) * PAGE, FURTHEST))
    values = {
        "lines": [line.as_dict() for line in found.lines],
        "handed": handed_over([line.dataset.id for line in found.lines]),
        "page": page,
        "pages": -(-found.total // PAGE) or 1,
        "calendar": tk.h.url_for(
            "grandpoitiers_planning.person",
            user_id=tk.current_user.id,
            key=calendar.key(_secret(), tk.current_user.id),
            _external=True,
        ),
        **_filters(found, wanted),
    }
    return tk.render("planning/index.html", values)


@planning.route("/planning/calendrier")
def month() -> str:
    """The same, a month at a time, each dataset on the day it is due."""
    _known_only()
    asked = request.args.get("month", "")
    first = date.fromisoformat(f"{asked}-01") if MONTH.fullmatch(asked) else today().replace(day=1)
    seen = mine(tk.current_user.name)
    wanted = _wanted(seen, f"{first:%Y-%m}")
    found = month_of(seen, wanted, zone(), A_DAY)
    by_day: dict[str, list[dict[str, Any]]] = {}
    for line in found.lines:
        if line.due:
            by_day.setdefault(line.due.on.isoformat(), []).append(line.as_dict())
    values = {
        "first": first,
        "before": first - timedelta(days=1),
        "after": first + timedelta(days=31),
        "weeks": Calendar().monthdatescalendar(first.year, first.month),
        "today": today(),
        "by_day": by_day,
        "days": found.days,
        **_filters(found, wanted),
    }
    return tk.render("planning/month.html", values)


def _filters(found: Page, wanted: Wanted) -> dict[str, Any]:
    return {
        "wanted": wanted,
        "counts": found.counts,
        "organisations": found.organisations,
        "people": found.people,
        "months": found.months,
        "nobody": NOBODY,
    }


def _wanted(seen: Mine, month: str | None = None) -> Wanted:
    person = request.args.get("person")
    if person is None:
        # A référent comes for what concerns them; the data team, in charge of nothing, for all.
        person = tk.current_user.name if seen.held else ""
    said = {key: request.args.get(key, "") for key in ("organisation", "standing", "month")}
    if month is not None:
        said["month"] = month
    return Wanted(person=person, **said)


@planning.route("/planning.csv")
def table() -> AnyResponse:
    """The same, under the same filters, for a spreadsheet."""
    _known_only()
    wanted = _wanted(mine(tk.current_user.name))
    out = io.StringIO()
    columns = (
        *("name", "title", "organization_title", "referent_title", "stand_in_title"),
        *("frequency", "updated", "due", "why", "standing"),
    )
    writer = csv.writer(out)
    writer.writerow(columns)
    for line in lines_for(tk.current_user.name, wanted):
        shown = line.as_dict()
        writer.writerow([inert(str(shown[one] or "")) for one in columns])
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="planning.csv"'
    return answer


@planning.route("/planning/<name>", methods=["GET", "POST"])
def dataset(name: str) -> AnyResponse | str:
    """The plan of a dataset: its date, who is in charge, where its files are replaced."""
    _known_only()
    try:
        package = tk.get_action("package_show")({}, {"id": name})
        if package["id"] not in held_by(_me()):
            tk.check_access("package_update", {}, {"id": name})
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
    """Those who may be in charge: the people of the organisation."""
    member, user = model.Member, model.User
    found = (
        model.Session.query(user)
        .join(member, member.table_id == user.id)
        .filter(
            member.group_id == owner_org,
            member.table_name == "user",
            member.state == model.State.ACTIVE,
            user.state == model.State.ACTIVE,
        )
    )
    return sorted(
        ({"name": one.name, "title": one.fullname or one.name} for one in found),
        key=lambda one: alphabetical(one["title"]),
    )


@planning.route("/planning/<user_id>/<key>.ics")
def person(user_id: str, key: str) -> AnyResponse:
    """The dates of one person, at an address that only they know."""
    user = model.User.get(user_id)
    if user is None or not user.is_active or not calendar.is_key(key, _secret(), user.id):
        return tk.abort(404)
    dated = lines_of(user)
    links = forms.addresses([(one.dataset.id, one.dataset.name) for one in dated])
    entries = [
        calendar.Entry(one.dataset.id, one.dataset.title, one.due.on, links[one.dataset.id])
        for one in dated
        if one.due
    ]
    name = tk._("Updates, {site}").format(site=tk.config["ckan.site_title"])
    answer = Response(calendar.calendar(name, entries, now()), mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _me() -> model.User:
    return cast("model.User", tk.current_user)


def _secret() -> str:
    return str(tk.config["SECRET_KEY"])


def _known_only() -> None:
    if not tk.current_user.is_authenticated:
        tk.abort(403, tk._("Log in to see the planning."))
