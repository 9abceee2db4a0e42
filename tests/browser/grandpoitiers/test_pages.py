"""The demonstration portal as a visitor and an administrator see it, in a real browser."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, Request, expect

from tests.browser.pictures import picture
from tests.browser.visiting import places

PUBLIC = (
    "/",
    "/dataset/",
    "/dataset/?q=velo",
    "/group/",
    "/organization/",
    "/about",
    "/pages/evenements/",
    "/pages/evenements/?mois=2031-03",
    "/pages/datasandwich-a-venir",
    "/pages/comment-faire",
    "/user/login",
)
COUNT = re.compile(r"(\d+)\sjeux? de données")
PHONE = {"width": 360, "height": 740}


def themes(page: Page) -> Locator:
    """The cards of the themes, each with its count."""
    return (
        page.get_by_role("listitem")
        .filter(has_text=COUNT)
        .filter(has=page.locator("a[href^='/group/']"))
    )


class TestHome:
    def test_it_offers_a_search_and_the_thirteen_themes_with_their_counts(self, page: Page):
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(themes(page)).to_have_count(13)
        picture(page, "home")

    def test_a_theme_counts_what_its_page_lists(self, page: Page):
        page.goto("/")
        theme = themes(page).filter(has_text="Transports, déplacements")
        count = COUNT.search(theme.inner_text())
        assert count
        theme.get_by_role("link").click()
        expect(page.get_by_role("heading", name=re.compile(rf"^{count[1]} jeux? "))).to_be_visible()

    def test_a_search_from_it_speaks_french(self, page: Page):
        page.goto("/")
        field = page.get_by_role("searchbox").or_(page.locator("input[name=q]")).first
        field.fill("velo")
        field.press("Enter")
        expect(page.get_by_role("link", name="Compteurs de vélos")).to_be_visible()
        picture(page, "search")


class TestDataset:
    def test_a_harvested_one_shows_its_map_licence_and_files(self, page: Page):
        page.goto("/dataset/?q=compteurs+de+vélos")
        page.get_by_role("link", name="Compteurs de vélos").click()
        expect(page.locator(".extent-map canvas").first).to_be_visible()
        expect(page.get_by_text("Licence Ouverte").first).to_be_visible()
        expect(page.get_by_role("link", name=re.compile("Télécharger")).first).to_be_visible()
        picture(page, "dataset")

    def test_a_table_of_the_datastore_is_shown_row_by_row(self, page: Page, portal):
        page.goto("/dataset/?q=parkings&res_format=CSV")
        answer = page.request.get("/api/3/action/package_search?q=subventions&rows=20")
        packages = json.loads(answer.text())["result"]["results"]
        resource = next(
            r for package in packages for r in package["resources"] if r["datastore_active"]
        )
        rows = page.request.get(f"/api/3/action/datastore_search?resource_id={resource['id']}")
        assert json.loads(rows.text())["result"]["total"] >= 15

    def test_on_paper_it_is_its_words_alone(self, page: Page):
        """Upright; no menu, tab or button; what it is before its facts."""
        page.goto("/dataset/subventions-aux-associations")
        page.emulate_media(media="print")
        expect(page.get_by_role("navigation").filter(visible=True)).to_have_count(0)
        expect(page.locator(".page-header .nav-tabs")).to_be_hidden()
        expect(page.get_by_role("link", name="Télécharger").filter(visible=True)).to_have_count(0)
        title = page.get_by_role("heading", level=1).bounding_box()
        facts = page.get_by_role("heading", name="En bref").bounding_box()
        assert title
        assert facts
        assert title["y"] < facts["y"]
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", page.pdf(prefer_css_page_size=True))
        assert box
        assert float(box[1]) < float(box[2])

    def test_the_table_on_the_page_of_a_file_has_its_rows(self, page: Page):
        """CKAN's own table, whose columns come in a script that the policy must let run."""
        errors: list[str] = []
        page.on(
            "console", lambda line: errors.append(line.text) if "not defined" in line.text else None
        )
        page.goto("/dataset/subventions-aux-associations")
        page.goto(places(page)["the table"])
        rows = page.frame_locator("iframe").locator("tbody tr")
        expect(rows.nth(5)).to_contain_text(re.compile(r"202\d"))
        assert errors == []


