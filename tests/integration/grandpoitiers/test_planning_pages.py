"""The pages of the planning: what PostgreSQL counts and cuts is what the rule of dates says."""

import random
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ckan import model
from ckan.tests import factories

from ckanext.grandpoitiers.pages.rules import zone
from ckanext.grandpoitiers.planning import store
from ckanext.grandpoitiers.planning.paging import month_of, page_of
from ckanext.grandpoitiers.planning.standing import (
    NOBODY,
    Line,
    Mine,
    Wanted,
    lines_for,
    lines_of,
    mine,
    today,
)
from portal_kit.frequencies import FREQUENCY, PERIODS

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")

SCHEMAS = (
    "",
    "https://schema.data.gouv.fr/scdl/subventions",
    '["https://example.org/norm", "https://schema.data.gouv.fr/schemas/scdl/budget/0.8.1"]',
    "[broken",
)


@pytest.fixture
def people() -> dict[str, Any]:
    """Two services, an administrator of the first one, its référent."""
    admin, editor = factories.User(fullname="Ana Admin"), factories.User(fullname="Bob Référent")
    users = [
        {"name": admin["name"], "capacity": "admin"},
        {"name": editor["name"], "capacity": "editor"},
    ]
    return {
        "admin": admin,
        "editor": editor,
        "first": factories.Organization(title="Éclairage", users=users),
        "second": factories.Organization(title="Budget"),
    }


def plan(people: dict[str, Any], count: int) -> None:
    """Datasets of every rhythm, obligation and date set by hand, around weekends and holidays."""
    chance = random.Random(20)  # noqa: S311  (the same datasets at each run)
    now = datetime.now(UTC).replace(tzinfo=None)
    rhythms = [*(f"{FREQUENCY}{code}" for code in PERIODS), "MONTHLY", f"{FREQUENCY}CONT", ""]
    for number in range(count):
        at = now - timedelta(days=chance.randrange(900), hours=chance.randrange(24))
        package = model.Package(
            id=str(uuid.uuid4()),
            name=f"jeu-{number}",
            title=f"Jeu {number % 7}",
            owner_org=people[chance.choice(("first", "second"))]["id"],
            creator_user_id=people["admin"]["id"],
            private=False,
            extras={
                key: said
                for key, said in (
                    ("frequency", chance.choice(rhythms)),
                    ("conforms_to", chance.choice(SCHEMAS)),
                )
                if said
            },
        )
        model.Session.add(package)
        model.Session.flush()
        package.metadata_created = at
        if number % 3:
            model.Session.add(model.Resource(package_id=package.id, url="a.csv", last_modified=at))
        model.Session.flush()
        by_hand = today() + timedelta(days=chance.randrange(-400, 2500))
        values: dict[str, Any] = {"referent": people["editor"]["id"]} if number % 4 else {}
        if number % 5 == 0:
            set_on = chance.choice((None, at.date(), at.date() - timedelta(days=1)))
            values |= {"by_hand": by_hand, "set_on": set_on}
        if values:
            store.put_plan(package.id, **values)
    model.Session.commit()


def ids(lines: list[Line]) -> set[str]:
    return {one.dataset.id for one in lines}


def test_the_database_says_the_dates_that_the_rule_says(people: dict[str, Any]) -> None:
    plan(people, 400)
    every = lines_for(factories.Sysadmin()["name"])
    assert len(every) == 400
    found = month_of(Mine(None), Wanted(), zone(), 10_000)
    said = Counter(one.due.on.isoformat() for one in every if one.due)
    assert len(said) > 100
    assert found.days == said
    page = page_of(Mine(None), Wanted(), zone(), 1000)
    assert page.counts == {**page.counts, **Counter(str(one.standing) for one in every)}
    assert page.months == sorted({day[:7] for day in said})
    days = [one.due.on.isoformat() if one.due else "9999" for one in page.lines]
    assert days == sorted(days)
    assert ids(page.lines) == ids(every)


def test_each_filter_keeps_and_counts_what_it_says(people: dict[str, Any]) -> None:
    plan(people, 60)
    every = lines_for(factories.Sysadmin()["name"])
    day = next(one.due.on for one in every if one.due)
    for wanted in (
        Wanted(organisation=people["first"]["name"]),
        Wanted(person=people["editor"]["name"], standing="late"),
        Wanted(person=NOBODY),
        Wanted(person="nobody-of-that-name"),
        Wanted(standing="no-such-standing"),
        Wanted(month=f"{day:%Y-%m}", standing="late"),
        Wanted(month=day.isoformat()),
        Wanted(month="%", organisation="'; DROP TABLE package; --"),
    ):
        kept = [one for one in every if wanted.keeps(one)]
        page = page_of(Mine(None), wanted, zone(), 1000)
        assert (ids(page.lines), page.total) == (ids(kept), len(kept)), wanted


def test_a_page_is_cut_from_the_others_and_holds_only_what_one_may_see(
    people: dict[str, Any],
) -> None:
    plan(people, 25)
    seen = mine(people["admin"]["name"])
    whole = page_of(seen, Wanted(), zone(), 100)
    assert {one.dataset.organisation for one in whole.lines} == {people["first"]["name"]}
    assert whole.organisations == [("Éclairage", people["first"]["name"])]
    assert whole.people == [("Bob Référent", people["editor"]["name"])]
    pages = [page_of(seen, Wanted(), zone(), 5, offset).lines for offset in (0, 5)]
    assert [one.dataset.id for page in pages for one in page] == [
        one.dataset.id for one in whole.lines[:10]
    ]
    assert mine("nobody-of-that-name") == Mine()
    assert page_of(Mine(), Wanted(), zone(), 5).total == 0
    assert lines_of(model.User.get(people["editor"]["id"]))
    assert not lines_of(model.User.get(people["admin"]["id"]))


def test_a_month_shows_a_few_datasets_a_day_and_counts_the_others(
    app: Any, people: dict[str, Any]
) -> None:
    token = factories.APIToken(user=people["admin"]["name"])["token"]
    for number in range(6):
        dataset = factories.Dataset(title=f"Jeu {number}", owner_org=people["first"]["id"])
        store.put_plan(dataset["id"], by_hand=datetime(2031, 5, 1, tzinfo=UTC).date())
    headers = {"Authorization": token}
    page = app.get("/planning/calendrier?month=2031-05", headers=headers).body
    assert "mai 2031" in page
    # The first of May is a holiday: what is set on that day is due on the next.
    assert "month=2031-05-02" in page
    assert [f"Jeu {number}" in page for number in range(6)] == [True] * 4 + [False] * 2
    rest = app.get("/planning?person=&month=2031-05-02", headers=headers).body
    assert all(f"Jeu {number}" in rest for number in range(6))
    assert app.get("/planning/calendrier?month=2031-13", headers=headers).status_code == 200
    assert app.get("/planning?page=99999999999999999999", headers=headers).status_code == 200
    app.get("/planning/calendrier", status=403)
