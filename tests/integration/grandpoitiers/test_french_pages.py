"""Every page of the portal read in French: nothing a visitor or a manager sees is in English.

A crawler goes from link to link, two pages of each kind. Two nets catch English: the messages
that reach gettext and have no French, and the English words of the text as it comes on screen
(those that a template of CKAN or an extension doesn't hand to gettext).
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from gettext import NullTranslations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import ckan.plugins.toolkit as tk
import pytest
from babel.support import Translations
from ckan import model
from ckan.tests import factories, helpers
from flask_babel import get_domain
from lxml import html

from portal_kit import messages

pytestmark = [
    pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index"),
    # The rate limits would end the visit.
    pytest.mark.ckan_config("ckanext.grandpoitiers.limits.enabled", False),
]

PAGES_OF_A_KIND = 2
SKIPPED_ENDPOINTS = re.compile(
    # What changes something at a GET, leaves the portal, or is not a page.
    r"^(user\.logout|user\.delete|util\.|static|webassets|api\.|dcat\.|feeds\.|datastore\.dump"
    r"|resource\.download|harvester\.(refresh|clear|delete|job_abort)|_debug_toolbar)"
)
HIDDEN = "//script|//style|//code|//pre|//textarea|//table[@class='diff']|//*[@lang='en']"
READ = (
    "//body//text() | //title/text() | //input[@type='submit']/@value | //@title | //@placeholder"
    " | //@aria-label | //@alt | //@data-module-content"
)
ENGLISH = re.compile(
    r"\b(the|this|that|with|your|you|of|and|is|are|was|from|by|not|please|save|edit|add|new"
    r"|delete|remove|search|dataset|datasets|resources|jobs|frequency|groups|tags|license|licenses"
    r"|view|views|show|hide|update|updated|created|last|unknown|there|here|what|how|click|choose"
    r"|already|harvest|package|activity|changed|running|finished|aborted|stop|source type)\b",
    re.IGNORECASE,
)


MENDED = re.compile(r"\d+ members|Change .*'s password")
"""Msgids that CKAN fills in before it looks them up: our templates mend the page afterwards."""


class Listener(NullTranslations):
    """Stands behind the French catalogues: what it hears has no French."""

    def __init__(self, french: set[str]) -> None:
        super().__init__()
        self.heard: set[str] = set()
        self._french = french

    def gettext(self, message: str) -> str:
        # Some templates translate what is already translated.
        if (
            re.search(r"[A-Za-z]{2}", message)
            and message not in self._french
            and not MENDED.fullmatch(message)
        ):
            self.heard.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.heard.add(msgid1)
        return msgid1 if n == 1 else msgid2


@dataclass
class Visit:
    """What a crawl saw: the pages, and the English on them with one page where each was."""

    pages: list[str] = field(default_factory=list)
    english: dict[str, str] = field(default_factory=dict)


@dataclass
class Town:
    """The content that the pages show."""

    token: str
    dataset: dict[str, Any]
    organisation: dict[str, Any]
    theme: dict[str, Any]
    user: str
    resource: dict[str, Any]
    harvest: str | None


@pytest.fixture
def listener(app: Any) -> Listener:
    said = messages.french(Path(__file__).parents[3])["ckanext-grandpoitiers"]
    heard = Listener({form for forms in said.values() for form in forms})
    with app.flask_app.test_request_context("/"):
        translations = get_domain().get_translations()
    assert isinstance(translations, Translations)
    translations.add_fallback(heard)
    return heard


@pytest.fixture
def town(app: Any) -> Town:
    sysadmin = factories.SysadminWithToken(fullname="Camille Dupont", about="Gère le portail.")
    context = {"user": sysadmin["name"], "ignore_auth": False}

    def call(action: str, /, **data: Any) -> Any:
        return helpers.call_action(action, context=dict(context), **data)

    # Managers come before readers: the visit must see the buttons of both.
    organisation = factories.Organization(
        name=name("mobilite"),
        title="Direction de la mobilité",
        description="Bus, vélos et parkings.",
    )
    theme = factories.Group(
        name=name("transports"), title="Transports, déplacements", description="Se déplacer."
    )
    call("member_create", id=organisation["id"], object=sysadmin["id"], object_type="user",
         capacity="admin")  # fmt: skip
    dataset = call(
        "package_create",
        name=name("velos"),
        title="Stationnement des vélos",
        notes="Où garer son vélo.",
        owner_org=organisation["id"],
        groups=[{"name": theme["name"]}],
        tags=[{"name": "vélo"}],
        license_id="odc-odbl",
        resources=[{"url": "https://example.com/velos.csv", "name": "Vélos", "format": "CSV"}],
    )
    table = call(
        "datastore_create",
        resource={"package_id": dataset["id"], "name": "Arceaux", "format": "CSV"},
        fields=[{"id": "lieu", "type": "text"}, {"id": "places", "type": "int"}],
        records=[{"lieu": "Gare", "places": 12}],
    )
    call("package_patch", id=dataset["id"], notes="Où garer son vélo à Poitiers.")
    call("package_create", name=name("prive"), title="Brouillon privé",
         owner_org=organisation["id"], private=True)  # fmt: skip
    call("follow_dataset", id=dataset["id"])
    return Town(
        token=sysadmin["token"],
        dataset=dataset,
        organisation=organisation,
        theme=theme,
        user=sysadmin["name"],
        resource=call("resource_show", id=table["resource_id"]),
        harvest=harvest_source(call, organisation["id"]),
    )


def name(start: str) -> str:
    """A name of its own for each test; without English in it."""
    return f"{start}-{uuid4().hex[:8]}"


def harvest_source(call: Any, owner: str) -> str | None:
    """A source with a finished job that met an error; None where no harvester is switched on."""
    types = call("harvesters_info_show")
    if not types:
        return None
    source = call(
        "harvest_source_create",
        name=name("geocatalogue"),
        title="Géocatalogue d’essai",
        url=f"https://example.com/{owner}",
        source_type=types[0]["name"],
        owner_org=owner,
    )
    call("harvest_job_create", source_id=source["id"])
    return source["name"]


def starting_points(town: Town) -> list[str]:
    """The pages that no link leads to, or only after many others."""
    dataset, organisation = town.dataset["name"], town.organisation["name"]
    resource = f"/dataset/{dataset}/resource/{town.resource['id']}"
    harvest = [f"/harvest/{town.harvest}", f"/harvest/admin/{town.harvest}"] if town.harvest else []
    return [
        "/", "/dataset/", "/dataset/?q=introuvable", "/dataset/?q=%5B", "/group/", "/organization/",
        "/organization/?q=zzz", "/group/?q=zzz", f"/dataset/{dataset}", resource,
        f"{resource}/new_view?view_type=text_view", f"/dataset/dictionary/{town.resource['id']}",
        f"/dataset/groups/{dataset}", f"/dataset/activity/{dataset}", "/dataset/inconnu",
        f"/dataset/{dataset}/resource/inconnue", "/group/inconnu", "/organization/inconnue",
        f"/dataset/new?group={organisation}", f"/dataset/edit/{dataset}",
        f"/dataset/collaborators/{dataset}", f"/dataset/resources/{dataset}",
        f"/dataset/{dataset}/resource/new", f"{resource}/edit", f"{resource}/views",
        f"/dataset/delete/{dataset}", f"{resource}/delete", "/organization/new", "/group/new",
        f"/organization/edit/{organisation}", f"/organization/members/{organisation}",
        f"/organization/member_new/{organisation}", f"/organization/bulk_process/{organisation}",
        f"/organization/delete/{organisation}", f"/group/edit/{town.theme['name']}",
        f"/group/members/{town.theme['name']}", f"/group/member_new/{town.theme['name']}",
        f"/group/delete/{town.theme['name']}", "/user/", "/user/login", "/user/register",
        "/user/reset", f"/user/{town.user}", f"/user/edit/{town.user}",
        f"/user/{town.user}/api-tokens", "/dashboard/", "/dashboard/datasets",
        "/dashboard/organizations", "/dashboard/groups", "/about", "/stats", "/harvest",
        "/harvest/new", "/ckan-admin/", "/ckan-admin/config", "/ckan-admin/trash",
        "/ckan-admin/reset_config", "/ckan-admin/activities", *harvest,
    ]  # fmt: skip


def kind(app: Any, path: str) -> str | None:
    """The endpoint behind a path; None for what is not to be visited."""
    try:
        endpoint, _arguments = app.flask_app.url_map.bind("portail").match(urlsplit(path).path)
    except Exception:  # noqa: BLE001  (werkzeug raises many: no such page, another method…)
        return "error"
    return None if SKIPPED_ENDPOINTS.match(endpoint) else endpoint


def crawl(app: Any, start: list[str], headers: dict[str, str]) -> Visit:
    visit = Visit()
    seen: Counter[str] = Counter()
    queue, known = deque(start), set(start)
    while queue:
        path = queue.popleft()
        endpoint = kind(app, path)
        # Named pages are all seen, of those found by links two of a kind.
        if endpoint is None or (path not in start and seen[endpoint] >= PAGES_OF_A_KIND):
            continue
        seen[endpoint] += 1
        response = app.get(path, headers=headers, follow_redirects=True)
        if "text/html" not in response.headers.get("Content-Type", "") or not response.body:
            continue
        page = html.fromstring(response.body)
        visit.pages.append(path)
        for text in english(page):
            visit.english.setdefault(text, path)
        for link in links(page):
            if link not in known:
                known.add(link)
                queue.append(link)
    return visit


def links(page: html.HtmlElement) -> Iterator[str]:
    site = urlsplit(tk.config["ckan.site_url"]).netloc
    for link in page.xpath("//a/@href"):
        parts = urlsplit(link)
        if parts.netloc in ("", site) and parts.path.startswith("/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def english(page: html.HtmlElement) -> Iterator[str]:
    """The texts and attributes with an English word in them."""
    for hidden in page.xpath(HIDDEN):
        hidden.drop_tree()
    for text in page.xpath(READ):
        clean = " ".join(str(text).split())
        if ENGLISH.search(without_names(clean)):
            yield clean[:160]


def without_names(text: str) -> str:
    """Leave out what has one name in all languages: licences, addresses, file names."""
    for licence in model.Package.get_license_register().values():
        text = text.replace(licence.title, "")
    return re.sub(r"\S*[/@_]\S*|Open Database License|^harvest$", "", text)


def test_visitors_read_french_everywhere(app: Any, town: Town, listener: Listener) -> None:
    visit = crawl(app, starting_points(town), {})
    assert len(visit.pages) > 40
    assert sorted(listener.heard) == []
    assert visit.english == {}


def test_administrators_read_french_everywhere(app: Any, town: Town, listener: Listener) -> None:
    visit = crawl(app, starting_points(town), {"Authorization": town.token})
    assert len(visit.pages) > 80
    assert sorted(listener.heard) == []
    assert visit.english == {}


REFUSED_FORMS = [
    ("/dataset/new", {"title": "", "name": "A", "save": "go-resources"}),
    ("/organization/new", {"title": "", "name": "x", "save": "save"}),
    ("/group/new", {"title": "", "name": "É", "save": "save"}),
    ("/harvest/new", {"title": "", "url": "", "name": "", "save": "Save"}),
    ("/user/login", {"login": "personne", "password": "faux"}),
    ("/user/reset", {"user": ""}),
    ("/user/register", {"name": "A", "email": "x", "password1": "1", "password2": "2"}),
    ("/ckan-admin/trash", {"action": "package"}),
    ("/ckan-admin/trash", {"action": "rien"}),
]


def test_a_refused_form_says_why_in_french(app: Any, town: Town, listener: Listener) -> None:
    found: dict[str, str] = {}
    for path, form in REFUSED_FORMS:
        headers = {} if path.startswith("/user") else {"Authorization": town.token}
        response = app.post(path, data=form, headers=headers, follow_redirects=True)
        found |= dict.fromkeys(english(html.fromstring(response.body)), path)
    assert sorted(listener.heard) == []
    assert found == {}


def test_the_api_explains_a_refusal_in_french(app: Any, town: Town, listener: Listener) -> None:
    for action, data in [
        ("package_show", {"id": "inconnu"}),
        ("package_show", {}),
        ("package_create", {"name": "a"}),
        ("datastore_search", {}),
        ("organization_create", {"name": "x"}),
    ]:
        assert app.post(f"/api/3/action/{action}", json=data).status_code >= 400
    assert sorted(listener.heard) == []


def test_themes_are_named_so_in_the_pages_of_groups(app: Any, town: Town) -> None:
    for path in (
        "/group/",
        f"/group/{town.theme['name']}",
        f"/dataset/groups/{town.dataset['name']}",
    ):
        text = str(html.fromstring(app.get(path).body).xpath("string()")).lower()
        assert "thème" in text
        assert "groupe" not in text


def test_browsers_get_french_messages(app: Any) -> None:
    """What CKAN's scripts say comes from a file that `ckan translation js` makes."""
    from ckan.lib.i18n import build_js_translations

    build_js_translations()
    said = app.get("/api/i18n/fr").json
    assert said["Cancel"] == [None, "Annuler"]
    assert said["Draw an extent"] == [None, "Dessiner une zone"]
    assert said["Show more"] == [None, "Afficher plus"]
