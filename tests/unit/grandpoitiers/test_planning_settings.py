"""What planning.yaml says."""

import pytest

from ckanext.grandpoitiers.planning.settings import PlanningError, read_planning_settings
from ckanext.scdl.registry import Registry
from portal_kit.configuration import read_yaml


def test_our_own_file_is_read_and_its_schemas_exist() -> None:
    settings = read_planning_settings(read_yaml("planning.yaml"))
    assert settings.steps == (-15, 0, 15)
    known = {schema.name for schema in Registry.standard()}
    assert settings.obligations.keys() <= known


def test_an_empty_file_reminds_nobody() -> None:
    settings = read_planning_settings(None)
    assert (settings.steps, settings.obligation(["scdl/subventions"])) == ((), "")


def test_of_two_schemas_the_most_demanding_decides() -> None:
    settings = read_planning_settings({"obligations": {"a/a": "ANNUAL", "b/b": "MONTHLY"}})
    assert settings.obligation(["a/a", "b/b", "c/c"]) == "MONTHLY"


@pytest.mark.parametrize(
    "document",
    [
        {"reminders": "chaque semaine"},
        {"reminders": ["-15"]},
        {"obligations": ["scdl/budget"]},
        {"obligations": {"scdl/budget": "CHAQUE ANNEE"}},
        {"obligations": {"scdl/budget": ["ANNUAL"]}},
    ],
)
def test_what_can_t_be_used_is_named(document: object) -> None:
    with pytest.raises(PlanningError):
        read_planning_settings(document)
