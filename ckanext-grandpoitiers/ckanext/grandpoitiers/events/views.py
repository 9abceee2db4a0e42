"""The addresses of events: the list, its calendar files, and the steps of registration."""

import calendar as months
import csv
import io
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.grandpoitiers.events import store as registry
from ckanext.grandpoitiers.events.calendar import Entry, calendar
from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.events.store import note_attendance
from ckanext.grandpoitiers.interchange import atom
from ckanext.grandpoitiers.pages import rules, store
from ckanext.grandpoitiers.pages.auth import writers_only
from ckanext.grandpoitiers.pages.store import Stored, Wanted
from portal_kit.cells import inert

events = Blueprint("grandpoitiers_events", __name__)

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
LONGEST_DRAWN = 62
"""Days of one event that a calendar marks."""
HONEYPOT = "website"
"""A field that people don't see: what fills it in is a program."""


@events.route("/pages/evenements/")
def index() -> str:
    """Coming events, then past ones, by type; or a month as a calendar."""
    asked = _asked()
    now = rules.now()
    month = request.args.get("mois", "")
    by_month = MONTH.fullmatch(month) is not None
    page: dict[str, Any] = {
        "types": rules.event_settings().types,
        "asked": asked,
        "kept": _kept(asked),
        "coming": [] if by_month else _listed(**asked, coming_at=now),
        "past": [] if by_month else _listed(**asked, past_at=now),
        "month": _month(month, asked) if by_month else None,
        "this_month": now.astimezone(rules.zone()).strftime("%Y-%m"),
    }
    return tk.render("events/index.html", page)


@events.route("/pages/evenements.ics")
def feed_ics() -> Response:
    """All the events as one calendar to subscribe to."""
    found = [*_listed(coming_at=rules.now()), *_listed(past_at=rules.now())]
    return _ics(tk._("Workshops and meetings"), found)


@events.route("/pages/<slug>.ics")
def file_ics(slug: str) -> Response:
    """One event as a calendar file."""
    stored = _event(slug)
    return _ics(stored.page.title, [stored])


@events.route("/pages/evenements.atom")
def feed_atom() -> Response:
    """The events as Atom, those written last first."""
    name = tk.config["ckan.site_title"]
    page = tk.h.url_for("grandpoitiers_events.index", _external=True)
    feed = atom.Feed(
        id=page,
        title=f"{tk._('Workshops and meetings')} – {name}",
        subtitle="",
        author=name,
        address=tk.h.url_for("grandpoitiers_events.feed_atom", _external=True),
        page=page,
        language=tk.h.lang(),
        entries=tuple(_atom_entry(stored) for stored in _listed()),
    )
    return Response(atom.document(feed), content_type=atom.MEDIA_TYPE)


def _atom_entry(stored: Stored) -> atom.Entry:
    return atom.Entry(
        id=f"urn:uuid:{stored.id}",
        title=_title(stored),
        address=tk.h.url_for("grandpoitiers_pages.read", slug=stored.page.slug, _external=True),
        updated=f"{stored.modified:%Y-%m-%dT%H:%M:%SZ}",
        published=f"{stored.created:%Y-%m-%dT%H:%M:%SZ}",
        summary=stored.page.summary,
    )


@events.route("/pages/<slug>/carte")
def on_a_map(slug: str) -> str:
    """Where an event takes place: a page of its own, for a map weighs more than the event."""
    stored = _event(slug)
    if stored.page.event is None or stored.page.event.latitude is None:
        return tk.abort(404, tk._("There is no map at this address."))
    return tk.render("events/map.html", {"stored": stored})


@events.route("/pages/<slug>/inscription", methods=["POST"])
def register(slug: str) -> AnyResponse | str:
    """Register: the letter leaves, and nothing is promised before its link is opened."""
    stored = _event(slug)
    if request.form.get(HONEYPOT):
        return _told("sent", stored)
    fields = {name: request.form.get(name, "") for name in ("name", "mail", "consent")}
    try:
        done = tk.get_action("grandpoitiers_event_register")({}, {"slug": slug, **fields})
    except tk.ValidationError as error:
        return tk.render(
            "pages/read.html", {"stored": stored, "asked": fields, "errors": error.error_dict}
        )
    return _told("sent" if done["sent"] else "not-sent", stored)


@events.route("/pages/<slug>/inscription/<token>", methods=["GET", "POST"])
def confirm(slug: str, token: str) -> AnyResponse | str:
    """Ask for a click: programs that open the links of letters confirm nothing."""
    return _with_link(slug, token, "confirm", "grandpoitiers_event_confirm")


@events.route("/pages/<slug>/inscription/<token>/annuler", methods=["GET", "POST"])
def cancel(slug: str, token: str) -> AnyResponse | str:
    """Withdraw, after a click."""
    return _with_link(slug, token, "cancel", "grandpoitiers_event_cancel")


@events.route("/pages/<slug>/inscrits", methods=["GET", "POST"])
def registered(slug: str) -> AnyResponse | str:
    """The attendance sheet of the organisers; `?format=csv` exports it."""
    stored = _event(slug)
    writers_only()
    if request.method == "POST":
        present = set(request.form.getlist("came"))
        listed = registry.registered(stored.id)
        note_attendance(stored.id, {one.id: one.id in present for one, _ in listed})
        tk.h.flash_success(tk._("Attendance is noted."))
        return tk.redirect_to("grandpoitiers_events.registered", slug=slug)
    people = tk.get_action("grandpoitiers_event_registrations")({}, {"slug": slug})
    if request.args.get("format") == "csv":
        return _csv(slug, people)
    return tk.render(
        "events/registered.html", {"stored": stored, "people": people, "states": _states()}
    )


