"""GTFS static: reading, refusing, service days, and the next departures with real time."""

import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoding import decode
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.gtfs.departures import Departure, moment, running_days
from ckanext.realtime.gtfs.reading import BrokenTimetable, read_gtfs
from ckanext.realtime.problems import Kind
from tests.timetables import next_departures

PARIS = "Europe/Paris"
FILES = {
    "agency.txt": "agency_id,agency_name,agency_timezone\nv,Vitalis,Europe/Paris\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,parent_station\n"
        "gare,Gare,46.5826,0.3337,\ngare-a,Gare A,46.5826,0.3337,gare\n"
        "notre-dame,Notre-Dame,46.5837,0.3450,\ncampus,Campus,46.5640,0.3820,\n"
    ),
    "routes.txt": "route_id,route_short_name,route_type,route_color\n1,1,3,E2001A\n",
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20250901,20260630\nnight,0,0,0,0,0,1,1,20250901,20260630\n"
    ),
    "calendar_dates.txt": ("service_id,date,exception_type\nweek,20251111,2\nspecial,20251111,1\n"),
    "trips.txt": (
        "trip_id,route_id,service_id,trip_headsign,direction_id,shape_id\n"
        "T1,1,week,Campus,0,s\nT2,1,week,Campus,0,s\nN,1,night,Campus,0,s\n"
        "H,1,special,Campus,0,s\n"
    ),
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "T1,08:00:00,08:00:00,gare-a,1\nT1,08:05:00,08:06:00,notre-dame,2\n"
        "T1,08:20:00,08:20:00,campus,3\n"
        "T2,08:30:00,08:30:00,gare-a,1\nT2,08:35:00,08:36:00,notre-dame,2\n"
        "T2,08:50:00,08:50:00,campus,3\n"
        "N,25:10:00,25:10:00,gare-a,1\nN,25:20:00,25:20:00,campus,2\n"
        "H,09:00:00,09:00:00,gare-a,1\nH,09:20:00,09:20:00,campus,2\n"
    ),
    "shapes.txt": (
        "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,46.56,0.38,2\ns,46.58,0.33,1\n"
    ),
}


def zipped(**changed: str | None) -> bytes:
    """The zip of FILES; ``stops="…"`` replaces stops.txt, None leaves it out."""
    files: dict[str, str | None] = {**FILES, **{f"{k}.txt": v for k, v in changed.items()}}
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            if text is not None:
                archive.writestr(name, text)
    return target.getvalue()


TIMETABLE = read_gtfs(zipped())
THURSDAY = datetime.fromisoformat("2025-10-23T07:50:00+02:00")


def departures(now: datetime, stop: str = "gare", rows: Any = ()) -> list[Departure]:
    return next_departures(TIMETABLE, stop, now, rows)


# -- reading


@pytest.mark.parametrize(
    ("name", "stops", "trips", "times", "last"),
    [
        ("gtfs/gtfs-realtime-validator/bullrunner-gtfs.zip", 125, 15, 473, "2020-12-31"),
        ("gtfs/transitland/caltrain.zip", 64, 185, 2853, "2019-10-06"),
        ("gtfs/transitland/ct.zip", 109, 176, 3498, "2024-06-01"),
        ("gtfs/transpo-rt/gtfs.zip", 9, 11, 32, "2020-12-31"),
    ],
)
def test_real_timetables_are_read(
    real_data: Path, name: str, stops: int, trips: int, times: int, last: str
) -> None:
    found = read_gtfs((real_data / "realtime" / name).read_bytes())
    assert (len(found.stops), len(found.trips)) == (stops, trips)
    assert sum(map(len, found.stop_times.values())) == times
    assert found.last_day.isoformat() == last


@pytest.mark.parametrize("name", ["gtfs-realtime-validator/badgtfs.zip", "transport-site/gtfs.zip"])
def test_real_broken_ones_are_refused(real_data: Path, name: str) -> None:
    with pytest.raises(BrokenTimetable):
        read_gtfs((real_data / "realtime/gtfs" / name).read_bytes())


