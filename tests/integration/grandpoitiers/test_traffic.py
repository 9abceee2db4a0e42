"""Counts through the real portal: what was asked is in the totals, and nothing of who asked."""

from datetime import timedelta
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.traffic import actions, counting, store
from ckanext.grandpoitiers.traffic.asked import Asked, Search
from ckanext.grandpoitiers.traffic.tally import Counts, Tally

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index"),
    pytest.mark.ckan_config("ckanext.grandpoitiers.traffic.count", True),
]

FIREFOX = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
ROBOT = {"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}


@pytest.fixture
def flush(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Write at once what was counted, instead of in a few seconds."""
    tallies: list[Tally] = []

    class Seen(Tally):
        def __init__(self) -> None:
            super().__init__()
            tallies.append(self)

    monkeypatch.setattr("ckanext.grandpoitiers.traffic.installing.Tally", Seen)
    monkeypatch.setattr(counting.Writer, "wake", lambda _self: None)
    return lambda: [store.flush(tally) for tally in tallies]


@pytest.fixture
def dataset() -> dict[str, Any]:
    """A public one with a file."""
    organisation = factories.Organization(name="espaces-verts")
    group = factories.Group(name="environnement")
    return factories.Dataset(
        name="arbres",
        title="Arbres",
        owner_org=organisation["id"],
        groups=[{"name": group["name"]}],
        resources=[{"url": "https://example.com/a.csv", "format": "CSV"}],
    )


def show(**question: Any) -> dict[str, Any]:
    return helpers.call_action("grandpoitiers_traffic_show", **question)


def counted() -> dict[str, tuple[int, int]]:
    return {row["kind"]: (row["people"], row["robots"]) for row in show()["days"]}


def test_each_thing_is_counted_under_what_it_is(
    flush: Any, app: Any, dataset: dict[str, Any]
) -> None:
    """Pages by people and by robots, calls by GET and by POST, the name or the id alike."""
    resource = dataset["resources"][0]["id"]
    for headers in (FIREFOX, FIREFOX, ROBOT):
        app.get("/dataset/arbres", headers=headers)
    app.get(f"/dataset/{dataset['id']}", headers=FIREFOX)
    app.get(f"/dataset/arbres/resource/{resource}", headers=FIREFOX)
    app.get("/group/environnement", headers=FIREFOX)
    app.get("/api/action/package_show?id=arbres", headers={"User-Agent": "curl/8"})
    app.post("/api/action/resource_show", json={"id": resource}, headers=FIREFOX)
    app.get("/dataset/nothing", headers=FIREFOX, status=404)
    flush()
    assert counted() == {
        "dataset": (3, 1),
        "resource": (1, 0),
        "theme": (1, 0),
        "call": (2, 0),
    }


@pytest.mark.ckan_config("ckanext.grandpoitiers.cache.seconds", 60)
def test_a_kept_page_counts_like_another(
    flush: Any, app: Any, dataset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches too, with what they found when the page was made."""
    from ckanext.grandpoitiers.pagecache.generation import Generations

    monkeypatch.setattr(Generations, "is_young", lambda _self: False)
    client = app.test_client(use_cookies=False)
    for _ in range(3):
        client.get("/dataset/arbres", headers={**FIREFOX, "Accept": "text/html"})
        client.get("/dataset/?q=Arbres", headers={**FIREFOX, "Accept": "text/html"})
        client.get("/dataset/?q=licornes", headers={**FIREFOX, "Accept": "text/html"})
    flush()
    assert counted()["dataset"] == (3, 0)
    told = show()
    assert {"terms": "arbres", "asked": 3, "found": 1} in told["searches"]
    assert told["in_vain"] == [{"terms": "licornes", "asked": 3, "found": 0}]


def test_two_processes_add_up(dataset: dict[str, Any]) -> None:
    """Each writes what it counted since."""
    for _ in range(2):
        tally = Tally()
        tally.visit(actions.today(), Asked("dataset", "arbres"), robot=False)
        store.flush(tally)
    assert counted() == {"dataset": (2, 0)}


def test_what_the_database_refused_is_written_later(
    dataset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away; nobody's visit is lost."""
    tally = Tally()
    tally.visit(actions.today(), Asked("dataset", "arbres"), robot=False)

    def away(_counts: Counts) -> None:
        raise sa.exc.OperationalError("", {}, Exception("away"))

    with monkeypatch.context() as broken:
        broken.setattr(store, "add", away)
        store.flush(tally)
    store.flush(tally)
    assert counted() == {"dataset": (1, 0)}


def test_a_name_that_nothing_has_is_not_counted(dataset: dict[str, Any]) -> None:
    """Nobody fills the table with inventions."""
    tally = Tally()
    tally.visit(actions.today(), Asked("dataset", "inventé\x01'; --"), robot=False)
    store.flush(tally)
    assert show()["days"] == []


def test_the_most_used_are_those_one_may_see(dataset: dict[str, Any]) -> None:
    """A private dataset is in no ranking of a visitor."""
    factories.Dataset(name="secret", owner_org=dataset["owner_org"], private=True)
    tally = Tally()
    for name, times in (("secret", 5), ("arbres", 2)):
        for _ in range(times):
            tally.visit(actions.today(), Asked("dataset", name), robot=False)
    store.flush(tally)
    context = {"user": "", "ignore_auth": False}
    seen = helpers.call_action("grandpoitiers_most_used", context)
    assert [(one["name"], one["number"]) for one in seen] == [("arbres", 2)]


@pytest.mark.parametrize("days", [0, 801, "x", None])
def test_a_senseless_period_is_refused(days: Any) -> None:
    """With a sentence."""
    with pytest.raises(tk.ValidationError):
        show(days=days)


class TestScreen:
    def test_only_administrators_see_it(self, app: Any, dataset: dict[str, Any]) -> None:
        """An editor does not, nor a visitor; the action neither."""
        editor = factories.UserWithToken()
        for path in ("/frequentation", "/frequentation.csv"):
            app.get(path, headers={"Authorization": editor["token"]}, status=403)
        app.get("/api/action/grandpoitiers_traffic_show", status=403)

    def test_it_shows_what_was_counted(self, app: Any, dataset: dict[str, Any]) -> None:
        """The dataset, the words, and the same as CSV."""
        tally = Tally()
        tally.visit(actions.today(), Asked("dataset", "arbres"), robot=False)
        tally.search(actions.today(), Search("licornes", 0))
        store.flush(tally)
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        page = BeautifulSoup(app.get("/frequentation", headers=headers).body, "html.parser")
        assert "Arbres" in page.select_one("[aria-labelledby=traffic-viewed]").get_text()
        assert "licornes" in page.select_one("[aria-labelledby=traffic-vain]").get_text()
        lines = app.get("/frequentation.csv", headers=headers).body.splitlines()
        assert lines[0] == "\ufeffday,kind,id,name,people,robots"
        assert f",dataset,{dataset['id']},arbres,1,0" in lines[1]


def test_old_searches_are_erased(dataset: dict[str, Any]) -> None:
    """After the days the town declares; totals stay."""
    tally = Tally()
    tally.search(actions.today() - timedelta(days=400), Search("vieux", 1))
    tally.search(actions.today(), Search("neuf", 1))
    tally.visit(actions.today() - timedelta(days=400), Asked("dataset", "arbres"), robot=False)
    store.flush(tally)
    assert actions.forget_searches() == 1
    with model.meta.engine.connect() as connection:  # pyright: ignore[reportOptionalMemberAccess]
        left = connection.execute(sa.text("SELECT terms FROM grandpoitiers_traffic_search"))
        assert left.scalars().all() == ["neuf"]
        kept = connection.execute(sa.text("SELECT count(*) FROM grandpoitiers_traffic"))
        assert kept.scalar() == 1
