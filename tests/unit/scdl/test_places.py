"""Positions in France, and the two spellings that old schemas have of rules and formats."""

import pytest

from ckanext.scdl import messages
from ckanext.scdl.rules.places import in_france
from tests.unit.scdl.oracles import errors_of, ours


@pytest.mark.parametrize(
    ("longitude", "latitude", "there"),
    [
        (0.34, 46.58, True),  # Poitiers
        (9.2, 41.5, True),  # Bonifacio
        (-61.53, 16.24, True),  # Pointe-à-Pitre
        (55.45, -20.88, True),  # Saint-Denis
        (13.4, 52.5, False),  # Berlin
        (46.58, 0.34, False),
    ],
)
def test_where_france_is(longitude: float, latitude: float, *, there: bool) -> None:
    assert in_france(longitude, latitude) is there


@pytest.mark.parametrize("name", ["french-gps-coordinates", "french_gps_coordinates"])
def test_swapped_coordinates_are_told_from_those_abroad(name: str) -> None:
    descriptor = {
        "fields": [{"name": "p", "type": "geopoint", "format": "array"}],
        "custom_checks": [{"name": name, "params": {"column": "p"}}],
    }
    rows = [["[0.34, 46.58]"], ["[46.58, 0.34]"], ["[13.4, 52.5]"], ["[x]"]]
    report = ours(descriptor, ["p"], rows)
    assert errors_of(report) == {
        (3, "p", "reversed-french-gps-coordinates"),
        (4, "p", "french-gps-coordinates"),
        (5, "p", "type-error"),
    }
    assert all(messages.message(problem) for problem in report.problems())


def test_a_format_among_the_constraints_is_the_field_s() -> None:
    field = {"name": "url", "type": "string", "constraints": {"required": False, "format": "uri"}}
    report = ours({"fields": [field]}, ["url"], [["https://a.fr"], ["a.fr"]])
    assert errors_of(report) == {(3, "url", "type-error")}
