"""What an attacker tries: as a visitor, as an editor, through another site, in a record."""

import io
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup, Tag
from ckan import model
from ckan.tests import factories, helpers
from werkzeug import formparser
from werkzeug.datastructures import FileStorage

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.front import limits
from tests.catalogues import Catalogue

pytestmark = pytest.mark.usefixtures("clean_db")

SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
OURS = "test.portail.example"
PASSWORD = uuid.uuid4().hex
ANONYMOUS = {"user": "", "ignore_auth": False}


def page(app: Any, path: str) -> BeautifulSoup:
    return BeautifulSoup(app.get(path, status=200).body, "html.parser")


def powers(tag: Tag) -> list[str]:
    """What would run if a browser showed the tag."""
    links = [str(tag.get(name) or "") for name in ("href", "src", "action", "formaction")]
    return [
        *(name for name in tag.attrs if name.startswith("on")),
        *(link for link in links if link.strip().lower().startswith(("javascript:", "data:"))),
        *(["alert"] if tag.name == "script" and "alert(1)</" in tag.get_text() else []),
    ]


def dataset(**more: Any) -> dict[str, Any]:
    return factories.Dataset(**({"owner_org": factories.Organization()["id"]} | more))


@pytest.fixture(autouse=True)
def own_count(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits on requests count those of this test only."""
    monkeypatch.setitem(ckan_config, "ckan.site_id", uuid.uuid4().hex)


class TestScripts:
    def test_what_a_publisher_writes_never_runs(self, app: Any) -> None:
        """Every text and every address of a dataset, on every page that shows it."""
        agent = [
            {
                "name": SCRIPT,
                "email": "a onmouseover=alert(1) b@c.example",
                "url": " javascript:alert(1)",
            }
        ]
        made = dataset(
            title=SCRIPT,
            alternate_title=SCRIPT,
            notes=f"{SCRIPT} [a](javascript:alert(1)) <a href='javascript:alert(1)'>b</a>",
            provenance=f"{SCRIPT} [a](javascript:alert(1))",
            url="javascript:alert(1)",
            version=SCRIPT,
            contact=agent,
            publisher=agent,
            creator=agent,
            conforms_to=["javascript://x%0aalert(1)", SCRIPT],
            documentation=["javascript:alert(1)"],
            territory=[SCRIPT],
            harvest_source_title=SCRIPT,
            spatial_coverage=[{"text": SCRIPT, "uri": "javascript:alert(1)"}],
            spatial='{"type": "Point", "coordinates": [0.3, 46.5]}',
            resources=[
                {"url": "javascript:alert(1)", "name": SCRIPT, "format": SCRIPT},
                {"url": 'http://a/"><script>', "description": SCRIPT, "layer_name": SCRIPT},
            ],
        )
        path = f"/dataset/{made['name']}"
        resource = f"{path}/resource/{made['resources'][0]['id']}"
        for address in ("/", f"/dataset/?q=name:{made['name']}", path, resource):
            found = page(app, address)
            assert SCRIPT[:20] in found.get_text()
            assert [power for tag in found.find_all(True) for power in powers(tag)] == []

    def test_json_ld_stays_inside_its_script(self, app: Any) -> None:
        """And is still JSON."""
        name = dataset(title=SCRIPT, notes=SCRIPT)["name"]
        (script,) = page(app, f"/dataset/{name}").select('script[type="application/ld+json"]')
        assert SCRIPT in json.dumps(json.loads(script.get_text()), ensure_ascii=False).replace(
            '\\"', '"'
        )

    def test_what_a_visitor_asks_for_never_runs(self, app: Any) -> None:
        """Words, filters and numbers of an address that somebody else gave."""
        for name in ("q", "tags", "vocab_territory", "_tags_limit", "sort", "ext_bbox", "next"):
            answer = app.get("/dataset/", query_string={name: f'"><svg onload=x>{SCRIPT}'})
            tags = BeautifulSoup(answer.body, "html.parser").find_all(True)
            assert [power for tag in tags for power in powers(tag)] == []

    def test_an_extent_out_of_this_world_spoils_no_page(self, app: Any) -> None:
        """ckanext-spatial lets an infinite position through."""
        name = dataset(spatial='{"type": "Point", "coordinates": [1e999, 1]}')["name"]
        assert page(app, f"/dataset/{name}").select(".extent-map") == []


class TestUploads:
    def test_an_uploaded_page_has_no_power(self, app: Any) -> None:
        """It would act for the administrator who looks at it."""
        package = dataset()
        for name, media_type, content in (
            ("a.html", "text/html", "<script>alert(document.domain)</script>"),
            ("a.svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>'),
            ("a.xml", "application/xml", '<x xmlns="http://www.w3.org/1999/xhtml"/>'),
        ):
            file = FileStorage(io.BytesIO(content.encode()), name, content_type=media_type)
            resource = factories.Resource(package_id=package["id"], upload=file)
            path = f"/dataset/{package['name']}/resource/{resource['id']}/download/{name}"
            answer = app.get(path, status=200)
            assert answer.body == content
            assert "; sandbox;" in answer.headers["Content-Security-Policy"]

    def test_the_image_of_a_theme_is_an_image(self) -> None:
        """By its content, whatever its name (CVE-2021-25967)."""
        for name in ("logo.svg", "logo.html", "logo.png"):
            for content in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><script>"):
                file = FileStorage(io.BytesIO(content), name, content_type="image/png")
                with pytest.raises(tk.ValidationError):
                    factories.Group(image_upload=file)


class TestPaths:
    def test_no_file_but_those_of_the_look_is_served(self, app: Any) -> None:
        """Whatever stands in the address."""
        for name in ("../config/ckan.ini", "..%2fckan.ini", "%2e%2e/x", "\x00town.css", "a" * 9999):
            app.get(f"/town/abc/{name}", status=404)

    def test_a_record_s_identifier_is_only_looked_up(self, app: Any) -> None:
        """Ids never reach a path (CVE-2023-32321)."""
        for guid in ("../../etc/passwd", "%00", "a%0D%0Ab", "'; --", "a" * 10**6):
            app.get(f"/geocatalogue/{guid}.xml", status=404)

    def test_a_nul_in_an_address_is_an_unknown_page(self, app: Any) -> None:
        """PostgreSQL would fail on it."""
        app.get("/dataset/%00", status=404)
        app.get("/organization/a%00b", status=404)

    def test_an_address_forges_no_line_of_the_log(
        self, app: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """CKAN writes the path of every request (CVE-2024-27097)."""
        log = logging.getLogger("ckan.config.middleware.flask_app")
        monkeypatch.setattr(log, "disabled", False)
        monkeypatch.setattr(log, "handlers", [caplog.handler])
        caplog.set_level(logging.INFO, log.name)
        app.get("/nowhere%0d%0a200%20/forged", status=404)
        assert any("forged" in line for line in caplog.messages)
        assert not any({"\r", "\n"} & set(line) for line in caplog.messages)

    def test_logging_in_leads_nowhere_else(self, app: Any) -> None:
        """Not to the site that gave the link."""
        user = factories.User(password=PASSWORD)
        sent = {"login": user["name"], "password": PASSWORD}
        for target in (
            "//evil.example",
            "https:evil.example",
            "/\\evil.example",
            "/\t/evil.example",
        ):
            with app.flask_app.test_client() as client:
                answer = client.post("/user/login", query_string={"next": target}, data=sent)
                assert answer.status_code == 302
                assert urlsplit(answer.headers["Location"]).netloc in ("", OURS)


class TestPrivate:
    @pytest.mark.usefixtures("clean_index")
    def test_a_private_dataset_counts_nowhere(self, app: Any) -> None:
        """Home page, filters, organisations, themes, key figures, whatever is asked for."""
        group, organisation = factories.Group(name="transports"), factories.Organization()
        dataset(
            title="Secret",
            owner_org=organisation["id"],
            private=True,
            groups=[{"name": group["name"]}],
            tag_string="introuvable",
            territory=["86194"],
            resources=[{"url": "https://example.com/a.csv", "format": "SECRET"}],
        )
        figures = helpers.call_action("grandpoitiers_key_figures", dict(ANONYMOUS))
        assert set(figures.values()) == {0}
        for path in ("/", "/dataset/", "/group/", "/organization/", "/feeds/dataset.atom"):
            body = app.get(path).body
            assert "Secret" not in body
            assert "introuvable" not in body
            assert "1 jeu de données" not in body.replace("\N{NO-BREAK SPACE}", " ")
        asked = {
            "q": "*:*",
            "fq": "capacity:private OR private:true OR *:*",
            "include_private": True,
            "facet.field": ["groups", "organization", "tags", "res_format", "permission_labels"],
        }
        found = helpers.call_action("package_search", dict(ANONYMOUS), **asked)
        assert found["count"] == 0
        assert all(counts == {} for counts in found["facets"].values())

    @pytest.mark.usefixtures("clean_index")
    def test_the_record_of_a_private_dataset_is_private(
        self, app: Any, source_id: str, catalogue: Catalogue
    ) -> None:
        """ckanext-harvest shows the objects of a harvest to everybody; the record says it all."""
        jobs.run_now(source_id)
        (listed, *_) = app.get("/api/3/action/harvest_object_list").json["result"]
        shown = app.get(f"/api/3/action/harvest_object_show?id={listed}").json["result"]
        addresses = (
            f"/harvest/object/{listed}",
            f"/dataset/harvest_object/{shown['package_id']}",
            f"/geocatalogue/{shown['guid']}.xml",
        )
        for address in addresses:
            answer = app.get(address, status=200)
            assert "MD_Metadata" in answer.body
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        helpers.call_action(
            "package_patch",
            {"user": factories.Sysadmin()["name"]},
            id=shown["package_id"],
            private=True,
        )
        for address in addresses:
            refused = app.get(address, expect_errors=True)
            assert refused.status_code in (403, 404)
            assert "MD_Metadata" not in refused.body
        app.get(f"/api/3/action/harvest_object_show?id={listed}", status=403)
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        app.get(f"/harvest/object/{listed}", headers=admin, status=200)


class TestSearch:
    def test_what_solr_must_not_be_asked_is_refused(self, app: Any) -> None:
        """Local parameters, other parsers, endless questions; the answer names no server."""
        refused: list[dict[str, Any]] = [
            {"q": "{!xmlparser v='<x/>'}"},
            {"fq": "{!lucene}*:*"},
            {"sort": "query({!lucene v=a}) asc"},
            {"q": "_query_:\"{!xmlparser v='<x/>'}\"", "defType": "lucene"},
            {"bf": "{!func}1"},
            {"facet.field": ["{!ex=x}groups"]},
            {"q": " OR ".join(f"w{n}" for n in range(3000))},
            {"start": 10**12},
        ]
        for asked in refused:
            answer = app.post("/api/3/action/package_search", json=asked, expect_errors=True)
            assert answer.status_code in (400, 409)
            assert "://" not in json.dumps(answer.json["error"])

    def test_an_absurd_search_is_answered(self, app: Any) -> None:
        """With a page, and without a fault of ours."""
        absurd: list[dict[str, Any]] = [
            {"page": "1000000000"},
            {"page": "-1"},
            {"page": "x"},
            {"q": "a" * 10_000},
            {"q": "\x00"},
            {"_tags_limit": "100000000000"},
            {"_tags_limit": "x"},
            {"ext_bbox": "nan,nan,nan,nan"},
            {"ext_bbox": "1e400,0,1,1"},
            {"groups": '") OR capacity:private'},
            {f"vocab_{n}": "x" for n in range(1000)},
            {"vocab_territory": [str(n) for n in range(1000)]},
        ]
        for asked in absurd:
            answer = app.get("/dataset/", query_string=asked, expect_errors=True)
            assert answer.status_code in (200, 400), asked
            assert "/solr/" not in answer.body

    def test_a_search_that_fails_names_no_server(
        self, app: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither its address nor its password (CVE-2024-41674)."""
        monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:1/solr/cachottier")
        monkeypatch.setitem(ckan_config, "solr_user", "moi")
        monkeypatch.setitem(ckan_config, "solr_password", "sesame")
        for path in ("/dataset/", "/api/3/action/package_search"):
            body = app.get(path, expect_errors=True).body
            assert not [told for told in ("sesame", "cachottier", "127.0.0.1:1/") if told in body]
        for path in ("/", "/feeds/dataset.atom"):
            body = app.get(path, status=503).body
            assert "ne répond pas" in body
            assert not [told for told in ("sesame", "cachottier", "127.0.0.1:1/") if told in body]


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
class TestForgery:
    @pytest.fixture
    def administrator(self, app: Any) -> Iterator[Any]:
        """A browser in which a system administrator is logged in."""
        user = factories.Sysadmin(password=PASSWORD)
        with app.flask_app.test_client() as client:
            form = BeautifulSoup(client.get("/user/login").text, "html.parser")
            token = form.select_one("form[method=post] input[name=_csrf_token]")["value"]
            sent = {"login": user["name"], "password": PASSWORD, "_csrf_token": token}
            assert client.post("/user/login", data=sent).status_code == 302
            yield client

    @pytest.mark.usefixtures("clean_index", "clean_queues")
    def test_a_link_on_another_site_changes_no_source(
        self, administrator: Any, source_id: str
    ) -> None:
        """ckanext-harvest empties a source when an address is merely opened; from ours it may."""
        for verb in ("clear", "refresh", "delete"):
            for origin in ("", "https://evil.example/", f"http://{OURS}.evil.example/"):
                path = f"/harvest/{verb}/{source_id}"
                assert administrator.get(path, headers={"Referer": origin}).status_code == 400
        assert helpers.call_action("job_list") == []
        assert model.Package.get(source_id).state == "active"
        ours = {"Referer": f"http://{OURS}/harvest/admin/essai"}
        assert administrator.get(f"/harvest/refresh/{source_id}", headers=ours).status_code == 302
        assert len(helpers.call_action("job_list")) == 1

    def test_the_api_believes_no_cookie_without_proof(self, administrator: Any) -> None:
        """A form of another site can send what looks like JSON."""
        answer = administrator.post(
            "/api/3/action/group_create", data='{"name": "forged"}', content_type="text/plain"
        )
        assert answer.status_code == 400
        assert model.Group.get("forged") is None


class TestLimits:
    def test_a_subscriber_is_counted_once(self, app: Any) -> None:
        """Who has a whole IPv6 network could have a new address for each try."""
        for address, counted in (
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("fe80::1%eth0", "fe80::/64"),
            ("nonsense", "nonsense"),
        ):
            with app.flask_app.test_request_context(environ_base={"REMOTE_ADDR": address}):
                assert limits.caller() == counted

    def test_an_unknown_caller_sends_little(self, app: Any) -> None:
        """CKAN reads the whole request into memory, and repeats a refused search in its answer."""
        words = "a" * limits.ANONYMOUS_BODY
        refused = app.post("/api/3/action/package_search", json={"q": words}, status=413)
        assert "plus volumineux que ce que le portail accepte" in refused.json["error"]["message"]
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        app.post("/api/3/action/status_show", json={"q": words}, headers=admin, status=200)

    @pytest.mark.parametrize("path", ["/pages/new", "/group/new", "/user/edit"])
    def test_a_picture_of_200_mb_is_refused_as_it_comes(
        self, app: Any, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One sentence; nothing of it is kept, on disk or in memory, whoever sends it."""
        size, read = 200 * 1024 * 1024, list[int]()

        class Coming(io.RawIOBase):
            def read(self, wanted: int = -1) -> bytes:
                assert 0 <= wanted <= 1024 * 1024
                got = min(wanted, size - sum(read))
                read.append(got)
                return bytes(got)

        def kept(*_: Any, **__: Any) -> Any:
            raise AssertionError("a temporary file")

        monkeypatch.setattr(formparser, "SpooledTemporaryFile", kept)
        coming = {
            "wsgi.input": Coming(),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": str(size),
        }
        answer = app.flask_app.test_client().post(path, environ_overrides=coming)
        assert answer.status_code == 413
        told = BeautifulSoup(answer.text, "html.parser").select_one("#error-content p")
        assert told is not None
        assert told.get_text() == (
            "Une image pèse 4\N{NO-BREAK SPACE}Mo au plus. Revenez en arrière\N{NO-BREAK SPACE}: "
            "votre texte y est encore. Enregistrez l’image en plus petit, puis envoyez-la."
        )
        assert sum(read) == size

    def test_no_request_is_larger_than_the_largest_file(self, app: Any, ckan_config: Any) -> None:
        """A form goes to a temporary file before anybody asks who sent it."""
        largest = ckan_config["ckan.max_resource_size"] * 1024 * 1024
        assert largest < app.flask_app.config["MAX_CONTENT_LENGTH"] < largest * 1.1
        said = {"CONTENT_LENGTH": str(2 * largest), "CONTENT_TYPE": "multipart/form-data"}
        headers = {"Authorization": factories.UserWithToken()["token"]}
        path = "/api/3/action/resource_create"
        answer = app.post(path, headers=headers, environ_overrides=said, status=413)
        assert (
            f"{largest // 1024 // 1024}\N{NO-BREAK SPACE}Mo au plus"
            in answer.json["error"]["message"]
        )


class TestCookies:
    def flags(self, app: Any) -> dict[str, str]:
        """The flags of each cookie that logging in sets."""
        user = factories.User(password=PASSWORD)
        sent = {"login": user["name"], "password": PASSWORD, "remember": "63072000"}
        answer = app.post("/user/login", data=sent, follow_redirects=False)
        cookies = answer.headers.getlist("Set-Cookie")
        return {cookie.partition("=")[0]: cookie.partition(";")[2] for cookie in cookies}

    def test_other_sites_and_scripts_do_not_get_them(self, app: Any) -> None:
        """HttpOnly and SameSite=Lax, on the session and on the long-lived one."""
        flags = self.flags(app)
        assert set(flags) == {"ckan", "remember_token"}
        assert all("HttpOnly" in text and "SameSite=Lax" in text for text in flags.values())

    def test_behind_tls_they_are_never_in_clear_text(
        self, make_app: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without the administrator having to think of it."""
        monkeypatch.setenv("CKAN_SITE_URL", "https://data.town.example")
        monkeypatch.setitem(ckan_config, "ckan.site_url", "https://data.town.example")
        flags = self.flags(make_app())
        assert flags
        assert all("Secure" in text for text in flags.values())

    def test_what_is_kept_for_long_sets_none(self, app: Any) -> None:
        """A shared cache would give it to somebody else."""
        user = factories.User(password=PASSWORD)
        with app.flask_app.test_client() as client:
            client.post("/user/login", data={"login": user["name"], "password": PASSWORD})
            answer = client.get("/town/abc/town.css")
            assert "immutable" in answer.headers["Cache-Control"]
            assert "Set-Cookie" not in answer.headers


class TestQuestions:
    def test_a_nul_is_turned_down_with_a_sentence(self, app: Any) -> None:
        action = "/api/3/action/package_show"
        for answer in (
            app.get(f"{action}?id=a%00b", expect_errors=True),
            app.post(action, json={"id": "a\x00b"}, expect_errors=True),
            app.post(action, json={"id": ["x", {"a\x00": 1}]}, expect_errors=True),
            app.post(action, data={"id": "a\x00b"}, expect_errors=True),
            app.get("/dataset/?q=%00", expect_errors=True),
        ):
            assert answer.status_code == 400
            assert "NUL" in answer.body
        # What only speaks of one holds none.
        answer = app.post(action, json={"id": "\\u0000"}, expect_errors=True)
        assert answer.status_code == 404

    def test_no_script_is_made_of_an_answer(self, app: Any) -> None:
        """A JSONP callback would run with the rights of who reads."""
        answer = app.get("/api/3/action/status_show?callback=f", expect_errors=True)
        assert answer.status_code == 400
        assert "CORS" in answer.json["error"]["message"]

    def test_only_those_who_publish_see_the_sources_of_harvests(self, source_id: str) -> None:
        stranger = factories.User()["name"]
        for user in ("", stranger):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action("harvest_source_list")({"user": user, "ignore_auth": False}, {})
        site = factories.Sysadmin()["name"]
        found = tk.get_action("harvest_source_list")({"user": site, "ignore_auth": False}, {})
        assert [one["id"] for one in found] == [source_id]

    def test_no_page_shows_a_picture_of_another_site(self, app: Any) -> None:
        """It would tell that site who reads."""
        text = "![le plan](https://tiers.example/p.png) ![ici](/uploads/p.png)"
        made = dataset(notes=text, provenance=text)
        found = page(app, f"/dataset/{made['name']}")
        assert not found.select('img[src*="tiers.example"]')
        assert found.select('img[src="/uploads/p.png"]')
        assert found.select_one('a[href="https://tiers.example/p.png"]').get_text() == "le plan"


def test_a_query_that_fails_fails_one_request_and_its_page_is_told(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        model.Session.execute(sa.text("SELECT 1 / 0"))

    flask = app.flask_app
    monkeypatch.setitem(flask.config, "PROPAGATE_EXCEPTIONS", False)
    with monkeypatch.context() as patched:
        patched.setitem(flask.view_functions, "home.about", broken)
        page = app.get("/about", status=500).body
    assert "portal-nav" in page
    assert app.get("/about", status=200)
    assert model.Session.execute(sa.text("SELECT 1")).scalar() == 1
