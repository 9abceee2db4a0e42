"""The directory of référents, the page of each, and the figures of services."""

import csv
import io
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.grandpoitiers.planning import attendance, directory, figures, reckoning
from ckanext.grandpoitiers.planning.directory import Referent
from ckanext.grandpoitiers.planning.standing import today
from ckanext.grandpoitiers.visibility.permission import is_agent
from portal_kit.cells import inert

people = Blueprint("grandpoitiers_referents", __name__)

PAGE = 100
"""Référents on one page."""


@people.route("/referents")
def index() -> str:
    """Everybody in charge of something, or who may be."""
    _agents_only()
    everybody = directory.directory(tk.current_user.name)
    word = request.args.get("q", "").strip()
    found = [one for one in everybody if _matches(one, word.casefold())]
    page = max(1, request.args.get("page", 1, type=int))
    shown = found[(page - 1) * PAGE : page * PAGE]
    values = {
        "people": shown,
        "meetings": attendance.of([one.id for one in shown]),
        "word": word,
        "total": len(found),
        "page": page,
        "pages": -(-len(found) // PAGE) or 1,
    }
    return tk.render("planning/referents.html", values)


@people.route("/referents/<name>")
def person(name: str) -> str:
    """What somebody is in charge of, whom they stand in for, the meetings they attended."""
    _agents_only()
    everybody = directory.directory(tk.current_user.name)
    found = next((one for one in everybody if one.name == name), None)
    if found is None:
        return tk.abort(404, tk._("Nobody in the directory has this name."))
    values = {
        "person": found,
        "charge": [one.as_dict() for one in found.charge],
        "stands_in": [one.as_dict() for one in found.stands_in],
        "meetings": attendance.of([found.id]).get(found.id, []),
    }
    return tk.render("planning/referent.html", values)


@people.route("/bilan")
def balance() -> str:
    """The figures of each service over a period, on one page that prints."""
    _agents_only()
    begins, ends = _period()
    found = reckoning.services(begins, ends)
    values = {
        "services": found,
        "total": figures.total(found, tk._("All services")),
        "begins": begins.isoformat(),
        "ends": ends.isoformat(),
        "today": today().isoformat(),
        "past": reckoning.past(begins, ends),
        "over_time": reckoning.over_time(begins, ends, found),
    }
    return tk.render("planning/balance.html", values)


@people.route("/bilan-mois.csv")
def months_table() -> AnyResponse:
    """The quality and the delays of each service, month after month, for a spreadsheet."""
    _agents_only()
    begins, ends = _period()
    found = reckoning.over_time(begins, ends, reckoning.services(begins, ends))
    lines: list[list[str]] = [["service", "month", "valid_share", "late"]]
    for row in found["rows"]:
        for month, cell in zip(
            (*found["months"], "today"), (*row["cells"], row["today"]), strict=True
        ):
            if cell is not None:
                share = cell["valid_share"]
                said = "" if share is None else f"{share:.2f}"
                lines.append([row["title"], month, said, str(cell["late"])])
    return _csv(lines, "bilan-mois.csv")


@people.route("/bilan.csv")
def balance_table() -> AnyResponse:
    """The same for a spreadsheet."""
    _agents_only()
    lines = [one.cells() for one in reckoning.services(*_period())]
    return _csv([list(figures.COLUMNS), *lines], "bilan.csv")


def _csv(lines: list[list[str]], name: str) -> AnyResponse:
    out = io.StringIO()
    csv.writer(out).writerows([inert(cell) for cell in line] for line in lines)
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _period() -> Any:
    return figures.period(request.args.get("begins", ""), request.args.get("ends", ""), today())


def _matches(one: Referent, word: str) -> bool:
    return not word or any(word in text.casefold() for text in (one.fullname, *one.services))


def _agents_only() -> None:
    if not tk.current_user.is_authenticated or not is_agent(tk.current_user.name):
        tk.abort(403, tk._("This page is for the agents of the portal's organisations."))
