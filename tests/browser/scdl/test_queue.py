"""Three people and a file: reminded, handed over with errors, mended, compared, returned, seen
before it is on line, published at a date, put back."""

import email.policy
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIRequestContext, Browser, Page, expect

from portal_kit.ports import free_port
from tests.browser.conftest import OpenPortal
from tests.browser.pictures import picture
from tests.browser.scdl.test_deposit import BAD, GOOD, ROW, file

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
THIRTY_SERVICES = """() => {
  const body = document.querySelector(".balance-table tbody");
  while (body.rows.length < 30) body.append(body.rows[0].cloneNode(true));
}"""
PASSWORD = "un-mot-de-passe-long"
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def token(portal: OpenPortal) -> str:
    """An administrator's token."""
    command = [sys.executable, "-m", "portal_kit.cli", "ckan", "user", "token", "add"]
    done = subprocess.run(
        [*command, "admin", f"story-{time.time():.0f}", "-q"],
        env={**os.environ, "PORTAL_HOME": str(portal.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-1]


@pytest.fixture
def call(browser: Browser, portal: OpenPortal, token: str) -> Generator[Call]:
    """CKAN's API, as the administrator."""
    context = browser.new_context(base_url=portal.url, extra_http_headers={"Authorization": token})
    request: APIRequestContext = context.request

    def act(action: str, **data: Any) -> Any:
        kind = "multipart" if "upload" in data else "data"
        answer = request.post(f"/api/3/action/{action}", **{kind: data}).json()
        assert answer["success"], answer["error"]
        return answer["result"]

    yield act
    context.close()


@pytest.fixture
def people(browser: Browser, portal: OpenPortal, call: Call) -> Generator[dict[str, Page]]:
    """A référent and a validator, each signed in."""
    organisation = call("organization_list_for_user", permission="admin")
    owner = next(one for one in organisation if "Finances" in one["display_name"])
    stamp = f"{time.time():.0f}"
    pages: dict[str, Page] = {}
    for name, title, role in (
        ("referent", "Camille Référente", "editor"),
        ("validator", "Dominique Valideur", "admin"),
    ):
        user = f"{name}-{stamp}"
        call(
            "user_create",
            name=user,
            fullname=title,
            email=f"{user}@example.org",
            password=PASSWORD,
        )
        call("organization_member_create", id=owner["id"], username=user, role=role)
        context = browser.new_context(
            base_url=portal.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            viewport={"width": 1280, "height": 900},
        )
        page = context.new_page()
        page.goto("/user/login")
        page.get_by_label(re.compile("Nom d’utilisateur|Identifiant")).first.fill(user)
        page.get_by_label("Mot de passe").first.fill(PASSWORD)
        page.get_by_role("button", name=re.compile("connecter|Connexion")).first.click()
        page.wait_for_url(lambda url: "/login" not in url)
        pages[name] = page
    call("scdl_route_update", id=owner["id"], mode="one")
    yield {**pages, "owner": owner["id"], "user": f"referent-{stamp}"}  # type: ignore[dict-item]
    call("scdl_route_update", id=owner["id"], mode="direct")
    for page in pages.values():
        page.context.close()


def reminded(portal: OpenPortal) -> str:
    """The letter that the daily task sends to the référent, by a real server of mail."""
    letters: list[Any] = []

    class Post:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            letters.append(envelope)
            return "250 OK"

    controller = Controller(Post(), hostname="127.0.0.1", port=free_port())
    controller.start()
    environment = {
        **os.environ,
        "PORTAL_HOME": str(portal.home),
        "CKAN_SMTP_SERVER": f"127.0.0.1:{controller.port}",
        "CKAN_SMTP_STARTTLS": "false",
        "CKAN_SMTP_MAIL_FROM": "portail@example.org",
    }
    command = [sys.executable, "-m", "portal_kit.cli", "ckan", "grandpoitiers", "daily"]
    try:
        subprocess.run(command, env=environment, check=True, capture_output=True)
    finally:
        controller.stop()
    (letter,) = [one for one in letters if one.rcpt_tos[0].startswith("referent-")]
    read = email.message_from_bytes(letter.content, policy=email.policy.default)
    body = read.get_body()
    assert body is not None
    return str(body.get_content())


def test_the_story_of_a_file(people: dict[str, Any], call: Call, portal: OpenPortal):
    made = call(
        "scdl_deposit_drop",
        upload=file(GOOD, "subventions.csv"),
        owner_org=people["owner"],
        schema="scdl/subventions",
        title="Subventions versées par la ville",
        repairs="accept",
        publish="true",
    )
    assert made["state"] == "published", made
    call(
        "grandpoitiers_plan_update",
        id=made["package_id"],
        referent=people["user"],
        due=(datetime.now(ZoneInfo("Europe/Paris")) + timedelta(days=5)).date().isoformat(),
    )
    referent, validator = people["referent"], people["validator"]
    _is_reminded(referent, portal)
    _is_on_the_planning(validator, people["user"])
    _deposits_with_errors(referent)
    _returns_it(validator)
    _deposits_again(referent)
    _sees_it_and_schedules(validator)
    _until_on_line(referent)
    referent.get_by_role("link", name="Le voir en ligne").click()
    expect(referent.get_by_text("3 lignes").first).to_be_visible()

    _puts_the_first_version_back(
        validator, f"/dataset/{made['package']}/resource/{made['resource_id']}"
    )
    assert call("datastore_search", resource_id=made["resource_id"], limit=0)["total"] == 2


def looked_at(page: Page, name: str) -> None:
    """A picture of a page (without a name, none) that is accessible, on a phone too."""
    if name:
        picture(page, name)
    size = page.viewport_size
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        told = [(name, one["id"], [node["target"] for node in one["nodes"][:3]]) for one in found]
        assert told == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.set_viewport_size(size or {"width": 1280, "height": 900})


def _is_reminded(referent: Page, portal: OpenPortal) -> None:
    letter = reminded(portal)
    assert "Subventions versées par la ville" in letter
    (link,) = re.findall(r"\S+(/deposer\?resource_id=\S+)", letter)
    referent.goto(link)
    expect(referent.get_by_label("Votre fichier")).to_be_visible()
    assert referent.locator("input[name=resource_id]").count() == 1


def _is_on_the_planning(validator: Page, referent: str) -> None:
    """The month of its date, and the page of who is in charge."""
    day = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(days=5)
    validator.goto(f"/planning/calendrier?person={referent}&month={day:%Y-%m}")
    if not validator.get_by_role("link", name="Subventions versées par la ville").count():
        # Moved to a working day, in the next month.
        validator.get_by_role("link", name="Mois suivant").click()
    expect(validator.get_by_role("link", name="Subventions versées par la ville")).to_be_visible()
    looked_at(validator, "planning-month")
    validator.goto(f"/referents/{referent}")
    expect(validator.get_by_role("heading", name="Camille Référente")).to_be_visible()
    looked_at(validator, "")
    validator.goto("/bilan")
    validator.evaluate(THIRTY_SERVICES)
    pages = re.findall(rb"/Type\s*/Page\b", validator.pdf(prefer_css_page_size=True))
    assert len(pages) == 1


def _deposits_with_errors(referent: Page) -> None:
    """Errors, repairs that are accepted, what it changes, a note."""
    referent.goto("/depots")
    expect(referent.locator(".standing-soon").first).to_be_visible()
    looked_at(referent, "my-deposits")
    referent.locator(".queue-when a").first.click()
    referent.get_by_label("Votre fichier").set_input_files(file(BAD))
    referent.get_by_role("button", name="Voir ce qu’il contient").click()
    verdict = referent.locator("#report .verdict-banner")
    expect(verdict).to_contain_text("à corriger")
    before = verdict.inner_text()
    referent.get_by_role("button", name="Tout accepter").click()
    expect(verdict).not_to_have_text(before)
    expect(referent.locator(".changes").first).to_contain_text("1 modifiée")
    referent.locator("#publish").scroll_into_view_if_needed()
    looked_at(referent, "deposit-differences")
    _hand_over(referent, "Les montants de 2024, relus avec la comptabilité.")
    expect(referent.get_by_text("Rien n’est encore en ligne").first).to_be_visible()
    looked_at(referent, "deposit-handed-over")


def _returns_it(validator: Page) -> None:
    validator.goto("/queue")
    expect(validator.locator(".queue-item").first).to_contain_text("Camille Référente")
    looked_at(validator, "queue")
    validator.locator(".queue-title a").first.click()
    expect(validator.get_by_text("relus avec la comptabilité").first).to_be_visible()
    looked_at(validator, "queue-deposit")
    validator.get_by_label("Ce qui est à corriger").fill("Un SIRET est faux, ligne 2.")
    validator.get_by_role("button", name="Rendre à l’auteur").click()
    expect(validator.get_by_text("Le dépôt est rendu").first).to_be_visible()


def _deposits_again(referent: Page) -> None:
    referent.goto("/depots")
    looked_at(referent, "deposit-returned")
    section = referent.locator("section").filter(has_text="Rendus")
    section.locator(".queue-title a").first.click()
    expect(referent.get_by_text("Un SIRET est faux, ligne 2.").first).to_be_visible()
    referent.get_by_role("link", name="Déposer un autre fichier").click()
    more = GOOD + ROW.replace("2024-1;", "2024-3;") + "\n"
    _deposit(referent, more, "Corrigé.")


def _sees_it_and_schedules(validator: Page) -> None:
    """The pages that the public will read, then a day and an hour."""
    validator.goto("/queue")
    validator.locator(".queue-title a").first.click()
    validator.get_by_role("link", name="Voir la page du jeu de données").click()
    expect(validator.locator(".preview-banner")).to_be_visible()
    expect(validator.get_by_role("heading", level=1)).to_contain_text("Subventions versées")
    looked_at(validator, "queue-preview")
    validator.get_by_role("link", name=re.compile("Explorer")).first.click()
    expect(validator.get_by_role("heading", name="3 lignes")).to_be_visible()
    validator.get_by_role("link", name="Retour au dépôt").click()
    at = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(minutes=1, seconds=5)
    validator.get_by_label("Jour").fill(f"{at:%Y-%m-%d}")
    validator.get_by_label("Heure").fill(f"{at:%H:%M}")
    validator.get_by_role("button", name="Programmer").click()
    expect(validator.get_by_text("Programmé").first).to_be_visible()


def _deposit(page: Page, content: str, note: str) -> None:
    page.get_by_label("Votre fichier").set_input_files(file(content))
    page.get_by_role("button", name="Voir ce qu’il contient").click()
    page.get_by_role("button", name="Tout accepter").click()
    _hand_over(page, note)


def _hand_over(page: Page, note: str) -> None:
    page.get_by_label("Une note pour ceux qui valident").fill(note)
    page.get_by_role("button", name="Remettre le fichier").click()
    page.wait_for_url(re.compile("/queue/"))


def _until_on_line(page: Page) -> None:
    """A worker looks at the minute that was said."""
    end = time.monotonic() + 180
    while time.monotonic() < end:
        page.reload()
        if page.get_by_role("link", name="Le voir en ligne").count():
            return
        page.wait_for_timeout(3000)
    raise AssertionError(page.locator("main").inner_text())


def _puts_the_first_version_back(validator: Page, place: str) -> None:
    """From the page of the file that is on line, which then shows the rows of that version."""
    validator.goto(place)
    validator.get_by_role("link", name="versions précédentes").click()
    rows = validator.locator("table.versions tbody tr")
    expect(rows.first).to_contain_text("publiée")
    looked_at(validator, "versions")
    rows.last.locator("summary", has_text="Rétablir").click()
    rows.last.get_by_label("Pourquoi").fill("Un SIRET est faux.")
    rows.last.get_by_role("button", name="Rétablir la version 1").click()
    expect(validator.get_by_text("La version 1 est de nouveau publiée.")).to_be_visible()
    expect(rows).to_have_count(3)
    validator.goto(place)
    expect(validator.get_by_text("2 lignes").first).to_be_visible()


@pytest.mark.parametrize("path", ["/queue", "/depots", "/queue/reglages"])
def test_it_fits_a_phone(administrator: Page, path: str):
    administrator.set_viewport_size({"width": 360, "height": 740})
    administrator.goto(path)
    assert administrator.evaluate("document.documentElement.scrollWidth") <= 360