class TestForms:
    """What CKAN's forms do, under a policy that runs nothing of their text."""

    def test_the_file_or_the_link_of_a_resource(self, administrator: Page):
        page = administrator
        page.goto("/dataset/subventions-aux-associations/resource/new")
        page.locator("#resource-link-button").click()
        address = page.locator("#field-resource-url")
        expect(address).to_be_focused()
        address.fill("https://data.example/a.csv")
        page.locator(".btn-remove-url:visible").click()
        expect(address).to_be_hidden()
        expect(address).to_have_value("")
        with page.expect_file_chooser() as chosen:
            page.locator("#resource-upload-button").click()
        chosen.value.set_files(FilePayload(name="a.csv", mimeType="text/csv", buffer=b"a;b"))
        expect(page.locator("#field-resource-upload")).to_be_visible()
        page.locator(".btn-remove-url:visible").click()
        expect(page.locator("#resource-upload-button")).to_be_focused()

    @pytest.mark.parametrize("path", ["/group/edit/transports", "/organization/edit/mobilites"])
    def test_the_picture_of_a_theme_or_an_organisation(self, administrator: Page, path: str):
        administrator.goto(path)
        administrator.get_by_text("Lien", exact=True).click()
        expect(administrator.locator("#field-image-url")).to_be_visible()

    def test_the_tokens_of_an_account(self, administrator: Page):
        page = administrator
        complaints: list[str] = []
        page.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        page.goto("/user/admin/api-tokens")
        page.get_by_label("Nom").fill("essai")
        page.get_by_role("button", name="Créer").click()
        row = page.locator("#api-tokens-table tbody tr").first
        expect(row).to_contain_text("jamais affiché")
        revoke = page.locator("#revoke-tokens-button")
        expect(revoke).to_be_disabled()
        row.get_by_role("checkbox").check()
        expect(revoke).to_be_enabled()
        revoke.click()
        page.get_by_role("dialog").get_by_role("button", name="Confirmer").click()
        expect(page.locator("#api-tokens-table tr", has_text="essai")).to_have_count(0)
        expect(revoke).to_be_disabled()
        assert complaints == []

    def test_a_picture_of_200_mb_is_refused_in_a_sentence(
        self, administrator: Page, tmp_path: Path
    ):
        heavy = tmp_path / "photo.jpg"
        with heavy.open("wb") as file:
            file.truncate(200 * 1024 * 1024)
        administrator.goto("/pages/new")
        administrator.locator("input[type=file]").first.set_input_files(heavy)
        administrator.locator("[name=title]").fill("Un titre")
        administrator.locator("[name=title]").press("Enter")
        expect(administrator.locator("#error-content p").first).to_contain_text("Une image pèse 4")


class TestHarvestReport:
    def test_the_last_run_is_told_in_french_with_its_counts(self, administrator: Page):
        administrator.goto("/harvest/demo")
        expect(administrator.get_by_text("Géocatalogue de démonstration").first).to_be_visible()
        administrator.goto("/harvest/demo/job/last")
        expect(administrator.locator(".run-state")).to_contain_text("Tout le catalogue a été lu")
        expect(administrator.locator(".run-count").first).to_contain_text("fiches créées")
        picture(administrator, "harvest-report")


class TestEveryPublicPage:
    @pytest.mark.parametrize("path", PUBLIC)
    def test_it_asks_nothing_of_another_site(self, page: Page, portal, path: str):
        elsewhere: list[str] = []

        def note(request: Request) -> None:
            if (
                request.url.startswith("http")
                and urlsplit(request.url).netloc != urlsplit(portal.url).netloc
            ):
                elsewhere.append(request.url)

        page.on("request", note)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert elsewhere == []

    @pytest.mark.parametrize("path", PUBLIC)
    def test_it_is_in_french_without_an_error_in_the_console(self, page: Page, path: str):
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200
        assert page.locator("html").get_attribute("lang") == "fr"
        assert errors == []

    @pytest.mark.parametrize("path", PUBLIC)
    def test_it_fits_a_phone(self, browser: Browser, portal, path: str):
        context = browser.new_context(base_url=portal.url, viewport=PHONE, locale="fr-FR")
        page = context.new_page()
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        context.close()
