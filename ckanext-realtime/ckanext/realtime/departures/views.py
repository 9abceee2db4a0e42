"""``/realtime/<name>/stops/``: the stops of a timetable; ``…/stops/<id>``: the next departures of
one; ``…/vehicles``: where each vehicle is on its line; ``…/alerts.json``: the alerts in force. Each
page works without scripts and is there as JSON too.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify

from ckanext.realtime.departures.reading import Network
from ckanext.realtime.original_views import found
from ckanext.realtime.publishing import write_session
from ckanext.realtime.rows import STOPS
from ckanext.realtime.store.schema import ensure

feed_departures = Blueprint("realtime_departures", __name__)

SHOWN = 20


@feed_departures.route("/realtime/<name>/stops/", strict_slashes=False)
def index(name: str) -> str:
    """Every stop, by name."""
    with _network(name) as network:
        extra = {"feed": network.known.feed, "stops": network.stops(), "alerts": network.alerts()}
        return tk.render("realtime/departures/index.html", extra)


@feed_departures.route("/realtime/<name>/stops/<path:stop_id>")
def stop(name: str, stop_id: str) -> Response | str:
    """The next departures and the alerts of a stop; with ``.json`` at the end, as data."""
    with _network(name) as network:
        place, as_data = network.stop(stop_id), False
        if place is None and stop_id.endswith(".json"):
            place, as_data = network.stop(stop_id.removesuffix(".json")), True
        if place is None:
            return tk.abort(404, tk._("There is no such stop."))
        departures, alerts = network.departures(place.id, SHOWN), network.alerts(place.id)
        if as_data:
            return _data({"stop": place.id, "departures": departures, "alerts": alerts})
        extra = {"feed": network.known.feed, "stop": place, "departures": departures}
        return tk.render("realtime/departures/stop.html", {**extra, "alerts": alerts})


@feed_departures.route("/realtime/<name>/vehicles")
def vehicles(name: str) -> str:
    """Where each vehicle is on its line."""
    with _network(name) as network:
        extra = {"feed": network.known.feed, "alerts": network.alerts()}
        return tk.render(
            "realtime/departures/vehicles.html", {**extra, "vehicles": network.vehicles()}
        )


@feed_departures.route("/realtime/<name>/vehicles.json")
def vehicles_data(name: str) -> Response:
    """The same as data."""
    with _network(name) as network:
        return _data({"vehicles": network.vehicles()})


@feed_departures.route("/realtime/<name>/alerts.json")
def alerts_data(name: str) -> Response:
    """The alerts in force, as data."""
    with _network(name) as network:
        return _data({"alerts": network.alerts()})


@contextmanager
def _network(name: str) -> Generator[Network]:
    """The network of a GTFS feed; the page is not there before its first timetable."""
    known = found(name)
    with write_session() as session:
        ensure(session)
        with session.cursor() as cursor:
            network = Network.of(cursor, known) if known.table.name == STOPS.name else None
            yield network or tk.abort(404)


def _data(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
