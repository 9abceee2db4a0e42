"""Every classic rule of gtfs-rt-validator has a sentence of ours."""

import pkgutil
from datetime import UTC, datetime

import pytest
from google.transit import gtfs_realtime_pb2 as pb
from gtfs_rt_validator.rules import upstream

from ckanext.realtime.quality.rules import OTHER, RULES, sentence
from ckanext.realtime.quality.validator import NoVerdict, judging
from portal_kit.configuration import read_yaml
from portal_kit.simulator import gtfs, network

NOW = datetime(2025, 10, 23, 6, tzinfo=UTC)


def test_every_rule_that_the_validator_can_report_has_a_sentence() -> None:
    classic = {one.name.upper() for one in pkgutil.iter_modules(upstream.__path__)}
    assert classic == set(RULES)
    assert sentence("S024") == OTHER


def test_a_trip_that_is_not_in_the_timetable_is_an_error() -> None:
    message = pb.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    message.header.timestamp = int(NOW.timestamp())
    update = message.entity.add(id="e").trip_update
    update.trip.trip_id = "nowhere"
    update.stop_time_update.add(stop_sequence=1).departure.delay = 60
    town = network.read(read_yaml("demo/network.yaml"))
    with judging(gtfs.timetable(town, NOW.year)) as judge:
        verdict = judge.verdict(message.SerializeToString(), NOW)
    found = {one.rule: one for one in verdict.findings}
    assert found["E003"].error
    assert found["E003"].examples == ("trip_id nowhere",)
    assert verdict.errors
    assert not any(one.error for one in verdict.findings if one.rule[0] != "E")


def test_a_timetable_that_it_cannot_read_gives_no_verdict() -> None:
    with pytest.raises(NoVerdict), judging(b"PK"):
        pass
