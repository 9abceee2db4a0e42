"""What pages tell programs: schema.org in their scripts, tables as Croissant."""

import json
from typing import Any

import pytest
import rdflib
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

SITE = "http://test.portail.example"
SCHEMA = rdflib.Namespace("https://schema.org/")
HOSTILE = "</script><script>alert(1)</script>"

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


def make(**fields: Any) -> dict[str, Any]:
    """A public dataset of an organisation."""
    return factories.Dataset(**({"owner_org": factories.Organization()["id"]} | fields))


def act(action: str, **fields: Any) -> Any:
    """Carry it out as the site itself: ckanext-activity asks for a user."""
    site = helpers.call_action("get_site_user")
    return helpers.call_action(action, {"user": site["name"]}, **fields)


def data(app: Any, address: str) -> list[dict[str, Any]]:
    """The JSON-LD of a page."""
    page = BeautifulSoup(app.get(address, status=200).body, "html.parser")
    return [json.loads(one.get_text()) for one in page.select('script[type*="ld+json"]')]


def graph(document: dict[str, Any]) -> rdflib.Graph:
    """Its triples, the context written out so that nothing is fetched."""
    assert document["@context"] == str(SCHEMA)
    written = json.dumps(document | {"@context": {"@vocab": str(SCHEMA)}})
    return rdflib.Graph().parse(data=written, format="json-ld")


class TestStructuredData:
    def test_a_page_describes_its_dataset(self, app: Any) -> None:
        made = make(
            title=HOSTILE, notes=HOSTILE, license_id="lov2",
            resources=[{"url": "https://a.example/b.csv", "format": "CSV", "name": HOSTILE}],
        )  # fmt: skip
        (found,) = data(app, f"/dataset/{made['name']}")
        triples, subject = graph(found), rdflib.URIRef(f"{SITE}/dataset/{made['id']}")
        assert (subject, rdflib.RDF.type, SCHEMA.Dataset) in triples
        assert triples.value(subject, SCHEMA.name) == rdflib.Literal(HOSTILE)
        file = triples.value(subject, SCHEMA.distribution)
        assert triples.value(file, SCHEMA.contentUrl) == rdflib.Literal("https://a.example/b.csv")
        catalogue = triples.value(subject, SCHEMA.includedInDataCatalog)
        (home,) = data(app, "/")
        assert (catalogue, rdflib.RDF.type, SCHEMA.DataCatalog) in graph(home)

    def test_the_page_of_a_private_dataset_tells_programs_nothing(self, app: Any) -> None:
        user = factories.SysadminWithToken()
        made = make(private=True, user=user)
        page = app.get(f"/dataset/{made['name']}", headers={"Authorization": user["token"]})
        assert made["title"] in page.body
        assert "ld+json" not in str(BeautifulSoup(page.body, "html.parser").select("script"))


