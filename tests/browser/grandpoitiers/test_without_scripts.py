"""Without JavaScript all is there but maps, grids and what moves by itself; on a phone."""

import re
import time
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import OpenPortal
from tests.browser.scdl.test_deposit import BAD, GOOD
from tests.browser.visiting import OURS, PUBLIC, places, sign_in

WAITING = re.compile(r"Loading|Chargement|Veuillez patienter")


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


def missing(page: Page, path: str) -> list[Any]:
    """What a page lacks: its menu, its title, its content, or a button that does something."""
    page.goto(path)
    lacking: list[Any] = []
    if (
        not page.get_by_role("navigation", name="Menu principal")
        .get_by_role("link")
        .first.is_visible()
    ):
        lacking.append((path, "menu"))
    if not page.locator("h1:visible, h2:visible").count():
        lacking.append((path, "title"))
    lacking += (
        (path, "idle button", button.inner_text())
        for button in page.locator("button[type=button]:visible").all()
    )
    shown = page.locator("#content").inner_text()
    if WAITING.search(shown) or len(shown) < 40:
        lacking.append((path, "content"))
    return lacking


def test_every_kind_of_page_is_whole(plain: Page, portal: OpenPortal) -> None:
    """As are those of référents and administrators, signed in without a script too."""
    known = places(plain)
    lacking = [one for path in PUBLIC for one in missing(plain, known.get(path, path))]
    sign_in(plain, portal)
    lacking += [one for path in OURS for one in missing(plain, path)]
    assert not lacking, "\n".join(map(str, lacking))


def test_a_search_is_narrowed_by_links(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_label("Que cherchez-vous").fill("mobilité")
    plain.get_by_role("button", name="Rechercher").click()
    before = plain.locator(".dataset-list > li, .dataset-item").count()
    plain.locator("#search-facets a").first.click()
    expect(plain.locator(".filter-list")).to_be_visible()
    assert 0 < plain.locator(".dataset-list > li, .dataset-item").count() <= before
    plain.get_by_label("Trier par").select_option(index=2)
    plain.get_by_role("button", name=re.compile("^(OK|Aller|Trier|Valider)")).first.click()
    assert "sort=" in plain.url


def test_a_seat_at_a_workshop_is_asked_for(plain: Page) -> None:
    plain.goto("/pages/datasandwich-a-venir")
    plain.get_by_label("Votre nom").fill("Camille Essai")
    plain.get_by_label("Votre adresse électronique").fill(f"camille{time.time():.0f}@example.org")
    for box in plain.locator("form input[type=checkbox][required]").all():
        box.check()
    plain.get_by_role("button", name=re.compile("inscri", re.IGNORECASE)).click()
    expect(plain.get_by_text(re.compile("lettre|courriel|message")).first).to_be_visible()


def test_a_file_is_checked(plain: Page) -> None:
    plain.goto("/verifier")
    plain.get_by_label("Le schéma qu’il suit").select_option(label="Subventions")
    plain.get_by_label("Le fichier", exact=True).set_input_files(file(BAD))
    plain.get_by_role("button", name="Vérifier", exact=True).click()
    expect(plain.locator(".verdict-banner")).to_contain_text(re.compile("erreurs à corriger"))


def test_a_file_is_deposited(plain: Page, portal: OpenPortal) -> None:
    sign_in(plain, portal)
    plain.goto("/deposer")
    plain.get_by_label("Qui le publie").select_option(label="Finances et commande publique")
    plain.get_by_label("De quoi il s’agit").select_option(label="Subventions")
    plain.get_by_label("Votre fichier").set_input_files(file(GOOD))
    plain.get_by_role("button", name="Voir ce qu’il contient").click()
    plain.get_by_role("button", name="Tout accepter").click()
    expect(plain.get_by_text("Le fichier est valide")).to_be_visible()


def file(content: str) -> FilePayload:
    return {"name": "Essai.csv", "mimeType": "text/csv", "buffer": content.encode("cp1252")}
