"""How programs find what there is and what is new: robots.txt, sitemap, feeds, links of pages."""

import csv
import io
import uuid
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers
from lxml import etree

from ckanext.grandpoitiers import seeding
from ckanext.grandpoitiers.interchange import inventory, listing, own_catalogue, sitemap
from ckanext.grandpoitiers.pages import loading
from ckanext.scdl.checking import check_file
from ckanext.scdl.registry import Registry
from tests.exports import SIRET

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import feedparser

SITE = "http://test.portail.example"
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


@pytest.fixture
def organisation() -> dict[str, Any]:
    return factories.Organization(name="geomatique", title="Géomatique")


def make(organisation: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return factories.Dataset(**({"owner_org": organisation["id"]} | fields))


def act(action: str, **fields: Any) -> Any:
    """Carry it out as the site itself: ckanext-activity asks for a user."""
    site = helpers.call_action("get_site_user")
    return helpers.call_action(action, {"user": site["name"]}, **fields)


def addresses(app: Any, path: str) -> dict[str, str]:
    """`{address: date}` of a sitemap, dates blank where there are none."""
    root = etree.fromstring(app.get(path, status=200).data)
    return {
        one.findtext("s:loc", namespaces=NAMES): one.findtext("s:lastmod", "", namespaces=NAMES)
        for one in root
    }


def path(address: str) -> str:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == SITE
    return parts.path + (f"?{parts.query}" if parts.query else "")


def read(app: Any, address: str) -> Any:
    answer = app.get(address, status=200)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    found = feedparser.parse(answer.data)
    assert not found.bozo
    return found


class TestSitemap:
    def test_robots_lead_to_every_page(self, app: Any, organisation: Any) -> None:
        seeding.carry_out(seeding.prepare(force=False))
        loading.load("demo/pages.yaml")
        made = make(organisation)
        robots = app.get("/robots.txt").body.splitlines()
        (line,) = (one for one in robots if one.startswith("Sitemap: "))
        found: dict[str, str] = {}
        for part in addresses(app, path(line.removeprefix("Sitemap: "))):
            found |= addresses(app, path(part))
        changed = helpers.call_action("package_show", id=made["id"])["metadata_modified"]
        assert found[f"{SITE}/dataset/{made['name']}"] == f"{changed[:19]}Z"
        assert {f"{SITE}/organization/geomatique", f"{SITE}/group/transports"} <= set(found)
        assert f"{SITE}/pages/datasandwich25022021" in found
        for address in found:
            app.get(path(address), status=200)

    def test_datasets_are_in_as_many_parts_as_it_takes(
        self, app: Any, organisation: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sitemap, "LIMIT", 2)
        monkeypatch.setattr(listing, "LIMIT", 2)
        made = {f"{SITE}/dataset/{make(organisation)['name']}" for _ in range(5)}
        parts = [one for one in addresses(app, "/sitemap.xml") if "datasets" in one]
        assert len(parts) == 3
        found = [one for part in parts for one in addresses(app, path(part))]
        assert set(found) == made
        assert len(found) == 5
        app.get("/sitemap-datasets-4.xml", status=404)
        app.get("/sitemap-datasets-0.xml", status=404)

    def test_it_is_not_sent_twice(self, app: Any, organisation: Any) -> None:
        make(organisation)
        for name in ("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-datasets-1.xml"):
            known = {"If-None-Match": app.get(name).headers["ETag"]}
            app.get(name, status=304, headers=known)
        make(organisation)
        app.get("/sitemap-datasets-1.xml", status=200, headers=known)


class TestFeeds:
    def test_each_page_names_its_feed(self, app: Any, organisation: Any) -> None:
        seeding.carry_out(seeding.prepare(force=False))
        made = make(
            organisation, groups=[{"name": "transports"}], tags=[{"name": "bus de nuit"}],
            title="Été </title>\x0b", notes="**Des** arrêts",
        )  # fmt: skip
        other = make(organisation)
        for page, titles in (
            ("/", {made["title"], other["title"]}),
            ("/organization/geomatique", {made["title"], other["title"]}),
            ("/group/transports", {made["title"]}),
            ("/dataset/?tags=bus+de+nuit&res_format=&_tags_limit=0&page=1", {made["title"]}),
            (f"/dataset/?q=name:{made['name']}", {made["title"]}),
            ("/dataset/?ext_bbox=10,10,11,11", set[str]()),
        ):
            links = BeautifulSoup(app.get(page).body, "html.parser").select(
                'link[type="application/atom+xml"]'
            )
            found = read(app, str(links[-1]["href"]))
            assert {one.title for one in found.entries} == {
                title.replace("\x0b", "") for title in titles
            }, page
            alternate = next(one.href for one in found.feed.links if one.rel == "alternate")
            app.get(path(alternate), status=200)
        read(app, "/feeds/tag/bus%20de%20nuit.atom")

    def test_a_dataset_is_told_as_people_read_it(self, app: Any, organisation: Any) -> None:
        made = make(organisation, notes="**Des** arrêts", tags=[{"name": "bus"}])
        found = read(app, "/feeds/organization/geomatique.atom")
        (one,) = found.entries
        assert found.feed.language == "fr"
        assert found.feed.title.startswith("Géomatique – ")
        assert "derniers" in found.feed.subtitle
        assert (one.summary, one.author, one.tags[0].term) == ("Des arrêts", "Géomatique", "bus")
        assert one.link == f"{SITE}/dataset/{made['name']}"
        assert one.updated == f"{made['metadata_modified'][:19]}Z"

    def test_identifiers_never_change(self, app: Any, organisation: Any) -> None:
        made = make(organisation)
        before = read(app, "/feeds/organization/geomatique.atom")
        act("package_patch", id=made["id"], name="autre-nom", title="Autre titre")
        act("organization_patch", id=organisation["id"], name="sig")
        after = read(app, "/feeds/organization/sig.atom")
        assert after.feed.id == before.feed.id
        assert [one.id for one in after.entries] == [one.id for one in before.entries]
        assert after.entries[0].title == "Autre titre"

    def test_pages_follow_one_another(
        self, app: Any, organisation: Any, monkeypatch: pytest.MonkeyPatch, ckan_config: Any
    ) -> None:
        monkeypatch.setitem(ckan_config, "ckan.feeds.limit", 2)
        made = [make(organisation)["title"] for _ in range(5)]
        titles: list[str] = []
        address = "/feeds/custom.atom?organization=geomatique"
        while address:
            found = read(app, address)
            titles += [one.title for one in found.entries]
            links = {one.rel: path(one.href) for one in found.feed.links}
            assert links["self"] == address
            address = links.get("next", "")
        assert titles == made[::-1]

    def test_what_is_not_there_is_said(self, app: Any) -> None:
        for address, status in (
            ("/feeds/group/nothing.atom", 404), ("/feeds/organization/nothing.atom", 404),
            ("/feeds/dataset.atom?page=0", 400), ("/feeds/dataset.atom?page=x", 400),
            ("/feeds/dataset.atom?page=1000000", 400), ("/feeds/custom.atom?q=%7B%21x", 400),
            ("/feeds/custom.atom?tags=a%22+OR+b", 200), ("/feeds/tag/a%22b.atom", 200),
            ("/feeds/custom.atom?private=true&fq=x&_=1", 200),
        ):  # fmt: skip
            app.get(address, status=status)

    def test_who_manages_reads_the_same_feed_as_everybody(
        self, app: Any, organisation: Any
    ) -> None:
        hidden = make(organisation, private=True, title=uuid.uuid4().hex)
        user = factories.SysadminWithToken()
        answer = app.get("/feeds/dataset.atom", headers={"Authorization": user["token"]})
        assert hidden["title"] not in answer.body


class TestOwnCatalogue:
    @pytest.fixture(autouse=True)
    def answering(self, clean_db: None, clean_index: None, with_request_context: None) -> None:
        """The organisation that answers for the portal, with its number."""
        factories.Organization(
            name="grand-poitiers", title="Grand Poitiers",
            extras=[{"key": "siret", "value": SIRET}],
        )  # fmt: skip
        assert own_catalogue.publish() == own_catalogue.NAME

    def rows(self, app: Any, folder: Path) -> dict[str, dict[str, str]]:
        """`{title: row}` of the file at the address that the portal gives, checked."""
        record = helpers.call_action("package_show", id=own_catalogue.NAME)
        (resource,) = record["resources"]
        answer = app.get(path(resource["url"]), status=200)
        file = folder / "catalogue.csv"
        file.write_bytes(answer.data)
        version = Registry.standard().find(f"{inventory.SCHEMA}@{inventory.VERSION}")
        (folder / "work").mkdir(exist_ok=True)
        report = check_file(file, version.descriptor, folder / "work")
        assert (report.verdict, report.counts) == ("valid", {})
        found = csv.DictReader(io.StringIO(answer.data.decode(), newline=""))
        return {one["TITRE"]: one for one in found}

    def test_it_holds_what_is_public_and_itself_and_is_always_up_to_date(
        self, app: Any, organisation: Any, tmp_path: Path
    ) -> None:
        link = {"url": "https://a.example/b.csv", "format": "CSV"}
        made = make(organisation, resources=[link], territory=["86194"], title="Un jeu")
        make(organisation, resources=[link], private=True, title="Secret")
        make(organisation, resources=[link], state="draft", title="Brouillon")
        own = "Catalogue du portail"
        assert set(self.rows(app, tmp_path)) == {"Un jeu", own}
        before = app.get(own_catalogue.PATH).headers["ETag"]
        app.get(own_catalogue.PATH, status=304, headers={"If-None-Match": before})
        act("package_patch", id=made["id"], title="Un autre titre")
        assert set(self.rows(app, tmp_path)) == {"Un autre titre", own}
        act("package_delete", id=made["id"])
        assert set(self.rows(app, tmp_path)) == {own}

    def test_its_record_is_made_once_and_follows_the_portal(self, ckan_config: Any) -> None:
        assert own_catalogue.publish() is None
        act("package_patch", id=own_catalogue.NAME, title="Notre catalogue")
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(ckan_config, "ckan.site_url", "https://ailleurs.example")
            assert own_catalogue.publish() == own_catalogue.NAME
        shown = helpers.call_action("package_show", id=own_catalogue.NAME)
        assert shown["title"] == "Notre catalogue"
        assert shown["resources"][0]["url"].startswith("https://ailleurs.example/")
        act("package_delete", id=own_catalogue.NAME)
        assert own_catalogue.publish() is None
