"""A référent's morning: a file from her spreadsheet, its repairs, its verdict, its publication."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pictures import picture

HEADERS = (
    "COLL_NOM;SIRET_ATTRIBUANT;dateConvention;referenceDecision;nomBeneficiaire;idBeneficiaire;"
    "objet;montant;nature;conditionsVersement;datesPeriodeVersement;notificationUE;"
    "pourcentageSubvention"
)
ROW = (
    "Ville de Poitiers;21860194600013;08/09/2024;2024-1;TENNIS CLUB;44137080600016;Tournoi;"
    "1 200,50 €;Numéraire;unique;2024-10-01_2024-12-31;Non;1"
)
GOOD = f"{HEADERS}\n{ROW}\n{ROW.replace('2024-1;', '2024-2;')}\n"
BAD = GOOD.replace("44137080600016", "44137080600017", 1).replace("Numéraire", "Don", 1)


def file(content: str, name: str = "Subventions 2024.csv") -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": content.encode("cp1252")}


def test_anybody_checks_a_file_and_reads_what_to_write_instead(page: Page):
    page.goto("/verifier")
    page.get_by_label("Le schéma qu’il suit").select_option(label="Subventions")
    page.get_by_label("Le fichier", exact=True).set_input_files(file(BAD))
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.locator(".verdict-banner")).to_contain_text(re.compile("[0-9]+ erreurs à corriger"))
    date = page.locator("details").filter(has_text="dateConvention")
    date.locator("summary").click()
    expect(date).to_contain_text("Écrivez : 2024-09-08")
    picture(page, "check-file")


def test_a_file_is_deposited_repaired_and_published(administrator: Page):
    page = administrator
    page.goto("/deposer")
    page.get_by_label("Qui le publie").select_option(label="Finances et commande publique")
    page.get_by_label("De quoi il s’agit").select_option(label="Subventions")
    page.get_by_label("Votre fichier").set_input_files(file(GOOD))
    page.get_by_role("button", name="Voir ce qu’il contient").click()
    expect(page.get_by_role("heading", name="Les colonnes")).to_be_visible()
    page.get_by_role("heading", name="Réparations").scroll_into_view_if_needed()
    picture(page, "deposit")
    page.get_by_role("button", name="Tout accepter").click()
    expect(page.get_by_text("Le fichier est valide")).to_be_visible()
    page.get_by_label("Titre du nouveau jeu de données").fill(f"Subventions {time.time():.0f}")
    page.get_by_role("button", name="Publier", exact=True).click()
    expect(page.get_by_text("Le fichier est publié.")).to_be_visible()
    expect(page.locator(".verdict").first).to_contain_text("Valide")
    expect(page.get_by_text("2 lignes").first).to_be_visible()
    page.get_by_role("link", name="Remplacer le fichier").first.click()
    page.get_by_label("Votre fichier").set_input_files(file(f"{HEADERS}\n{ROW}\n"))
    page.get_by_role("button", name="Voir ce qu’il contient").click()
    page.get_by_role("button", name="Tout accepter").click()
    expect(page.get_by_text("Lignes : 2 avant, 1 maintenant")).to_be_visible()


def test_the_planning_says_what_is_due(administrator: Page):
    administrator.goto("/planning?person=")
    rows = administrator.locator(".planning-table tbody tr")
    assert rows.count() >= 10
    picture(administrator, "planning")


@pytest.mark.parametrize("path", ["/verifier", "/planning?person=", "/deposer"])
def test_it_fits_a_phone(administrator: Page, path: str):
    administrator.set_viewport_size({"width": 360, "height": 740})
    administrator.goto(path)
    assert administrator.evaluate("document.documentElement.scrollWidth") <= 360