def test_what_is_read_is_right() -> None:
    assert TIMETABLE.zone == PARIS
    assert TIMETABLE.routes["1"].color == "E2001A"
    assert TIMETABLE.shapes["s"] == ((46.58, 0.33), (46.56, 0.38))
    assert [one.departure for one in TIMETABLE.stop_times["N"]] == [90_600, 91_200]
    assert TIMETABLE.problems == ()


@pytest.mark.parametrize(
    ("changed", "place", "kind"),
    [
        ({"trips": None}, "trips.txt", Kind.NO_FILE),
        ({"trips": "trip_id,route_id,service_id\nT1,9,week\n"}, "trips.txt:2", Kind.DANGLING),
        ({"trips": "trip_id,route_id,service_id\n"}, "stop_times.txt:2", Kind.DANGLING),
        ({"routes": "route_id\n1\n", "stops": "stop_id\n"}, "stop_times.txt:2", Kind.DANGLING),
        ({"agency": "agency_timezone\nMars/Base\n"}, "agency.txt", Kind.DANGLING),
        (
            {"calendar": "service_id,start_date,end_date\nweek,2025,20260630\n"},
            "calendar.txt:2",
            Kind.BAD_TIME,
        ),
        (
            {"stop_times": "trip_id,arrival_time,stop_id,stop_sequence\nT1,8h,campus,1\n"},
            "stop_times.txt:2",
            Kind.BAD_TIME,
        ),
    ],
)
def test_a_broken_timetable_is_refused_with_its_place(
    changed: dict[str, str | None], place: str, kind: Kind
) -> None:
    with pytest.raises(BrokenTimetable) as caught:
        read_gtfs(zipped(**changed))
    assert (caught.value.problems[0].key, caught.value.problems[0].kind) == (place, kind)


def test_one_bad_value_refuses_nothing() -> None:
    found = read_gtfs(zipped(stops=FILES["stops.txt"].replace("46.5640", "146.5640")))
    assert [problem.kind for problem in found.problems] == [Kind.OUT_OF_RANGE]


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(Undecodable):
        read_gtfs(b"<html>")


# -- days


def test_a_service_day_begins_twelve_hours_before_noon() -> None:
    """On the two days when clocks change that is not midnight: 8:00 stays 8:00 in town."""
    for day in (date(2025, 3, 30), date(2025, 10, 26), date(2025, 7, 1)):
        local = moment(day, 8 * 3600, PARIS).astimezone(ZoneInfo(PARIS))
        assert (local.hour, local.minute) == (8, 0)
    assert moment(date(2025, 10, 26), 0, PARIS) == datetime(2025, 10, 25, 23, tzinfo=UTC)
    assert moment(date(2025, 3, 30), 0, PARIS) == datetime(2025, 3, 29, 22, tzinfo=UTC)


def test_exceptions_win_over_weekdays() -> None:
    week, special = TIMETABLE.calendars["week"], TIMETABLE.calendars["special"]
    assert week.runs(date(2025, 11, 10))
    assert not week.runs(date(2025, 11, 11))
    assert not week.runs(date(2025, 11, 8))
    assert not week.runs(date(2026, 7, 1))
    assert special.runs(date(2025, 11, 11))
    assert not special.runs(date(2025, 11, 12))


def test_yesterdays_night_buses_still_run() -> None:
    now = datetime.fromisoformat("2025-10-26T00:50:00+02:00")  # Sunday, an hour before two o'clock
    assert running_days(now, PARIS)[-2:] == [date(2025, 10, 26), date(2025, 10, 27)]
    [first, *_] = departures(now)
    assert (first.trip_id, first.service_day) == ("N", "20251025")
    assert first.scheduled == datetime.fromisoformat("2025-10-26T01:10:00+02:00")


# -- departures


def test_the_next_departures_of_a_station_are_those_of_its_platforms() -> None:
    found = departures(THURSDAY)
    assert [(one.trip_id, one.stop_id) for one in found[:2]] == [("T1", "gare-a"), ("T2", "gare-a")]
    assert found[0].scheduled == datetime.fromisoformat("2025-10-23T08:00:00+02:00")
    assert {one.status for one in found} == {"scheduled"}


