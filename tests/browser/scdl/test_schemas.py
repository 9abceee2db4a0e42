"""The schemas as visitors and officers meet them: pages, blank files, checks, forms, filters."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect


def test_from_the_list_to_a_blank_file(page: Page, tmp_path: Path):
    page.goto("/schemas")
    page.get_by_role("link", name="Subventions", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Subventions")
    expect(page.locator(".schema-fields")).to_contain_text("SIRET du bénéficiaire")
    with page.expect_download() as download:
        page.get_by_role("link", name="Classeur vierge (XLSX)").click()
    path = tmp_path / "blank.xlsx"
    download.value.save_as(path)
    assert openpyxl.load_workbook(path).sheetnames == ["Données", "Notice"]
    page.get_by_label("Ce qui change de la version").select_option("1.1.0")
    page.get_by_role("button", name="Comparer").click()
    expect(page.locator(".version-between")).to_contain_text("De 1.1.0 à 2.1.1")


def test_a_file_is_checked_then_corrected_then_valid(page: Page):
    head = "COMMUNE_NOM,COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n"
    page.goto("/schemas/scdl/prenoms")
    page.get_by_role("link", name="Vérifier un fichier").first.click()
    expect(page.get_by_label("Le schéma qu’il suit")).to_have_value("scdl/prenoms")
    for row, verdict in (
        ("Poitiers,86194,fille,Léa,12,2023\n", "1 erreur à corriger"),
        ("Poitiers,86194,F,Léa,12,2023\n", "Le fichier est valide"),
    ):
        content = (head + row).encode()
        page.get_by_label("Le fichier", exact=True).set_input_files(
            {"name": "prenoms.csv", "mimeType": "text/csv", "buffer": content}
        )
        page.get_by_role("button", name="Vérifier", exact=True).click()
        expect(page.locator(".verdict-banner")).to_contain_text(verdict)


def test_any_other_schema_is_asked_for_by_its_name(page: Page):
    page.goto("/verifier")
    page.get_by_text("Le schéma n’est pas dans la liste").click()
    page.get_by_label("Son nom sur schema.data.gouv.fr").fill("n’importe quoi")
    page.get_by_label("Le fichier", exact=True).set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a\n1\n"}
    )
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.locator(".verdict-banner")).to_contain_text("Le fichier n’a pas été vérifié")


def test_who_publishes_what_is_a_table_and_a_map(page: Page):
    page.goto("/schemas/couverture")
    assert page.locator(".coverage-map circle").count() >= 30
    rows = page.locator(".coverage-table tbody tr")
    assert rows.count() >= 40
    expect(page.locator(".coverage-table")).to_contain_text("Tenue par la loi de publier")
    page.get_by_label("Schéma", exact=True).select_option("scdl/prenoms")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator(".coverage-table thead th")).to_have_count(2)
    assert page.locator(".coverage-table .coverage-valid, .coverage-table .coverage-late").count()


def test_rows_are_narrowed_by_what_the_schema_declares(page: Page):
    page.goto("/dataset/prenoms-des-nouveau-nes")
    page.get_by_role("link", name=re.compile("Explorer")).first.click()
    facets = page.locator(".explore-facets")
    before = page.locator("#explore-result").inner_text()
    facets.get_by_role("link").first.click()
    expect(facets.locator('[aria-current="true"]')).to_have_count(1)
    assert page.locator("#explore-result").inner_text() != before
    facets.locator('[aria-current="true"]').click()
    expect(page.locator("#explore-result")).to_have_text(before)


def test_the_form_of_a_new_dataset_fills_itself_in(administrator: Page):
    page = administrator
    page.goto("/dataset/new")
    page.get_by_text("Un schéma national décrit-il ces données").click()
    page.locator(".form-choice").get_by_role("link", name="Délibérations").click()
    expect(page.locator("#field-title")).to_have_value(re.compile("^Délibérations"))
    expect(page.locator("#field-notes")).to_have_value(re.compile("conseil"))
    expect(page.locator(".form-help")).to_contain_text("17 colonnes sont attendues")


@pytest.mark.parametrize(
    "path",
    ["/schemas", "/schemas/scdl/subventions", "/schemas/couverture",
     "/dataset/new?schema=scdl/prenoms"],
)  # fmt: skip
def test_it_fits_a_phone(administrator: Page, path: str):
    administrator.set_viewport_size({"width": 360, "height": 740})
    administrator.goto(path)
    assert administrator.evaluate("document.documentElement.scrollWidth") <= 360
