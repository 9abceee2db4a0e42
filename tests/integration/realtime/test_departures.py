"""A GTFS feed: its stops are rows, its zip has an address, departures know of the delays."""

from datetime import UTC, datetime
from typing import Any

from ckan.tests import factories, helpers

from ckanext.realtime import registry
from ckanext.realtime.taking import Answer, Took, take
from portal_kit.configuration import read_yaml
from portal_kit.simulator import buses, gtfs, network


def test_the_timetable_in_force_and_its_delays(app: Any, in_request: Any, session: Any) -> None:
    town = network.read(read_yaml("demo/network.yaml"))
    now = datetime.now(UTC)
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])["name"]
    context = {"user": helpers.call_action("get_site_user")["name"], "ignore_auth": True}
    known = []
    for name, kind in (("essai-gtfs", "gtfs"), ("essai-passages", "gtfs-rt-trip-updates")):
        helpers.call_action(
            "realtime_feed_create", context, name=name, title=name, kind=kind, dataset=dataset
        )
        feed = registry.find(name)
        assert feed
        known.append(feed)
    app.get("/realtime/essai-gtfs/stops/", status=404)
    zipped = gtfs.timetable(town, now.year)
    assert take(session, known[0], Answer(zipped), now).written.inserted == len(town.stops)
    take(session, known[1], Answer(buses.trip_updates(town, now)), now)
    assert "Notre-Dame" in app.get("/realtime/essai-gtfs/stops/").body
    told = app.get("/realtime/essai-gtfs/stops/notre-dame.json").json["departures"]
    assert told
    assert {one["status"] for one in told} <= {"scheduled", "expected"}
    assert told == sorted(told, key=lambda one: one["expected"] or one["scheduled"])
    assert told[0]["headsign"] in app.get("/realtime/essai-gtfs/stops/notre-dame").body
    # A broken one changes nothing of the one in force.
    assert take(session, known[0], Answer(zipped[:-40]), now).took is Took.REFUSED
    original = app.get("/realtime/essai-gtfs/original")
    assert (original.data, original.mimetype) == (zipped, "application/zip")
    assert app.get("/realtime/essai-gtfs/stops/nowhere", status=404)
