"""The planning through its pages and actions, as référents and administrators use it."""

import email.policy
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
from aiosmtpd.controller import Controller
from ckan import model
from ckan.lib import mailer
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.planning import letters, standing
from portal_kit.ports import free_port

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")
MONTHLY = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"


@pytest.fixture
def town() -> dict[str, Any]:
    """An organisation with its administrator, an editor, and somebody else's editor."""
    admin, editor, other = (factories.UserWithToken() for _ in range(3))
    owner = factories.Organization(
        title="Finances",
        users=[
            {"name": admin["name"], "capacity": "admin"},
            {"name": editor["name"], "capacity": "editor"},
        ],
    )
    factories.Organization(users=[{"name": other["name"], "capacity": "editor"}])
    return {"owner": owner, "admin": admin, "editor": editor, "other": other}


@pytest.fixture
def budget(town: dict[str, Any]) -> dict[str, Any]:
    """A dataset to be updated each month, whose file came forty days ago."""
    dataset = factories.Dataset(title="Budget", owner_org=town["owner"]["id"], frequency=MONTHLY)
    factories.Resource(package_id=dataset["id"], url="https://ville.fr/budget.csv")
    aged(dataset["id"], 40)
    return dataset


def aged(package_id: str, days: int) -> None:
    moment = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)
    model.Session.query(model.Resource).filter_by(package_id=package_id).update(
        {"created": moment, "last_modified": moment}
    )
    model.Session.commit()


def act(who: dict[str, Any], action: str, **data: Any) -> Any:
    return helpers.call_action(action, {"user": who["name"], "ignore_auth": False}, **data)


def test_what_is_late_comes_first_and_only_to_those_concerned(
    town: dict[str, Any], budget: dict[str, Any]
) -> None:
    factories.Dataset(title="Sans date", owner_org=town["owner"]["id"])
    listed = act(town["editor"], "grandpoitiers_planning_list")
    assert [(one["title"], one["standing"]) for one in listed] == [
        ("Budget", "late"),
        ("Sans date", "unplanned"),
    ]
    assert act(town["other"], "grandpoitiers_planning_list") == []
    late = act(town["editor"], "grandpoitiers_planning_list", standing="late")
    assert [one["name"] for one in late] == [budget["name"]]


def test_a_harvested_dataset_is_not_planned_here(town: dict[str, Any]) -> None:
    import ckan.plugins.toolkit as tk

    dataset = factories.Dataset(owner_org=town["owner"]["id"], harvest_guid="guid")
    assert act(town["editor"], "grandpoitiers_planning_list") == []
    with pytest.raises(tk.ValidationError, match="catalogue"):
        act(town["admin"], "grandpoitiers_plan_update", id=dataset["id"], due="2030-01-01")


def test_an_administrator_plans_and_a_new_file_begins_the_next_period(
    town: dict[str, Any], budget: dict[str, Any]
) -> None:
    line = act(
        town["admin"],
        "grandpoitiers_plan_update",
        id=budget["name"],
        referent=town["editor"]["name"],
        due="2031-01-01",
    )
    assert (line["due"], line["why"], line["standing"]) == ("2031-01-02", "by-hand", "fine")
    assert line["referent"] == town["editor"]["name"]
    aged(budget["id"], -1)
    [line] = act(town["editor"], "grandpoitiers_planning_list", person=town["editor"]["name"])
    assert line["why"] == "frequency"