class TestTables:
    @pytest.fixture
    def table(self) -> dict[str, Any]:
        made = make(license_id="lov2")
        fields = [
            {"id": "nom", "type": "text", "info": {"label": "Nom", "notes": "De l’arrêt"}},
            {"id": "lignes", "type": "int4"},
            {"id": "vu", "type": "timestamp"},
        ]
        resource = {"package_id": made["id"], "name": "Arrêts"}
        act("datastore_create", resource=resource, fields=fields, records=[])
        return helpers.call_action("package_show", id=made["id"])

    def test_a_table_is_described_by_its_columns(self, app: Any, table: dict[str, Any]) -> None:
        answer = app.get(f"/dataset/{table['name']}/croissant.jsonld", status=200)
        assert answer.headers["Content-Type"] == "application/ld+json"
        found = json.loads(answer.body)
        fields = found["recordSet"][0]["field"]
        assert [(one["name"], one["dataType"]) for one in fields] == [
            ("nom", "sc:Text"), ("lignes", "sc:Integer"), ("vu", "sc:DateTime")
        ]  # fmt: skip
        assert fields[0]["description"] == "Nom – De l’arrêt"
        (file,) = found["distribution"]
        rows = app.get(file["contentUrl"].removeprefix(SITE), status=200)
        assert rows.body.splitlines()[0].lstrip("\ufeff") == "_id,nom,lignes,vu"
        again = {"If-None-Match": answer.headers["ETag"]}
        app.get(f"/dataset/{table['id']}/croissant.jsonld", status=304, headers=again)
        page = BeautifulSoup(app.get(f"/dataset/{table['name']}").body, "html.parser")
        assert page.select('link[rel=alternate][href$="/croissant.jsonld"]')

    def test_what_has_no_table_or_is_not_public_has_no_description(
        self, app: Any, table: dict[str, Any]
    ) -> None:
        app.get(f"/dataset/{make()['name']}/croissant.jsonld", status=404)
        app.get("/dataset/nothing/croissant.jsonld", status=404)
        act("package_patch", id=table["id"], private=True)
        app.get(f"/dataset/{table['name']}/croissant.jsonld", status=404)


class TestRemarks:
    """What does not leave the portal is shown to those who can mend it, and to nobody else."""

    @pytest.fixture
    def organisation(self, clean_db: None, clean_index: None) -> dict[str, Any]:
        return factories.Organization(name="geomatique")

    def page(self, app: Any, address: str, user: Any = None, status: int = 200) -> BeautifulSoup:
        headers = {"Authorization": user["token"]} if user else {}
        return BeautifulSoup(app.get(address, headers=headers, status=status).body, "html.parser")

    def test_on_the_page_of_a_dataset_for_its_editors(self, app: Any, organisation: Any) -> None:
        link = {"url": "https://a.example/b.csv", "name": "Fichier", "mimetype": "n'importe quoi"}
        made = make(
            owner_org=organisation["id"], resources=[link],
            contact=[{"name": "A", "email": HOSTILE}],
        )  # fmt: skip
        editor, member, stranger = (factories.UserWithToken() for _ in range(3))
        for user, capacity in ((editor, "editor"), (member, "member")):
            act(
                "member_create", id=organisation["id"], object=user["id"], object_type="user",
                capacity=capacity,
            )  # fmt: skip
        address = f"/dataset/{made['name']}"
        (box,) = self.page(app, address, editor).select(".export-remarks")
        told = [" ".join(one.get_text(" ").split()) for one in box.select("li")]
        assert told[0].startswith("Contacts – Courriel")
        assert "alert(1)" in told[0]
        assert "Fichier" in told[1]
        forms = [str(one["href"]) for one in box.select("li a")]
        assert forms[0].endswith(f"/dataset/edit/{made['name']}")
        assert forms[1].endswith(f"/resource/{made['resources'][0]['id']}/edit")
        for form in forms:
            self.page(app, form, editor)
        for user in (None, member, stranger):
            assert not self.page(app, address, user).select(".export-remarks")

    def test_as_a_list_for_the_administrators_of_an_organisation(
        self, app: Any, organisation: Any
    ) -> None:
        made = make(owner_org=organisation["id"], contact=[{"name": "A", "email": "nobody"}])
        make(owner_org=organisation["id"])
        hidden = make(owner_org=organisation["id"], private=True, contact=[{"email": "x"}])
        address = "/organization/exports/geomatique"
        page = self.page(app, address, factories.SysadminWithToken())
        assert "1 jeu de données est concerné." in page.get_text()
        assert made["title"] in page.get_text()
        assert hidden["title"] not in page.get_text()
        editor = factories.UserWithToken()
        act(
            "member_create", id=organisation["id"], object=editor["id"], object_type="user",
            capacity="editor",
        )  # fmt: skip
        self.page(app, address, editor, 403)
        self.page(app, address, None, 403)
        self.page(app, "/organization/exports/nothing", factories.SysadminWithToken(), 404)
