"""Every kind of page through axe-core (WCAG 2.1 AA): in light at 1280 pixels, in dark at 320."""

import re
from collections.abc import Generator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import OpenPortal

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SHAPES = (("light", 1280), ("dark", 320))
PUBLIC = (
    *("/", "/dataset/", "/dataset/?q=bus&groups=transports", "/dataset/?q=zzzzzz", "/about"),
    *("/dataset/subventions-aux-associations", "the table", "the explorer", "a harvested dataset"),
    *("/group/", "/group/transports", "/organization/", "/organization/mobilites"),
    *(
        "/pages/evenements/",
        "/pages/meet-up-mobilites-intelligentes-1",
        "/pages/actualites/",
        "/pages/comment-faire",
    ),
    *("/schemas", "/schemas/scdl/subventions", "/schemas/couverture", "/verifier"),
    *("/stationnement", "/realtime/", "/realtime/bus-horaires", "/user/login", "/nothing-here"),
)
OURS = (
    *("/deposer", "/depots", "/queue", "/queue/reglages", "/planning", "/referents", "/bilan"),
    *("/frequentation", "/pages/", "/pages/new", "/harvest", "/dataset/new"),
    *("/ckan-admin/feeds/", "/ckan-admin/feeds/new", "/organization/access/mobilites"),
)
"""Screens of référents and administrators."""
CKANS_OWN = {("/dataset/new", "aria-input-field-name")}
"""The field of keywords is select2's, as CKAN makes it: its frame has no name."""


def places(page: Page) -> dict[str, str]:
    """The addresses of what has no address of its own here."""
    page.goto("/dataset/subventions-aux-associations")
    table = page.locator("a[href*='/resource/']").first.get_attribute("href")
    assert table is not None
    table = re.sub(r"(/resource/[^/?]+).*", r"\1", table)
    names: list[str] = page.request.get("/api/action/package_list").json()["result"]
    harvested = next(name for name in names if re.search(r"-[0-9a-f]{8}$", name))
    return {
        "the table": table,
        "the explorer": f"{table}/explore",
        "a harvested dataset": f"/dataset/{harvested}",
    }


@pytest.fixture(params=SHAPES, ids=[f"{scheme}-{width}" for scheme, width in SHAPES])
def visitor(
    browser: Browser, portal: OpenPortal, request: pytest.FixtureRequest
) -> Generator[Page]:
    """A page in one of the two shapes."""
    scheme, width = request.param
    context = browser.new_context(
        base_url=portal.url,
        locale="fr-FR",
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    yield context.new_page()
    context.close()


def violations(page: Page, path: str) -> list[Any]:
    """What axe finds there, and whether the page is wider than its window."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    kept = [one for one in found if (path, one["id"]) not in CKANS_OWN]
    told: list[Any] = [
        (path, one["id"], [node["target"] for node in one["nodes"][:3]]) for one in kept
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        told.append((path, "wider than the window"))
    return told


def test_what_visitors_open_has_no_violation(visitor: Page) -> None:
    """Charts, maps, tables, forms, errors."""
    known = places(visitor)
    found = [one for path in PUBLIC for one in violations(visitor, known.get(path, path))]
    assert found == []


def test_our_own_screens_have_no_violation(visitor: Page, portal: OpenPortal) -> None:
    """Those of référents and of administrators."""
    visitor.goto("/user/login")
    visitor.get_by_label(re.compile("Nom d’utilisateur|Identifiant")).first.fill("admin")
    visitor.get_by_label("Mot de passe").first.fill(portal.password)
    visitor.get_by_role("button", name=re.compile("connecter|Connexion")).first.click()
    visitor.wait_for_url(lambda url: "/login" not in url)
    found = [one for path in OURS for one in violations(visitor, path)]
    assert found == []