def test_what_is_wrong_in_a_plan_is_said_and_nothing_is_kept(
    town: dict[str, Any], budget: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    with pytest.raises(tk.ValidationError) as refused:
        act(
            town["admin"],
            "grandpoitiers_plan_update",
            id=budget["id"],
            referent=town["other"]["name"],
            stand_in="personne",
            due="bientôt",
        )
    assert set(refused.value.error_dict) == {"referent", "stand_in", "due"}
    [line] = act(town["editor"], "grandpoitiers_planning_list")
    assert (line["referent"], line["why"]) == ("", "frequency")


def test_nobody_stands_in_for_themselves(town: dict[str, Any], budget: dict[str, Any]) -> None:
    import ckan.plugins.toolkit as tk

    name = town["editor"]["name"]
    act(town["admin"], "grandpoitiers_plan_update", id=budget["id"], referent=name)
    with pytest.raises(tk.ValidationError) as refused:
        act(town["admin"], "grandpoitiers_plan_update", id=budget["id"], stand_in=name)
    assert set(refused.value.error_dict) == {"stand_in"}


def test_a_plain_member_may_be_in_charge_and_opens_the_plan(
    app: Any, town: dict[str, Any], budget: dict[str, Any]
) -> None:
    member = factories.UserWithToken()
    helpers.call_action(
        "organization_member_create", id=town["owner"]["id"], username=member["name"], role="member"
    )
    headers, address = {"Authorization": member["token"]}, f"/planning/{budget['name']}"
    app.get(address, headers=headers, status=404)
    act(town["admin"], "grandpoitiers_plan_update", id=budget["id"], referent=member["name"])
    assert "Budget" in app.get(address, headers=headers, status=200).body
    app.post(address, data={"referent": "", "due": ""}, headers=headers, status=403)


def test_who_leaves_the_organisation_keeps_nothing_of_it(
    app: Any, town: dict[str, Any], budget: dict[str, Any]
) -> None:
    """Named still, in the planning: neither a page, nor the calendar, nor a letter says more."""
    import ckan.plugins.toolkit as tk

    editor = town["editor"]
    act(town["admin"], "package_patch", id=budget["id"], private=True)
    act(town["admin"], "grandpoitiers_plan_update", id=budget["id"], referent=editor["name"])
    headers = {"Authorization": editor["token"]}
    page = app.get("/planning", headers=headers).body
    assert "Budget" in page
    (calendar,) = re.findall(r"/planning/[\w-]+/\w+\.ics", page)
    assert "Budget" in app.get(calendar).body
    left = {"id": town["owner"]["id"], "username": editor["name"]}
    act(town["admin"], "organization_member_delete", **left)
    for path in ("/planning", "/planning?person=", "/planning.csv", "/planning/calendrier"):
        assert "Budget" not in app.get(path, headers=headers).body
    assert "Budget" not in app.get(calendar).body
    app.get(f"/planning/{budget['name']}", headers=headers, status=404)
    assert act(editor, "grandpoitiers_planning_list") == []
    resource = helpers.call_action("package_show", id=budget["id"])["resources"][0]["id"]
    with pytest.raises(tk.NotAuthorized):
        tk.check_access("scdl_deposit_create", {"user": editor["name"]}, {"resource_id": resource})


def test_only_administrators_of_the_organisation_plan(
    town: dict[str, Any], budget: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    for who in ("editor", "other"):
        with pytest.raises(tk.NotAuthorized):
            act(town[who], "grandpoitiers_plan_update", id=budget["id"], due="2031-01-01")


def test_the_pages_are_for_those_who_are_signed_in(
    app: Any, town: dict[str, Any], budget: dict[str, Any]
) -> None:
    for path in ("/planning", "/planning.csv", f"/planning/{budget['name']}"):
        app.get(path, status=403)
    headers = {"Authorization": town["editor"]["token"]}
    page = app.get("/planning", headers=headers).body
    assert "Budget" in page
    assert "En retard" in page
    assert "Budget" in app.get("/planning.csv?standing=late", headers=headers).body
    stranger = {"Authorization": town["other"]["token"]}
    app.get(f"/planning/{budget['name']}", headers=stranger, status=404)


def test_the_form_keeps_what_the_administrator_chose(
    app: Any, town: dict[str, Any], budget: dict[str, Any]
) -> None:
    headers = {"Authorization": town["admin"]["token"]}
    form = {"referent": town["editor"]["name"], "stand_in": town["admin"]["name"], "due": ""}
    address = f"/planning/{budget['name']}"
    app.post(address, data=form, headers=headers, follow_redirects=False, status=302)
    [line] = act(town["editor"], "grandpoitiers_planning_list")
    assert (line["referent"], line["stand_in"]) == (form["referent"], form["stand_in"])
    wrong = app.post(address, data={**form, "due": "demain"}, headers=headers, status=200)
    assert "2026-12-31" in wrong.body


def test_a_calendar_opens_with_its_key_alone(
    app: Any, town: dict[str, Any], budget: dict[str, Any]
) -> None:
    import re

    editor = town["editor"]
    act(town["admin"], "grandpoitiers_plan_update", id=budget["id"], referent=editor["name"])
    page = app.get("/planning", headers={"Authorization": editor["token"]}).body
    [address] = re.findall(r"(/planning/[\w-]+/[0-9a-f]{40}\.ics)", page)
    [event] = icalendar.Calendar.from_ical(app.get(address).body).walk("VEVENT")
    assert event["summary"] == "Budget"
    app.get(address.replace(".ics", "0.ics"), status=404)


def test_visitors_read_what_the_administrators_chose(
    app: Any, town: dict[str, Any], budget: dict[str, Any], ckan_config: Any
) -> None:
    address = f"/dataset/{budget['name']}"
    assert "attendue depuis" in app.get(address).body
    ckan_config["ckanext.grandpoitiers.planning.shown"] = "nothing"
    assert "attendue depuis" not in app.get(address).body
    ckan_config["ckanext.grandpoitiers.planning.shown"] = "late"
    assert "attendue depuis" in app.get(address).body
    aged(budget["id"], 0)
    assert "dataset-due" not in app.get(address).body


def test_one_letter_a_person_and_each_step_once(
    town: dict[str, Any],
    budget: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    ckan_config: Any,
    test_request_context: Callable[..., Any],
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(mailer, "mail_user", lambda user, subject, body: sent.append(body))
    act(
        town["admin"], "grandpoitiers_plan_update", id=budget["id"], referent=town["editor"]["name"]
    )
    with test_request_context():
        assert letters.remind() == 0, "there is no mail server yet: nothing is lost"
        monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")
        assert (letters.remind(), letters.remind()) == (1, 0)
    [body] = sent
    assert f"/planning/{budget['name']}" in body


class Post:
    """A server of mail that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 OK"


@pytest.fixture
def post() -> Iterator[tuple[Post, str]]:
    """The server, listening, and its address."""
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield kept, f"127.0.0.1:{controller.port}"
    controller.stop()


def test_reminders_leave_at_each_step_by_a_real_server_of_mail(
    town: dict[str, Any],
    post: tuple[Post, str],
    monkeypatch: pytest.MonkeyPatch,
    ckan_config: Any,
    test_request_context: Callable[..., Any],
) -> None:
    """Fifteen days before, on the day, fifteen days after; one letter for all of a person's."""
    kept, address = post
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")
    monkeypatch.setitem(ckan_config, "smtp.server", address)
    monkeypatch.setitem(ckan_config, "smtp.starttls", False)
    editor = town["editor"]
    names = [factories.Dataset(title=title, owner_org=town["owner"]["id"])["name"]
             for title in ("Budget", "Subventions")]  # fmt: skip
    for name in names:
        act(town["admin"], "grandpoitiers_plan_update", id=name, referent=editor["name"],
            due="2031-04-10")  # fmt: skip
    package_id = act(town["admin"], "package_show", id=names[0])["id"]
    file = factories.Resource(package_id=package_id, url="budget.csv", url_type="upload")
    left: list[str] = []
    for day in ("2031-03-25", "2031-03-26", "2031-03-27", "2031-04-10", "2031-04-24",
                "2031-04-25", "2031-06-01"):  # fmt: skip
        with test_request_context(), monkeypatch.context() as patched:
            for module in (letters, standing):
                patched.setattr(module, "today", lambda day=day: date.fromisoformat(day))
            left += [day] * letters.remind()
    assert left == ["2031-03-26", "2031-04-10", "2031-04-25"]
    assert len(kept.letters) == 3
    for recipients, letter in kept.letters:
        assert recipients == [editor["email"]]
        body = letter.get_body()
        assert body is not None
        text = body.get_content()
        assert f"/deposer?resource_id={file['id']}" in text
        assert f"/planning/{names[1]}" in text
    assert "en retard" in kept.letters[2][1].get_body().get_content()  # type: ignore[union-attr]
    assert kept.letters[0][1]["subject"] == "2 jeux de données sont attendus"


def test_a_server_of_mail_that_is_away_loses_no_reminder(
    town: dict[str, Any],
    budget: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    ckan_config: Any,
    test_request_context: Callable[..., Any],
) -> None:
    act(
        town["admin"], "grandpoitiers_plan_update", id=budget["id"], referent=town["editor"]["name"]
    )
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")
    monkeypatch.setitem(ckan_config, "smtp.starttls", False)
    port = free_port()
    monkeypatch.setitem(ckan_config, "smtp.server", f"127.0.0.1:{port}")
    with test_request_context():
        assert letters.remind() == 0
        kept = Post()
        controller = Controller(kept, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            assert letters.remind() == 1
        finally:
            controller.stop()
    assert len(kept.letters) == 1


def test_nothing_is_left_of_a_dataset_that_is_purged(
    town: dict[str, Any], budget: dict[str, Any]
) -> None:
    from ckanext.grandpoitiers.planning.model import plans

    act(town["admin"], "grandpoitiers_plan_update", id=budget["id"], due="2031-01-01")
    act(factories.Sysadmin(), "dataset_purge", id=budget["id"])
    assert model.Session.execute(plans.select()).all() == []
