"""`ckan grandpoitiers seed` on a real CKAN."""

from typing import Any

import pytest
from ckan.cli.cli import ckan
from ckan.tests import factories, helpers

from ckanext.grandpoitiers import seeding
from ckanext.grandpoitiers.organisations.tree import organisation_tree

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context")


def rename(kind: str, name: str, title: str) -> None:
    """What an administrator does on screen."""
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
    helpers.call_action(f"{kind}_patch", context=context, id=name, title=title)


def outcomes(force: bool = False) -> set[str]:
    steps = seeding.prepare(force)
    seeding.carry_out(steps)
    return {step.outcome for step in steps}


def test_a_dry_run_says_and_writes_nothing(cli: Any) -> None:
    """`--dry-run` names what would be created."""
    told = cli.invoke(ckan, ["grandpoitiers", "seed", "--dry-run"])
    assert told.exit_code == 0, told.output
    assert "Transports, déplacements" in told.output
    assert helpers.call_action("group_list") == []


def test_a_run_can_be_repeated_and_respects_what_people_changed(app: Any) -> None:
    """One test for the whole story: creating 64 groups takes seconds."""
    assert outcomes() == {"created"}
    assert outcomes() == {"unchanged"}
    # … the tree is that of the configuration files …
    (top,) = organisation_tree()
    assert top.title == "Grand Poitiers Communauté urbaine"
    assert len(top.communes) == 40
    assert "Mobilités et stationnement" in [child.title for child in top.children]
    assert len(helpers.call_action("group_list")) == 13
    # … a title changed on screen survives every run …
    rename("group", "transports", "Se déplacer")
    rename("organization", "mobilites", "Bus")
    assert outcomes() == {"unchanged", "kept"}
    assert helpers.call_action("group_show", id="transports")["title"] == "Se déplacer"
    # … unless it is forced, and then nothing else of the organisation is lost.
    assert outcomes(force=True) == {"unchanged", "updated"}
    shown = helpers.call_action("organization_show", id="mobilites")
    assert shown["title"] == "Mobilités et stationnement"
    assert [parent["name"] for parent in shown["groups"]] == ["grand-poitiers"]
