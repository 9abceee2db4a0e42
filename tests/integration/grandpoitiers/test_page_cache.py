"""Kept pages in front of the real CKAN: what changed shows, what is private never does."""

from typing import Any

import pytest
from ckan import model
from ckan.tests import factories, helpers
from sqlalchemy import text

from ckanext.grandpoitiers.pagecache.generation import Generations
from ckanext.grandpoitiers.pagecache.writes import generations

pytestmark = [
    pytest.mark.usefixtures("clean_db", "clean_index"),
    pytest.mark.ckan_config("ckanext.grandpoitiers.cache.seconds", 60),
]

BROWSER = {"Accept": "text/html"}


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long after a change as it takes for pages to be kept."""
    monkeypatch.setattr(Generations, "is_young", lambda _self: False)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that CKAN was asked."""
    from flask import request

    from ckanext.grandpoitiers.pagecache import installing

    asked: list[str] = []
    noted = installing.note_who_asked

    def note(response: Any) -> Any:
        asked.append(request.path)
        return noted(response)

    monkeypatch.setattr(installing, "note_who_asked", note)
    return asked


def visit(app: Any, path: str, **headers: str) -> str:
    """What a visitor without cookies reads."""
    answer = app.test_client(use_cookies=False).get(path, headers={**BROWSER, **headers})
    return answer.get_data(as_text=True)


@pytest.fixture
def dataset() -> dict[str, Any]:
    """A public one."""
    organisation = factories.Organization(name="espaces-verts")
    return factories.Dataset(
        name="arbres", title="Arbres de la ville", owner_org=organisation["id"]
    )


def change(dataset: dict[str, Any], **fields: Any) -> None:
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": True}
    helpers.call_action("package_patch", context, id=dataset["id"], **fields)


PATHS = ("/", "/dataset/", "/dataset/arbres", "/organization/espaces-verts", "/group/")


class TestVisitors:
    def test_each_page_is_made_once(
        self, made: list[str], app: Any, dataset: dict[str, Any]
    ) -> None:
        """The second visitor reads the first one's page, without cookie."""
        first = [visit(app, path) for path in PATHS]
        asked = len(made)
        assert [visit(app, path) for path in PATHS] == first
        assert len(made) == asked == len(PATHS)

    def test_a_new_title_shows_everywhere_at_once(self, app: Any, dataset: dict[str, Any]) -> None:
        """No page keeps the old one."""
        for path in PATHS[:4]:
            assert "Arbres de la ville" in visit(app, path)
        change(dataset, title="Arbres remarquables")
        for path in PATHS[:4]:
            page = visit(app, path)
            assert "Arbres remarquables" in page
            assert "Arbres de la ville" not in page

    def test_what_becomes_private_is_gone_at_once(self, app: Any, dataset: dict[str, Any]) -> None:
        """From the lists, and from its own page."""
        for path in PATHS[:4]:
            visit(app, path)
        change(dataset, private=True)
        for path in PATHS[:4]:
            assert "Arbres de la ville" not in visit(app, path)

    def test_a_page_made_for_an_administrator_is_nobody_else_s(
        self, app: Any, dataset: dict[str, Any]
    ) -> None:
        """Whether they come by cookie or by token, before or after the visitor."""
        change(dataset, private=True)
        user = factories.SysadminWithToken()
        token = {"Authorization": user["token"]}
        for _ in range(2):
            assert "Arbres de la ville" in app.get(PATHS[2], headers={**BROWSER, **token}).body
            assert "Arbres de la ville" not in visit(app, PATHS[2])

    def test_a_form_is_made_for_its_visitor(
        self, made: list[str], app: Any, dataset: dict[str, Any]
    ) -> None:
        """Logging in needs one's own session."""
        visit(app, "/user/login")
        visit(app, "/user/login")
        assert made == ["/user/login", "/user/login"]

    def test_a_catalogue_for_machines_is_not_a_page(
        self, app: Any, dataset: dict[str, Any]
    ) -> None:
        """The same address in Turtle stays Turtle."""
        assert "<html" in visit(app, "/dataset/arbres")
        assert "@prefix" in visit(app, "/dataset/arbres", Accept="text/turtle")
        assert "<html" in visit(app, "/dataset/arbres")


class TestChanges:
    def test_every_transaction_that_writes_is_noticed(self, app: Any) -> None:
        """Through the ORM, through SQL, and rows of the DataStore."""
        before = generations().current()
        assert before is not None
        model.Session.execute(text("UPDATE \"group\" SET title = title WHERE name = 'nobody'"))
        model.Session.commit()
        after = generations().current()
        assert after is not None
        assert after > before

    def test_a_transaction_that_reads_or_is_undone_is_not(self, app: Any) -> None:
        """Pages stay."""
        before = generations().current()
        model.Session.execute(text("SELECT 1"))
        model.Session.commit()
        model.Session.execute(text("UPDATE \"group\" SET title = title WHERE name = 'nobody'"))
        model.Session.rollback()
        assert generations().current() == before
