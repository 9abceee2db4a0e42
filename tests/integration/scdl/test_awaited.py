"""What is awaited of somebody, and what they have handed over already, wherever it is told."""

from typing import Any

import pytest

from tests.integration.scdl.team import Act, token


@pytest.fixture
def planned(act: Act, resource: dict[str, Any], team: dict[str, Any]) -> dict[str, Any]:
    """The file's dataset is late, of the référent and of a plain member."""
    return act(
        "val", "grandpoitiers_plan_update", id=resource["package_id"], due="2020-01-06",
        referent=team["ref"]["name"], stand_in=team["member"]["name"],
    )  # fmt: skip


def test_nobody_is_reminded_of_what_they_handed_over_until_it_is_returned(
    act: Act, planned: dict[str, Any], hand_over: Act, team: dict[str, Any],
    ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from ckan.lib import mailer

    from ckanext.grandpoitiers.planning import letters

    told: set[str] = set()
    monkeypatch.setattr(mailer, "mail_user", lambda user, _subject, _body: told.add(user.id))
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")
    one = hand_over()
    letters.remind()
    assert not told & {team["ref"]["id"], team["member"]["id"]}
    act("val", "scdl_submission_return", id=one["id"], comment="il manque l’Ouest")
    letters.remind()
    assert told >= {team["ref"]["id"], team["member"]["id"]}


def test_pages_say_what_is_handed_over_and_a_version_asked_for_is_no_file(
    app: Any, act: Act, planned: dict[str, Any], resource: dict[str, Any], team: dict[str, Any],
    hand_over: Act,
) -> None:  # fmt: skip
    referent = token(team["ref"])
    handed = "il attend sa validation"
    first = hand_over()
    assert handed in app.get("/planning", headers=referent).body
    assert handed in app.get("/depots", headers=referent).body
    act("val", "scdl_submission_publish", id=first["id"])
    act("ref", "scdl_version_restore", id=resource["id"], number=1)
    for path in ("/planning", "/depots"):
        assert handed not in app.get(path, headers=referent).body, path


def test_the_menu_leads_those_it_concerns_to_their_page(
    app: Any, planned: dict[str, Any], team: dict[str, Any]
) -> None:
    from ckan.tests import factories

    for user, expected in ((team["ref"], True), (team["member"], True), (factories.User(), False)):
        page = app.get("/dataset/", headers=token(user)).body
        assert ('href="/depots"' in page) is expected, user
