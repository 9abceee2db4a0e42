"""``/realtime/<name>/stops/``: the stops of a timetable; ``…/stops/<id>``: the next departures of
one, and the same as JSON. Both work without scripts.
"""

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

from ckanext.realtime.departures import reading
from ckanext.realtime.gtfs.timetable import Timetable
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.original_views import found
from ckanext.realtime.rows import STOPS

feed_departures = Blueprint("realtime_departures", __name__)

SHOWN = 20


@feed_departures.route("/realtime/<name>/stops/", strict_slashes=False)
def index(name: str) -> str:
    """Every stop, by name."""
    known, timetable = _found(name)
    served = {time.stop_id for times in timetable.stop_times.values() for time in times}
    stops = sorted(
        (stop for stop in timetable.stops.values() if stop.id in served),
        key=lambda stop: stop.name.casefold(),
    )
    return tk.render("realtime/departures/index.html", {"feed": known.feed, "stops": stops})


@feed_departures.route("/realtime/<name>/stops/<path:stop_id>")
def stop(name: str, stop_id: str) -> Response | str:
    """The next departures; with ``.json`` at the end, as data."""
    known, timetable = _found(name)
    wanted, as_data = stop_id, False
    if stop_id not in timetable.stops and stop_id.endswith(".json"):
        wanted, as_data = stop_id.removesuffix(".json"), True
    if wanted not in timetable.stops:
        return tk.abort(404, tk._("There is no such stop."))
    departures = reading.of_stop(known, timetable, wanted, SHOWN)
    if as_data:
        response = jsonify({"stop": wanted, "departures": departures})
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    extra = {"feed": known.feed, "stop": timetable.stops[wanted], "departures": departures}
    return tk.render("realtime/departures/stop.html", extra)


def _found(name: str) -> tuple[KnownFeed, Timetable]:
    known = found(name)
    timetable = reading.timetable(known) if known.table.name == STOPS.name else None
    return (known, timetable) if timetable else tk.abort(404)
