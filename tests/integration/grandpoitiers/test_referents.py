"""The directory of référents and the figures of services, as each role opens them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.pages.model import consents, pages, registrations
from ckanext.grandpoitiers.pages.rules import event_settings
from ckanext.grandpoitiers.planning import attendance, reckoning
from ckanext.grandpoitiers.visibility import opening

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")
PAGES = ("/referents", "/bilan", "/bilan.csv", "/bilan-mois.csv")
MONTHLY = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"


class Town:
    """Two services; one référent in charge of an open dataset and of a hidden one."""

    def __init__(self) -> None:
        self.admin, self.referent, self.stand_in, self.agent, self.stranger = (
            factories.UserWithToken(fullname=name)
            for name in ("Ada Admin", "Rose Référente", "Sam Suppléant", "Aline Agente", "Sofia")
        )
        self.owner = factories.Organization(
            title="Voirie",
            users=[
                {"name": self.admin["name"], "capacity": "admin"},
                {"name": self.referent["name"], "capacity": "editor"},
                {"name": self.stand_in["name"], "capacity": "editor"},
            ],
        )
        factories.Organization(
            title="Culture", users=[{"name": self.agent["name"], "capacity": "member"}]
        )
        self.open = self._planned("Travaux", private=False)
        self.hidden = self._planned("Secret", private=True)

    def _planned(self, title: str, private: bool) -> dict[str, Any]:
        made = factories.Dataset(
            title=title, private=private, owner_org=self.owner["id"], frequency=MONTHLY
        )
        helpers.call_action(
            "grandpoitiers_plan_update", {"user": self.admin["name"], "ignore_auth": False},
            id=made["id"], referent=self.referent["name"], stand_in=self.stand_in["name"],
        )  # fmt: skip
        return made


@pytest.fixture
def town(app: Any, clean_db: None, clean_index: None) -> Town:
    return Town()


def get(app: Any, who: dict[str, Any] | None, path: str) -> tuple[int, str]:
    signed = {"Authorization": who["token"]} if who else {}
    with app.flask_app.test_client(use_cookies=False) as client:
        answer = client.get(path, headers=signed)
        return answer.status_code, answer.text


def test_agents_alone_open_the_directory_and_the_figures(app: Any, town: Town) -> None:
    person = f"/referents/{town.referent['name']}"
    for path in (*PAGES, person):
        for who in (None, town.stranger):
            status, page = get(app, who, path)
            assert status == 403, path
            assert "Travaux" not in page
            assert "Rose" not in page
        assert get(app, town.agent, path)[0] == 200


def test_the_directory_tells_nobody_of_a_dataset_they_may_not_see(app: Any, town: Town) -> None:
    person = f"/referents/{town.referent['name']}"
    for who, titles in (
        (town.agent, {"Travaux"}), (town.stand_in, {"Travaux", "Secret"})
    ):  # fmt: skip
        page = get(app, who, person)[1]
        assert {title for title in ("Travaux", "Secret") if title in page} == titles
    assert "Sam Suppléant" in get(app, town.agent, "/referents")[1]
    assert get(app, town.agent, f"/referents/{town.stranger['name']}")[0] == 404
    assert "Rose" not in get(app, town.agent, "/referents?q=culture")[1]


def attended(who: dict[str, Any], kind: str, consent: int, days_ago: int = 3) -> str:
    """A meeting that took place, to which somebody came."""
    starts = datetime.now(UTC) - timedelta(days=days_ago)
    key = f"{kind}-{consent}-{days_ago}"
    model.Session.execute(
        pages.insert().values(
            id=key, slug=key, kind="event", state="published", audience="agents", title=f"Le {key}",
            starts=starts, content={"event": {"type": kind}}, version=1, preview=key,
            created=starts, modified=starts,
        )
    )  # fmt: skip
    model.Session.execute(
        registrations.insert().values(
            id=key, page_id=key, mail=who["email"], person=who["email"].lower(), name="Rose",
            state="confirmed", nonce="", consent=consent, made=starts, came=True,
        )
    )  # fmt: skip
    model.Session.commit()
    return key


def test_meetings_are_kept_of_those_who_agreed_and_for_a_time(app: Any, town: Town) -> None:
    now = datetime.now(UTC)
    texts = [{"number": 1, "text": "Avant", "since": now}]
    texts.append({"number": 2, "text": event_settings().consent, "since": now})
    model.Session.execute(consents.insert().values(texts))
    kept = attended(town.referent, "infolab", 2)
    attended(town.referent, "infolab", 1, 4)
    attended(town.referent, "data-sandwich", 2, 5)
    assert (attendance.keep(now), attendance.keep(now)) == (1, 0)
    page = get(app, town.agent, f"/referents/{town.referent['name']}")[1]
    assert f"Le {kept}" in page
    assert "Le infolab-1-4" not in page
    assert "Le data-sandwich" not in page
    assert attendance.erase(now.date(), timedelta(days=30)) == 0
    assert attendance.erase(now.date() + timedelta(days=40), timedelta(days=30)) == 1


def test_figures_are_those_of_services_and_of_months(app: Any, town: Town) -> None:
    old = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=60)
    table = model.package_table
    model.Session.execute(
        table.update().where(table.c.id == town.open["id"]).values(metadata_created=old)
    )
    model.Session.commit()
    [line] = get(app, town.agent, "/bilan.csv")[1].splitlines()[1:]
    assert line.startswith("Voirie,2,1,1,0,")
    page = get(app, town.agent, "/bilan")[1]
    assert "ce tableau commence à son premier passage" in page
    assert "Aujourd’hui" in page
    assert reckoning.note_month() == 1
    lines = get(app, town.agent, "/bilan-mois.csv")[1].splitlines()
    month = f"{datetime.now(UTC):%Y-%m}"
    assert [line.rpartition(",")[0] for line in lines[1:]] == [f"Voirie,{month},", "Voirie,today,"]
    assert "ce tableau commence" not in get(app, town.agent, "/bilan")[1]
    page = get(app, town.agent, "/bilan?begins=2020-01-01&ends=n'importe")[1]
    assert "Dans le temps" in page
    assert "50 %" in page


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements sent meanwhile, and the questions to Solr."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(str(arguments[2]))

    engine: Any = model.meta.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def test_pages_ask_as_many_questions_whatever_the_number_of_datasets(
    app: Any, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is looked for every few seconds, whatever the page.
    monkeypatch.setattr(opening.Looking, "is_due", lambda: False)
    asked_solr: list[int] = []
    run = search.PackageSearchQuery.run
    monkeypatch.setattr(
        search.PackageSearchQuery, "run",
        lambda *given, **named: asked_solr.append(1) or run(*given, **named),
    )  # fmt: skip
    counts: list[dict[str, tuple[int, int]]] = []
    for more in (0, 12):
        for number in range(more):
            town._planned(f"Jeu {number}", private=bool(number % 2))  # noqa: SLF001
        found: dict[str, tuple[int, int]] = {}
        for path in ("/planning", "/referents", f"/referents/{town.referent['name']}", "/bilan"):
            get(app, town.referent, path)
            asked_solr.clear()
            with counted() as statements:
                assert get(app, town.referent, path)[0] == 200
            found[path] = (len(statements), len(asked_solr))
        counts.append(found)
    assert counts[0] == counts[1]
    assert max(sql for sql, _ in counts[1].values()) <= 60


def test_what_nobody_owes_is_not_in_the_planning(app: Any, town: Town) -> None:
    """The portal's own catalogue, what another catalogue sends, what a live feed fills."""
    from ckanext.grandpoitiers.interchange.own_catalogue import NAME
    from ckanext.realtime.model import feeds

    factories.Dataset(name=NAME, owner_org=town.owner["id"])
    live, both = (factories.Dataset(owner_org=town.owner["id"]) for _ in range(2))
    now = datetime.now(UTC)
    for one in (live, both):
        resource = factories.Resource(package_id=one["id"])
        model.Session.execute(
            feeds.insert().values(
                id=one["id"], name=one["name"], declaration={}, package_id=one["id"],
                resource_id=resource["id"], created=now, modified=now,
            )
        )  # fmt: skip
    file = factories.Resource(package_id=both["id"])
    table = model.resource_table
    model.Session.execute(table.update().where(table.c.id == file["id"]).values(url_type="upload"))
    model.Session.commit()
    listed = helpers.call_action(
        "grandpoitiers_planning_list", {"user": town.admin["name"], "ignore_auth": False}
    )
    names = {one["name"] for one in listed}
    assert names == {town.open["name"], town.hidden["name"], both["name"]}
