"""The kinds of page there are, how one gets in, and what a browser complains of on the way."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.browser.conftest import OpenPortal

BASE_MAP = "data.geopf.fr"
"""The only other host a page may ask, for the tiles under its maps."""
PUBLIC = (
    *("/", "/dataset/", "/dataset/?q=bus&groups=transports", "/dataset/?q=zzzzzz", "/about"),
    *("/dataset/subventions-aux-associations", "the table", "the explorer", "a harvested dataset"),
    *("the calendar", "the chart", "/pages/datasandwich-a-venir/carte"),
    *("/group/", "/group/transports", "/organization/", "/organization/mobilites"),
    *(
        "/pages/evenements/",
        "/pages/meet-up-mobilites-intelligentes-1",
        "/pages/actualites/",
        "/pages/comment-faire",
    ),
    *("/schemas", "/schemas/scdl/subventions", "/schemas/couverture", "/verifier"),
    *("/stationnement", "/realtime/", "/realtime/bus-horaires", "/user/login", "/nothing-here"),
    "/accessibilite/grille",
)
OURS = (
    *(
        "/deposer",
        "/depots",
        "/queue",
        "/queue/reglages",
        "/planning",
        "/planning/calendrier",
        "/referents",
        "/bilan",
    ),
    *("/frequentation", "/pages/", "/pages/new", "/harvest", "/dataset/new"),
    *("/ckan-admin/feeds/", "/ckan-admin/feeds/new", "/organization/access/mobilites"),
)
"""Screens of référents and administrators."""
CKANS = (
    *("/group/edit/transports", "/user/admin/api-tokens"),
    "/dataset/subventions-aux-associations/resource/new",
)
"""Forms of CKAN's: their HTML is not always valid, nor do they all work without scripts."""
TEXTS = (
    *("/", "/about", "/pages/evenements/", "/pages/meet-up-mobilites-intelligentes-1"),
    *("/pages/datasandwich-a-venir", "/pages/actualites/", "/pages/comment-faire"),
    *("/pages/mentions-legales", "/pages/accessibilite", "/accessibilite/grille"),
)
"""Pages one reads: no map, no grid."""


def places(page: Page) -> dict[str, str]:
    """The addresses of what has no address of its own here."""
    content = page.request.get("/dataset/subventions-aux-associations").text()
    table = re.search(r'href="(?P<path>[^"]*/resource/[^/?"]+)', content)
    assert table is not None
    names: list[str] = page.request.get("/api/action/package_list").json()["result"]
    harvested = next(name for name in names if re.search(r"-[0-9a-f]{8}$", name))
    return {
        "the table": table["path"],
        "the explorer": f"{table['path']}/explore",
        "the calendar": f"{table['path']}/explore?view=calendar",
        "the chart": f"{table['path']}/explore?group=domaine",
        "a harvested dataset": f"/dataset/{harvested}",
    }


def sign_in(page: Page, portal: OpenPortal) -> None:
    """As the administrator, with the password that `up` showed."""
    page.goto("/user/login")
    page.get_by_label(re.compile("Nom d’utilisateur|Identifiant")).first.fill("admin")
    page.get_by_label("Mot de passe").first.fill(portal.password)
    page.get_by_role("button", name=re.compile("connecter|Connexion")).first.click()
    page.wait_for_url(lambda url: "/login" not in url)


class Complaints:
    """What a context's pages ask of others, and what their policy refuses them, frames included."""

    def __init__(self, context: BrowserContext, portal: OpenPortal) -> None:
        self._hosts = {urlsplit(portal.url).netloc, BASE_MAP}
        self._noted: list[str] = []
        context.on("request", self._asked)
        context.on("console", self._said)

    def _asked(self, request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc not in self._hosts:
            self._noted.append(f"asked {request.url}")

    def _said(self, line: ConsoleMessage) -> None:
        # CKAN's table sets a timer on what a function of its own gives: nothing, read as a program.
        if "Evaluating a string" in line.text and "datatablesview" in line.location["url"]:
            return
        if "Content Security Policy" in line.text or "Content-Security-Policy" in line.text:
            self._noted.append(line.text)

    def taken(self) -> list[str]:
        """Those since the last time."""
        noted, self._noted = self._noted, []
        return noted


Check = Callable[[Page], list[Any]]
