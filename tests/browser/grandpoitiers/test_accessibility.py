"""Every kind of page in a browser: axe-core (WCAG 2.1 AA), zoom, keyboard, policy, other sites.

In light at 1280 pixels, in dark at 320 (a browser of 1280 pixels at 400 %).
"""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPortal
from tests.browser.visiting import CKANS, OURS, PUBLIC, Complaints, places, sign_in

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SHAPES = (("light", 1280), ("dark", 320))
CKANS_OWN = {("/dataset/new", "aria-input-field-name")}
"""The field of keywords is select2's, as CKAN makes it: its frame has no name."""
FOCUS = (Path(__file__).parents[1] / "focus.js").read_text(encoding="utf-8")
MOST_WITHIN = 400
"""Stops inside what counts as one here: a frame and its table, cell by cell; a date."""
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && one.clientWidth > 2 && one.scrollWidth > one.clientWidth + 2
    && ["hidden", "clip"].includes(style.overflowX) && style.textOverflow !== "ellipsis"
    && one.innerText && one.innerText.trim();
}).map((one) => `${one.localName}.${one.className} “${one.innerText.trim().slice(0, 30)}”`)"""
"""What is cut off where nobody can scroll."""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
"""The spacing that a reader may want (WCAG 2.1, 1.4.12; RGAA 10.12)."""
CUT_BELOW = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((one) => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && one.clientHeight > 2 && one.scrollHeight > one.clientHeight + 2
    && ["hidden", "clip"].includes(style.overflowY) && !one.matches(".visually-hidden")
    && one.innerText && one.innerText.trim();
}).map((one) => `${one.localName}.${one.className} “${one.innerText.trim().slice(0, 30)}”`)"""
"""What a taller text loses at the bottom of its box."""


@dataclass(frozen=True)
class Visitor:
    """A page in one of the shapes, and what its browser complains of."""

    page: Page
    complaints: Complaints
    width: int


@pytest.fixture(params=SHAPES, ids=[f"{scheme}-{width}" for scheme, width in SHAPES])
def visitor(
    browser: Browser, portal: OpenPortal, request: pytest.FixtureRequest
) -> Generator[Visitor]:
    """A visitor in one of the two shapes."""
    scheme, width = request.param
    context = browser.new_context(
        base_url=portal.url,
        locale="fr-FR",
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 900},
    )
    complaints = Complaints(context, portal)
    yield Visitor(context.new_page(), complaints, width)
    context.close()


def told_of(visitor: Visitor, path: str) -> list[Any]:
    """What is wrong at `path`."""
    page = visitor.page
    page.goto(path)
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    told: list[Any] = [
        (path, one["id"], [node["target"] for node in one["nodes"][:3]])
        for one in found
        if (path, one["id"]) not in CKANS_OWN
    ]
    told += ((path, what) for what in too_wide(page))
    if visitor.width == 1280:
        told += ((path, what) for what in walked(page))
        page.set_viewport_size({"width": 640, "height": 450})
        told += ((path, "at 200 %", what) for what in too_wide(page))
        page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(SPACED)
    lost = [*too_wide(page), *(f"cut below: {what}" for what in page.evaluate(CUT_BELOW))]
    told += ((path, "with spaced text", what) for what in lost)
    told += ((path, what) for what in visitor.complaints.taken())
    return told


def too_wide(page: Page) -> list[str]:
    """What a zoom loses: a page to be moved sideways, a text cut off."""
    lost: list[str] = [f"cut: {what}" for what in page.evaluate(CUT)]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        lost.append("wider than the window")
    return lost


def walked(page: Page) -> list[str]:
    """Goes through a page with Tab alone; what is wrong with its stops.

    Each has a ring, they come in the page's order, the first is the link to the content, none is
    left out and none keeps the focus.
    """
    page.evaluate(FOCUS)
    for _ in range(page.evaluate("portalFocus.stops")):
        page.keyboard.press("Tab")
    for _ in range(MOST_WITHIN):
        if not page.evaluate("portalFocus.left().length"):
            break
        page.keyboard.press("Tab")
    told: list[str] = page.evaluate("portalFocus.wrong")
    left: list[str] = page.evaluate("portalFocus.left()")
    if page.evaluate("portalFocus.first()") != "skip-link":
        told.append("the first stop is not the link to the content")
    return [*told, *(f"never reached: {what}" for what in left)]


def test_visitors_meet_no_obstacle(visitor: Visitor) -> None:
    """Charts, maps, tables, forms, errors."""
    known = places(visitor.page)
    told = [one for path in PUBLIC for one in told_of(visitor, known.get(path, path))]
    assert not told, "\n".join(map(str, told))


def test_those_who_work_here_meet_none(visitor: Visitor, portal: OpenPortal) -> None:
    """The screens of référents and of administrators."""
    sign_in(visitor.page, portal)
    told = [one for path in (*OURS, *CKANS) for one in told_of(visitor, path)]
    assert not told, "\n".join(map(str, told))


def test_the_first_link_leads_to_the_content(page: Page) -> None:
    """Past the menu; the next stop is in the page itself."""
    page.goto("/dataset/subventions-aux-associations")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('#content').contains(document.activeElement)")


def test_the_menu_of_a_phone_is_used_with_the_keyboard(page: Page) -> None:
    """Its button says whether it is open; Escape closes it and gives the focus back."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/about")
    button = page.get_by_role("button", name="Menu")
    link = page.get_by_role("navigation", name="Menu principal").get_by_role("link").first
    expect(link).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(button).to_be_focused()


def test_from_the_first_page_to_a_drawing_with_the_keyboard_alone(page: Page) -> None:
    """A search, a result, the explorer, a grouping: no mouse."""

    def reach(name: str, stops: int = 120) -> None:
        for _ in range(stops):
            page.keyboard.press("Tab")
            text = page.evaluate(
                "(document.activeElement.labels?.[0] || document.activeElement).innerText || ''"
            )
            if text.strip().startswith(name):
                return
        pytest.fail(f"Tab does not reach {name}")

    page.goto("/")
    page.get_by_role("combobox").first.focus()
    page.keyboard.type("subventions aux associations")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset/?q=**")
    reach("Aller aux résultats", stops=2)
    page.keyboard.press("Enter")
    reach("Subventions aux associations")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset/subventions-aux-associations")
    reach("Explorer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore*")
    reach("Regrouper, compter, dessiner")
    page.keyboard.press("Space")
    reach("Regrouper par")
    page.keyboard.type("Domaine")
    reach("Regrouper les lignes")
    page.keyboard.press("Enter")
    page.wait_for_url("**group=domaine*")
    expect(page.locator(".explore-bars rect").first).to_be_visible()