def test_nobody_leaves_from_the_last_stop() -> None:
    assert departures(THURSDAY, "campus") == []


def test_a_holiday_has_its_own_service() -> None:
    found = departures(datetime.fromisoformat("2025-11-11T07:50:00+01:00"))
    assert [one.trip_id for one in found if one.service_day == "20251111"] == ["H"]


def updates(*stops: dict[str, Any], **trip: Any) -> list[dict[str, Any]]:
    """Rows of trip updates, through protobuf and our own decoder."""
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = int(THURSDAY.timestamp())
    update = pb.TripUpdate(
        trip={"trip_id": "T1", "start_date": "20251023", **trip},
        stop_time_update=stops,
        vehicle={"id": "4021"},
    )
    message.entity.add(id="e").trip_update.CopyFrom(update)
    return decode("gtfs-rt-trip-updates", message.SerializeToString(), THURSDAY).rows


def first(rows: list[dict[str, Any]], stop: str = "notre-dame") -> Departure:
    return departures(THURSDAY, stop, rows)[0]


def test_real_time_says_when_it_really_leaves() -> None:
    delayed = first(updates({"stop_sequence": 2, "departure": {"delay": 240}}))
    assert (delayed.status, delayed.delay, delayed.vehicle_id) == ("expected", 240, "4021")
    assert delayed.expected == delayed.scheduled + timedelta(minutes=4)
    at = int(datetime.fromisoformat("2025-10-23T08:07:30+02:00").timestamp())
    exact = first(updates({"stop_id": "notre-dame", "departure": {"time": at}}))
    assert exact.delay == 90


def test_a_delay_holds_for_the_stops_after_it() -> None:
    assert first(updates({"stop_sequence": 1, "departure": {"delay": 120}})).delay == 120
    assert first(updates({"stop_sequence": 3, "arrival": {"delay": 120}})).delay is None


def test_a_delay_of_another_day_is_not_todays() -> None:
    rows = updates({"stop_sequence": 1, "departure": {"delay": 120}}, start_date="20251022")
    assert first(rows).status == "scheduled"


def test_cancelled_and_skipped_are_said() -> None:
    cancelled = updates(schedule_relationship=pb.TripDescriptor.CANCELED)
    assert first(cancelled).status == "cancelled"
    skipped = updates(
        {"stop_sequence": 2, "schedule_relationship": pb.TripUpdate.StopTimeUpdate.SKIPPED}
    )
    assert first(skipped).status == "skipped"
    silent = updates(
        {"stop_sequence": 1, "departure": {"delay": 60}},
        {"stop_sequence": 2, "schedule_relationship": pb.TripUpdate.StopTimeUpdate.NO_DATA},
    )
    assert first(silent).status == "scheduled"


def test_a_bus_that_is_late_is_still_to_come_and_one_that_is_early_is_gone() -> None:
    later = datetime.fromisoformat("2025-10-23T08:10:00+02:00")
    rows = updates({"stop_sequence": 2, "departure": {"delay": 600}})
    assert departures(later, "notre-dame", rows)[0].trip_id == "T1"
    early = updates({"stop_sequence": 2, "departure": {"delay": -300}})
    at = datetime.fromisoformat("2025-10-23T08:03:00+02:00")
    assert departures(at, "notre-dame", early)[0].trip_id == "T2"


def test_a_trip_by_frequency_leaves_again_and_again() -> None:
    frequencies = "trip_id,start_time,end_time,headway_secs\nT1,08:00:00,09:00:00,1200\n"
    timetable = read_gtfs(zipped(frequencies=frequencies))
    found = next_departures(timetable, "notre-dame", THURSDAY, limit=4)
    local = [f"{one.scheduled + timedelta(hours=2):%H:%M}" for one in found]
    assert local == ["08:06", "08:26", "08:36", "08:46"]
