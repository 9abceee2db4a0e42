"""The live parking page and the feeds' form in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import picture


def test_the_board_moves_by_itself_and_leaves_the_focus_alone(page: Page) -> None:
    page.goto("/stationnement")
    rows = page.locator("tr[data-park]")
    expect(rows.first).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    picture(page, "parking")
    carnot = page.locator('tr[data-park="stationnement/carnot"] [data-free]')
    carnot.evaluate("cell => { cell.textContent = '9999'; }")
    pause = page.get_by_role("button", name="Mettre en pause")
    pause.focus()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(carnot).not_to_have_text("9999")
    expect(pause).to_be_focused()
    expect(page.locator("[data-live-status]")).to_be_empty()


def test_a_paused_board_keeps_its_figures(page: Page) -> None:
    page.goto("/stationnement")
    page.get_by_role("button", name="Mettre en pause").click()
    cell = page.locator('tr[data-park="stationnement/carnot"] [data-free]')
    cell.evaluate("cell => { cell.textContent = '9999'; }")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(1000)
    expect(cell).to_have_text("9999")
    page.get_by_role("button", name="Reprendre").click()
    expect(cell).not_to_have_text("9999")


def test_changes_are_announced_to_those_who_ask(page: Page) -> None:
    page.goto("/stationnement")
    page.get_by_label(re.compile("Annoncer")).check()
    cell = page.locator('tr[data-park="stationnement/carnot"] [data-free]')
    cell.evaluate("cell => { cell.textContent = '9999'; }")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("[data-live-status]")).to_contain_text("Carnot")


def test_the_board_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/stationnement")
    expect(page.locator("tr[data-park]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    "address",
    [
        "/realtime/",
        "/realtime/bus-positions",
        "/realtime/bus-positions/watch",
        "/realtime/bus-horaires/stops/",
        "/realtime/bus-horaires/stops/notre-dame",
        "/realtime/bus-horaires/vehicles",
        "/ckan-admin/feeds/stationnement",
    ],
)
def test_the_pages_of_feeds_fit_a_phone(administrator: Page, address: str) -> None:
    page = administrator
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_administrator_tries_a_feed_before_saving_it(administrator: Page) -> None:
    page = administrator
    page.goto("/ckan-admin/feeds/stationnement")
    page.get_by_role("button", name="Tester").click()
    expect(page.get_by_role("heading", name="Ce qui serait publié")).to_be_visible()
    expect(page.get_by_role("cell", name="Carnot", exact=True)).to_be_visible()
    picture(page, "feed-form")


def test_the_quality_of_a_feed_is_for_everybody(page: Page) -> None:
    page.goto("/realtime/")
    page.locator("#content").get_by_role(
        "link", name="Stationnement en temps réel", exact=True
    ).click()
    expect(page.get_by_role("heading", name="Incidents")).to_be_visible()
    picture(page, "feed-quality")
