"""Open, internal, restricted, under embargo: the same right at every address, for each role.

The questions are those of `test_privacy`; each dataset's words end with its rank.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan import logic, model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.visibility import opening, permission
from ckanext.grandpoitiers.visibility.model import embargoes
from tests.integration.grandpoitiers import test_privacy as visitor

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index"),
    pytest.mark.ckan_config("ckanext.grandpoitiers.limits.enabled", False),
    pytest.mark.filterwarnings("ignore:fully NULL primary key:sqlalchemy.exc.SAWarning"),
]
LATER = "2131-03-20T12:00"
INTERNAL, NAMED, OWN, EMBARGO, EMBARGO_INTERNAL = range(5)
SEES: dict[str, set[int]] = {
    "visitor": set(),
    "stranger": set(),
    "agent": {INTERNAL},
    "grouped": {NAMED},
    "partner": {OWN},
    "colleague": {INTERNAL, NAMED, OWN},
    "editor": {INTERNAL, NAMED, OWN, EMBARGO, EMBARGO_INTERNAL},
}
"""The datasets that each role sees, besides the public one."""
ASKED = ("stranger", "agent", "grouped", "partner")
"""Those who are asked everywhere; a visitor is, in `test_privacy`."""
ABOUT = (INTERNAL, NAMED, OWN, EMBARGO_INTERNAL)
"""The datasets that they are asked about; lists hold the other too."""


class Levels(visitor.World):
    """A dataset of each level, and somebody in each role."""

    def __init__(self) -> None:
        self.hidden, self.secrets = [], set()
        self.organisation = factories.Organization(name="geomatique", title="Géomatique")
        factories.Group(name="transports", title="Transports")
        factories.Dataset(name="public", title="Un jeu public", owner_org=self.organisation["id"])
        self.people = {role: factories.UserWithToken() for role in SEES if role != "visitor"}
        group = factories.Group(name="cercle", title="Cercle")
        join(group, "group", self.people["grouped"], "member")
        neighbour = factories.Organization(name="voisine", title="Voisine")
        join(neighbour, "organization", self.people["agent"], "member")
        join(self.organisation, "organization", self.people["colleague"], "member")
        join(self.organisation, "organization", self.people["editor"], "editor")
        kinds: tuple[dict[str, Any], ...] = (
            {"visibility": "internal"},
            {"visibility": "restricted", "shared_with": ["cercle"]},
            {"visibility": "restricted"},
            {"embargo": LATER},
            {"visibility": "internal", "embargo": LATER},
        )
        for rank, fields in enumerate(kinds):
            made = self.dataset(rank, **fields)
            self.hidden.append(made)
            self.secrets |= {made["id"], *(one["id"] for one in made["resources"])}
        partner = self.people["partner"]
        visitor.act(
            "package_collaborator_create",
            id=self.hidden[OWN]["id"], user_id=partner["id"], capacity="member",
        )  # fmt: skip

    def ranks(self, words: set[str]) -> set[int]:
        """The datasets that these words or ids are of."""
        of = {one["id"]: rank for rank, one in enumerate(self.hidden)}
        for rank, one in enumerate(self.hidden):
            of |= {each["id"]: rank for each in one["resources"]}
        return {of[word] if word in of else int(re.sub(r"\D", "", word) or -1) for word in words}


def join(group: dict[str, Any], kind: str, who: dict[str, Any], role: str) -> None:
    visitor.act(f"{kind}_member_create", id=group["id"], username=who["name"], role=role)


@pytest.fixture
def town(app: Any, clean_db: None, clean_index: None, monkeypatch: pytest.MonkeyPatch) -> Levels:
    monkeypatch.setitem(app.flask_app.config, "PROPAGATE_EXCEPTIONS", False)
    return Levels()


def send(app: Any, town: Levels, role: str, ask: visitor.Ask) -> Any:
    method, address, body = ask
    signed = {"Authorization": town.people[role]["token"]} if role in town.people else {}
    with app.flask_app.test_client(use_cookies=False) as client:
        return client.open(address, method=method, json=body, headers=signed)


def shown_to(
    app: Any, town: Levels, role: str, asks: Iterator[visitor.Ask]
) -> tuple[set[int], dict[str, set[int]]]:
    """What a role was shown, and `{question: ranks it should not have been shown}`."""
    seen: set[int] = set()
    wrong: dict[str, set[int]] = {}
    for ask in asks:
        ranks = town.ranks(town.leaks(ask, send(app, town, role, ask)))
        seen |= ranks
        if ranks - SEES[role]:
            wrong[f"{ask[0]} {ask[1]} {json.dumps(ask[2])}"] = ranks - SEES[role]
        model.Session.rollback()
    return seen, wrong


def addresses(app: Any, town: Levels) -> Iterator[visitor.Ask]:
    """Every address, about each dataset by its name, and with the id of its table."""
    for rule in visitor.rules(app):
        ids = {town.hidden[rank]["id"] for rank in ABOUT}
        asked = [one for one in town.questions(rule.rule) if one["*"] in ids][: len(ABOUT)]
        for path in dict.fromkeys(visitor.addresses(rule, asked)):
            yield "GET", path, None


def actions(town: Levels) -> Iterator[visitor.Ask]:
    everything = {
        "q": "*:*", "query": "name:zq", "fq": "capacity:private OR *:*", "include_private": True,
        "include_drafts": True, "include_deleted": True, "all_fields": True,
    }  # fmt: skip
    for name in sorted(logic._actions):  # noqa: SLF001
        address = f"/api/3/action/{name}"
        yield "POST", address, everything
        for rank in ABOUT:
            one = town.hidden[rank]
            table = one["resources"][-1]["id"]
            yield "POST", address, {"id": one["id"], "resource_id": table, "limit": 5}


def test_no_address_and_no_action_shows_more_than_the_role_sees(app: Any, town: Levels) -> None:
    everywhere = [*addresses(app, town), *actions(town)]
    assert len(everywhere) > 1000
    for role in ASKED:
        seen, wrong = shown_to(app, town, role, iter(everywhere))
        assert wrong == {}, role
        assert seen == SEES[role], "what a role sees is really there"


def test_each_role_finds_what_it_sees_and_reads_its_rows(app: Any, town: Levels) -> None:
    for role, ranks in SEES.items():
        search = "/api/3/action/package_search?include_private=true&rows=50"
        found = send(app, town, role, ("GET", search, None)).json["result"]
        assert {one["name"] for one in found["results"]} == {
            "public", *(f"zqnom{rank}" for rank in ranks)
        }, role  # fmt: skip
        assert found["count"] == len(ranks) + 1
        for rank, one in enumerate(town.hidden):
            table = one["resources"][-1]["id"]
            for path in (
                f"/dataset/{one['name']}",
                f"/api/3/action/datastore_search?resource_id={table}",
                f"/datastore/dump/{table}",
                f"/api/records/1.0/search/?dataset=zqancien{rank}",
            ):
                status = send(app, town, role, ("GET", path, None)).status_code
                assert (status == 200) is (rank in ranks), (role, path, status)


def test_levels_are_told_by_a_word_and_a_sentence(app: Any, town: Levels) -> None:
    page = send(app, town, "editor", ("GET", "/dataset/", None)).text
    assert "level-embargo" in page
    assert "Sous embargo" in page
    page = send(app, town, "grouped", ("GET", f"/dataset/{town.hidden[NAMED]['name']}", None)).text
    assert "Restreint" in page
    assert "Cercle" in page
    assert 'class="level' not in send(app, town, "visitor", ("GET", "/dataset/public", None)).text


def test_who_is_signed_in_filters_the_search_by_level(app: Any, town: Levels) -> None:
    page = send(app, town, "editor", ("GET", "/dataset/", None)).text
    assert "Qui le voit" in page
    assert 'facet-label"><span class="level level-internal">Interne' in page
    found = send(app, town, "editor", ("GET", "/dataset/?vocab_level=embargo", None)).text
    assert "zqnom3" in found
    assert "zqnom0" not in found
    assert "Qui le voit" not in send(app, town, "visitor", ("GET", "/dataset/", None)).text


def shift(package_id: str, **moved: float) -> None:
    """Bring the end of an embargo to some time from now."""
    moment = datetime.now(UTC) + timedelta(**moved)
    package = model.Package.get(package_id)
    package.extras["embargo"] = moment.isoformat()
    model.Session.execute(
        embargoes.update().where(embargoes.c.package_id == package_id).values(opens=moment)
    )
    model.Session.commit()


def test_an_embargo_ends_with_the_first_request_after_its_minute(
    app: Any, town: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rank in (EMBARGO, EMBARGO_INTERNAL):
        shift(town.hidden[rank]["id"], minutes=-1)
    monkeypatch.setattr(opening.Looking, "at", -opening.EVERY)
    search = "/api/3/action/package_search?include_private=true&rows=50"
    for role, more in (
        ("visitor", {EMBARGO}), ("stranger", {EMBARGO}), ("agent", {EMBARGO, EMBARGO_INTERNAL})
    ):  # fmt: skip
        found = send(app, town, role, ("GET", search, None)).json["result"]["results"]
        ranks = SEES[role] | more
        assert {one["name"] for one in found} == {"public", *(f"zqnom{one}" for one in ranks)}
    assert "zqnom3" in send(app, town, "visitor", ("GET", "/sitemap-datasets-1.xml", None)).text
    package = helpers.call_action("package_show", id="zqnom3")
    assert package["private"] is False
    assert not package.get("embargo")
    assert opening.open_due() == 0


def test_the_page_opens_at_its_minute_even_before_it_was_opened(
    app: Any, town: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening.Looking, "is_due", lambda: False)
    assert send(app, town, "visitor", ("GET", "/dataset/zqnom3", None)).status_code == 404
    shift(town.hidden[EMBARGO]["id"], seconds=-1)
    assert send(app, town, "visitor", ("GET", "/dataset/zqnom3", None)).status_code == 200


def test_what_programs_send_of_private_alone_keeps_ckan_s_meaning(town: Levels) -> None:
    opened = visitor.act("package_patch", id="zqnom0", private=False)
    assert (opened["private"], opened.get("audience")) == (False, None)
    closed = visitor.act("package_patch", id="zqnom0", private=True)
    assert closed["private"] is True
    assert permission.Labels().get_dataset_labels(model.Package.get("zqnom0")) == [
        f"collaborator-{closed['id']}", f"member-{town.organisation['id']}"
    ]  # fmt: skip
    again = visitor.act("package_patch", id="zqnom3", private=False)
    assert again["private"] is True, "an embargo is taken away with its date, not beside it"


def test_what_is_no_date_and_no_group_is_refused(town: Levels) -> None:
    with pytest.raises(logic.ValidationError) as refused:
        visitor.act("package_patch", id="zqnom0", embargo="bientôt", shared_with=["personne"])
    assert set(refused.value.error_dict) == {"embargo", "shared_with"}


def test_an_organisation_s_later_namesake_sees_nothing(town: Levels) -> None:
    """Groups are kept by their ids: who takes a name that was freed is not let in."""
    visitor.act("group_purge", id="cercle")
    other = factories.Group(name="cercle")
    join(other, "group", town.people["agent"], "member")
    labels = permission.Labels()
    mine = labels.get_user_dataset_labels(model.User.get(town.people["agent"]["id"]))
    assert not set(mine) & set(labels.get_dataset_labels(model.Package.get("zqnom1")))
