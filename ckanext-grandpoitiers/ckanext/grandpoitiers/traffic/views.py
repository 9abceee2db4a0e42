"""`/frequentation`: what the portal is used for, for administrators; the same as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request, stream_with_context

from ckanext.grandpoitiers.traffic import asked, store
from ckanext.grandpoitiers.traffic.actions import DAYS, LONGEST, today
from portal_kit.cells import inert

traffic = Blueprint("grandpoitiers_traffic", __name__)

PERIODS = (7, 30, 90, 365)
HEADER = ("day", "kind", "id", "name", "people", "robots")


@traffic.route("/frequentation")
def index() -> str:
    """Totals of a period, its datasets, its searches."""
    days = _days()
    shown = tk.get_action("grandpoitiers_traffic_show")({}, {"days": days})
    kinds = {kind: {"people": 0, "robots": 0} for kind in asked.KINDS}
    daily: dict[str, dict[str, int]] = {}
    for row in shown["days"]:
        for who in ("people", "robots"):
            kinds[row["kind"]][who] += row[who]
        day = daily.setdefault(row["day"], {"views": 0, "taken": 0})
        day["taken" if row["kind"] in asked.PROGRAMS else "views"] += row["people"]
    extra = {
        "shown": shown,
        "kinds": kinds,
        "daily": sorted(daily.items(), reverse=True),
        "most": max((one["views"] + one["taken"] for one in daily.values()), default=0),
        "days": days,
        "periods": PERIODS,
    }
    return tk.render("traffic/index.html", extra)


@traffic.route("/frequentation.csv")
def table() -> Response:
    """Every count of a period, for a spreadsheet."""
    _administrators_only()
    since = today() - timedelta(days=_days() - 1)

    def lines() -> Iterator[str]:
        for number, row in enumerate((HEADER, *store.every_row(since))):
            line = io.StringIO()
            if number == 0:
                # Excel takes a file without this mark for its own encoding.
                line.write("\ufeff")
            csv.writer(line).writerow([inert(str(cell)) for cell in row])
            yield line.getvalue()

    response = Response(stream_with_context(lines()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="frequentation.csv"'
    return response


@traffic.before_request
def _administrators_only() -> None:
    try:
        tk.check_access("grandpoitiers_traffic_show", {}, {})
    except tk.NotAuthorized as error:
        # Somebody who is not signed in is asked to be, by CKAN.
        tk.abort(403, error.message or "")


def _days() -> int:
    said = request.args.get("days", DAYS, type=int)
    return min(max(said, 1), LONGEST)
