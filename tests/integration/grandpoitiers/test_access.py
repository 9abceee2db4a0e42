"""Access that ends at a day: given by administrators, refused the day after, kept in history."""

from datetime import UTC, datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.visibility import access
from ckanext.grandpoitiers.visibility.model import accesses

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


class Town:
    """An organisation with its administrator and an editor, a partner, and two datasets."""

    def __init__(self) -> None:
        self.admin, self.editor, self.partner, self.other = (
            factories.UserWithToken() for _ in range(4)
        )
        self.owner = factories.Organization(
            name="voirie",
            users=[
                {"name": self.admin["name"], "capacity": "admin"},
                {"name": self.editor["name"], "capacity": "editor"},
            ],
        )
        factories.Organization(users=[{"name": self.other["name"], "capacity": "admin"}])
        self.works, self.counts = (
            factories.Dataset(name=name, owner_org=self.owner["id"], private=True)
            for name in ("travaux", "comptages")
        )

    def give(self, who: dict[str, Any] | None = None, **data: Any) -> dict[str, Any]:
        asked = {"organization": "voirie", "user": self.partner["name"], "until": "2131-01-31"}
        return act((who or self.admin)["name"], "grandpoitiers_access_give", **{**asked, **data})


def act(me: str, action: str, **data: Any) -> Any:
    return helpers.call_action(action, {"user": me, "ignore_auth": False}, **data)


def pass_days(access_id: str) -> None:
    """Make an access end yesterday."""
    over = (datetime.now(UTC) - timedelta(days=2)).date()
    model.Session.execute(accesses.update().where(accesses.c.id == access_id).values(until=over))
    model.Session.commit()


def status(app: Any, who: dict[str, Any], path: str) -> int:
    with app.flask_app.test_client(use_cookies=False) as client:
        return client.get(path, headers={"Authorization": who["token"]}).status_code


@pytest.fixture
def town(app: Any, clean_db: None, clean_index: None) -> Town:
    return Town()


def test_a_partner_sees_one_dataset_until_the_day_is_over(app: Any, town: Town) -> None:
    given = town.give(dataset="travaux")
    assert (given["kind"], given["name"], given["capacity"]) == ("dataset", "travaux", "member")
    assert status(app, town.partner, "/dataset/travaux") == 200
    assert status(app, town.partner, "/dataset/comptages") == 404
    pass_days(given["id"])
    # A reader of labels that no request of theirs came before.
    with pytest.raises(tk.NotAuthorized):
        act(town.partner["name"], "package_show", id="travaux")
    assert status(app, town.partner, "/dataset/travaux") == 404
    [line] = act(town.admin["name"], "grandpoitiers_access_list", organization="voirie")
    assert line["ended"]
    assert line["ender"] == ""
    assert model.Session.query(model.PackageMember).count() == 0


def test_an_editor_for_a_time_changes_nothing_the_day_after(app: Any, town: Town) -> None:
    given = town.give(capacity="editor")
    patch = {"id": "travaux", "notes": "Changé"}
    signed = {"Authorization": town.partner["token"]}
    address = "/api/3/action/package_patch"
    assert app.post(address, json=patch, headers=signed).status_code == 200
    pass_days(given["id"])
    assert app.post(address, json=patch, headers=signed).status_code == 403
    assert status(app, town.partner, "/dataset/travaux") == 404


def test_the_daily_command_ends_the_access_of_who_does_not_come_back(town: Town) -> None:
    given = town.give()
    assert access.end_due() == 0
    pass_days(given["id"])
    assert (access.end_due(), access.end_due()) == (1, 0)
    members = helpers.call_action("member_list", id="voirie", object_type="user")
    assert town.partner["id"] not in {one[0] for one in members}


def test_a_partner_for_a_time_is_no_agent(app: Any, town: Town) -> None:
    factories.Dataset(
        name="interne", visibility="internal",
        owner_org=act(town.other["name"], "organization_list_for_user")[0]["id"],
    )  # fmt: skip
    assert status(app, town.editor, "/dataset/interne") == 200
    town.give()
    assert status(app, town.partner, "/dataset/travaux") == 200
    assert status(app, town.partner, "/dataset/interne") == 404


def test_only_administrators_of_the_organisation_let_people_in(app: Any, town: Town) -> None:
    given = town.give()
    for who in (town.editor, town.other, town.partner):
        with pytest.raises(tk.NotAuthorized):
            town.give(who)
        with pytest.raises(tk.NotAuthorized):
            act(who["name"], "grandpoitiers_access_end", id=given["id"])
        with pytest.raises(tk.NotAuthorized):
            act(who["name"], "grandpoitiers_access_list", organization="voirie")
        assert status(app, who, "/organization/access/voirie") == 403
    with pytest.raises(tk.NotAuthorized):
        act(town.editor["name"], "grandpoitiers_access_end", id="inconnu")


def test_what_can_t_be_given_is_said(town: Town) -> None:
    elsewhere = factories.Dataset(owner_org=factories.Organization()["id"])
    for wrong in (
        {"user": "personne"}, {"user": town.editor["name"]}, {"until": "2001-01-01"},
        {"until": "bientôt"}, {"capacity": "admin"}, {"dataset": elsewhere["name"]},
    ):  # fmt: skip
        with pytest.raises(tk.ValidationError) as refused:
            town.give(**wrong)
        assert set(refused.value.error_dict) == set(wrong)
    assert act(town.admin["name"], "grandpoitiers_access_list", organization="voirie") == []


def test_the_page_gives_moves_and_ends_an_access(app: Any, town: Town) -> None:
    signed = {"Authorization": town.admin["token"]}
    form = {"user": town.partner["email"], "dataset": "", "capacity": "member"}
    address = "/organization/access/voirie"
    for day in ("2131-01-31", "2132-01-31"):
        app.post(address, data={**form, "until": day}, headers=signed, follow_redirects=False)
    [line] = act(town.admin["name"], "grandpoitiers_access_list", organization="voirie")
    assert line["until"] == "2132-01-31"
    wrong = app.post(address, data={**form, "until": ""}, headers=signed, status=200)
    assert "2026-12-31" in wrong.body
    app.post(address, data={"end": line["id"]}, headers=signed, follow_redirects=False)
    [line] = act(town.admin["name"], "grandpoitiers_access_list", organization="voirie")
    assert line["ender"] == town.admin["name"]
    assert "Terminés" in app.get(address, headers=signed).body
    assert status(app, town.partner, "/dataset/travaux") == 404