def _with_link(slug: str, token: str, verb: str, action: str) -> AnyResponse | str:
    stored = _event(slug)
    if request.method == "GET":
        return tk.render("events/step.html", {"stored": stored, "verb": verb})
    try:
        done = tk.get_action(action)({}, {"token": token})
    except tk.ValidationError as error:
        # Not from the summary: its keys are in the reader's language.
        sentence = cast("list[str]", error.error_dict["registration"])[0]
        return tk.render("events/told.html", {"stored": stored, "refused": sentence})
    return _told(done["state"], stored)


def _told(what: str, stored: Stored) -> str:
    return tk.render("events/told.html", {"stored": stored, "what": what})


def _event(slug: str) -> Stored:
    stored = store.find(slug)
    if stored is None or stored.page.event is None:
        return tk.abort(404, tk._("There is no event at this address."))
    try:
        tk.check_access("grandpoitiers_page_show", {}, {"stored": stored})
    except tk.NotAuthorized:
        return tk.abort(404, tk._("There is no event at this address."))
    return stored


def _listed(**wanted: Any) -> list[Stored]:
    everything = Wanted(
        kinds=["event"], audiences=rules.audiences(tk.current_user.name), seen_at=rules.now()
    )
    return store.listed(replace(everything, **wanted))


def _asked() -> dict[str, Any]:
    """What the form above the list asks for; what means nothing asks for all."""
    kind, where = request.args.get("type", ""), request.args.get("lieu", "")
    return {
        "type": kind if kind in rules.event_settings().types else "",
        "where": where if where in ("place", "distance") else "",
        "replay": request.args.get("replay") == "1",
    }


def _kept(asked: dict[str, Any]) -> dict[str, Any]:
    """The parameters that ask for it, without blank ones."""
    return {
        "type": asked["type"] or None,
        "lieu": asked["where"] or None,
        "replay": "1" if asked["replay"] else None,
    }


def _month(written: str, asked: dict[str, Any]) -> dict[str, Any]:
    """A month as weeks of days, each with its events: `{"day", "events", "in", "today"}`."""
    year, number = map(int, written.split("-"))
    first, today = date(year, number, 1), rules.now().astimezone(rules.zone()).date()
    by_day: dict[date, list[Stored]] = {}
    begins = datetime(year, number, 1, tzinfo=rules.zone()) - timedelta(days=7)
    for stored in _listed(**asked, coming_at=begins):
        for day in _days(stored.page.event):
            by_day.setdefault(day, []).append(stored)
    weeks = months.Calendar().monthdatescalendar(year, number)
    return {
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + timedelta(days=31)).strftime("%Y-%m"),
        "weeks": [
            [
                {
                    "day": day,
                    "events": by_day.get(day, []),
                    "in": day.month == number,
                    "today": day == today,
                }
                for day in week
            ]
            for week in weeks
        ],
    }


def _days(event: EventDetails | None) -> list[date]:
    """The local days that an event touches; one that ends at midnight does not begin another."""
    if event is None:
        return []
    last = max(event.starts, event.ends - timedelta(microseconds=1))
    first_day, last_day = (one.astimezone(rules.zone()).date() for one in (event.starts, last))
    number = min((last_day - first_day).days, LONGEST_DRAWN)
    return [first_day + timedelta(days=more) for more in range(number + 1)]


def _title(stored: Stored) -> str:
    """What a calendar or a feed calls it: many show nothing else."""
    page = stored.page
    if page.event is not None and page.event.cancelled:
        return tk._("Cancelled: {title}").format(title=page.title)
    return page.title


def _ics(name: str, found: list[Stored]) -> Response:
    host = tk.h.get_site_protocol_and_host()[1]
    entries = [
        Entry(
            uid=f"{stored.id}@{host}",
            title=_title(stored),
            summary=stored.page.summary,
            link=tk.h.url_for("grandpoitiers_pages.read", slug=stored.page.slug, _external=True),
            changed=stored.modified,
            event=stored.page.event,
            version=stored.version,
        )
        for stored in found
        if stored.page.event is not None
    ]
    return Response(calendar(name, entries), mimetype="text/calendar")


def _states() -> dict[str, str]:
    """What a sheet calls the states of a registration."""
    return {
        "pending": tk._("not confirmed"),
        "confirmed": tk._("has a seat"),
        "waiting": tk._("waits"),
        "cancelled": tk._("withdrew"),
    }


def _csv(slug: str, people: list[dict[str, Any]]) -> Response:
    out, states = io.StringIO(), _states()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([tk._("Name"), tk._("E-mail"), tk._("State"), tk._("Came")])
    for one in people:
        came = {True: tk._("Yes"), False: tk._("No")}.get(one["came"], "")
        cells = [one["name"], one["mail"], states[one["state"]], came]
        writer.writerow([inert(cell) for cell in cells])
    response = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={slug}.csv"
    return response
