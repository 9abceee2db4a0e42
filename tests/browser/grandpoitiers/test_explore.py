"""The explorer and a theme's page in a real browser: by hand, without JavaScript, on a phone."""

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPortal
from tests.browser.pictures import picture

GRANTS = "/dataset/subventions-aux-associations"


def open_explorer(page: Page, dataset: str = GRANTS) -> None:
    page.goto(dataset)
    page.get_by_role("link", name=re.compile("^Explorer")).last.click()


@pytest.fixture
def plain(browser: Browser, portal: OpenPortal) -> Generator[Page]:
    """A phone whose browser runs no script."""
    context = browser.new_context(
        base_url=portal.url,
        locale="fr-FR",
        java_script_enabled=False,
        viewport={"width": 390, "height": 800},
    )
    yield context.new_page()
    context.close()


def test_a_visitor_filters_groups_and_shares(page: Page) -> None:
    open_explorer(page)
    page.get_by_text("Regrouper, compter, dessiner").click()
    page.get_by_label("Regrouper par").select_option("domaine")
    page.get_by_label("et montrer").select_option("sum:montant")
    page.get_by_role("button", name="Regrouper les lignes").click()
    expect(page).to_have_url(re.compile(r"\?group=domaine&measure=sum%3Amontant$"))
    expect(page.get_by_role("heading", name=re.compile("6 résultats"))).to_be_visible()
    expect(page.locator(".explore-bars rect")).to_have_count(6)
    picture(page, "explore")
    page.get_by_role("cell", name="Culture").get_by_role("link").click()
    expect(page.get_by_text("Domaine : Culture")).to_be_visible()
    page.get_by_text("Partager ou intégrer cette vue").click()
    expect(page.locator(".explore-code").first).to_contain_text("domaine__exact=Culture")


def test_a_map_in_a_page_of_another_site_is_drawn(page: Page) -> None:
    open_explorer(page, "/dataset/parcs-de-stationnement")
    page.goto(f"{page.url}/embed?view=map")
    expect(page.locator(".map-words")).to_contain_text("est sur la carte")
    expect(page.locator(".extent-map canvas").first).to_be_visible()


def test_everything_is_there_without_a_script_on_a_phone(plain: Page) -> None:
    open_explorer(plain)
    plain.get_by_label("Mots du tableau").fill("théâtre")
    plain.get_by_role("button", name="Afficher").click()
    expect(plain.get_by_role("row")).not_to_have_count(1)
    assert "q=th" in plain.url
    assert "group=" not in plain.url
    wide = plain.locator("html").bounding_box()
    assert wide
    assert wide["width"] <= 390


def test_rows_with_positions_are_on_a_map(page: Page) -> None:
    open_explorer(page, "/dataset/parcs-de-stationnement")
    page.get_by_role("link", name="Carte").click()
    expect(page.get_by_text("est sur la carte")).to_be_visible()


def test_a_theme_introduces_itself(page: Page) -> None:
    page.goto("/group/transports")
    expect(page.get_by_role("heading", level=1).first).to_have_text("Transports, déplacements")
    picture(page, "theme")
