"""Workshops in a real browser: found, opened, and announced by an officer."""

import re

from playwright.sync_api import Page, expect

from tests.browser.pictures import picture


def test_a_coming_workshop_is_found_in_the_list_and_opened(page: Page) -> None:
    page.goto("/pages/evenements/")
    picture(page, "workshops")
    page.get_by_role("link", name=re.compile("Bus et parkings en temps réel")).click()
    expect(page.get_by_role("heading", name="Inscription")).to_be_visible()
    expect(page.get_by_text("Il reste 30 places.")).to_be_visible()
    picture(page, "workshop")


def test_past_workshops_are_filtered_by_kind(page: Page) -> None:
    page.goto("/pages/evenements/")
    page.get_by_label("Type de rencontre").select_option("Meet-up")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator(".event-card")).to_have_count(2)


def test_an_officer_writes_a_page_without_training(administrator: Page) -> None:
    page = administrator
    page.goto("/pages/new?kind=news")
    page.get_by_label("Titre").first.fill("Un essai du navigateur")
    page.get_by_label("Texte (Markdown)").fill("**Bonjour**")
    picture(page, "page-editor")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator(".page-preview strong")).to_have_text("Bonjour")
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.get_by_role("heading", name="Un essai du navigateur")).to_be_visible()
    expect(page.get_by_text("Brouillon", exact=True)).to_be_visible()
