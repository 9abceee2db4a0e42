"""What an attacker tries: as a visitor, as an editor, through another site, in a record."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from ckan import model
from ckan.tests import factories, helpers
from werkzeug.datastructures import FileStorage

from ckanext.grandpoitiers import limits
from ckanext.grandpoitiers.catalogue import jobs
from tests.catalogues import Catalogue

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
HIDDEN = r"sesame|hidden|127\.0\.0\.1:1\b"
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
        *(["x"] if tag.name == "img" and tag.get("src") == "x" else []),
    ]


def dataset(**more: Any) -> dict[str, Any]:
    fields = {"owner_org": factories.Organization()["id"], "name": "jeu"} | more
    return factories.Dataset(**fields)


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
        resource = made["resources"][0]["id"]
        for path in ("/", "/dataset/", "/dataset/jeu", f"/dataset/jeu/resource/{resource}"):
            found = page(app, path)
            assert SCRIPT[:20] in found.get_text() or path == "/"
            assert [power for tag in found.find_all(True) for power in powers(tag)] == []

    def test_json_ld_stays_inside_its_script(self, app: Any) -> None:
        """And is still JSON."""
        dataset(title=SCRIPT, notes=SCRIPT)
        (script,) = page(app, "/dataset/jeu").select('script[type="application/ld+json"]')
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
        dataset(spatial='{"type": "Point", "coordinates": [1e999, 1]}')
        assert page(app, "/dataset/jeu").select(".extent-map") == []


class TestUploads:
    @pytest.mark.parametrize(
        ("name", "media_type", "content"),
        [
            ("a.html", "text/html", "<script>alert(document.domain)</script>"),
            ("a.svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" onload="x"/>'),
            ("a.xml", "application/xml", '<x xmlns="http://www.w3.org/1999/xhtml"/>'),
        ],
    )
    def test_an_uploaded_page_has_no_power(
        self, app: Any, name: str, media_type: str, content: str
    ) -> None:
        """It would act for the administrator who looks at it."""
        resource = factories.Resource(
            package_id=dataset()["id"],
            upload=FileStorage(io.BytesIO(content.encode()), name, content_type=media_type),
        )
        answer = app.get(f"/dataset/jeu/resource/{resource['id']}/download/{name}")
        assert answer.body == content
        assert "; sandbox;" in answer.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("name", ["logo.svg", "logo.html", "logo.png"])
    @pytest.mark.parametrize("content", ["<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>"])
    def test_the_image_of_a_theme_is_an_image(self, app: Any, name: str, content: str) -> None:
        """By its content, whatever its name (CVE-2021-25967)."""
        file = FileStorage(io.BytesIO(content.encode()), name, content_type="image/png")
        with pytest.raises(Exception, match="Unsupported upload type"):
            factories.Group(image_upload=file)


class TestPaths:
    def test_no_file_but_those_of_the_look_is_served(self, app: Any) -> None:
        """Whatever stands in the address."""
        for name in ("../config/ckan.ini", "..%2fckan.ini", "%2e%2e/x", "\x00town.css", "a" * 9999):
            app.get(f"/town/abc/{name}", status=404)

    @pytest.mark.parametrize("guid", ["../../etc/passwd", "\x00", "a\r\nb", "'; --", "a" * 10**6])
    def test_a_record_s_identifier_is_only_looked_up(self, app: Any, guid: str) -> None:
        """Ids never reach a path (CVE-2023-32321)."""
        app.get(f"/geocatalogue/{guid}.xml", status=404)

    def test_a_nul_in_an_address_is_an_unknown_page(self, app: Any) -> None:
        """PostgreSQL would fail on it."""
        app.get("/dataset/%00", status=404)
        app.get("/organization/a%00b", status=404)

    def test_an_address_forges_no_line_of_the_log(
        self, app: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """CKAN writes the path of every request (CVE-2024-27097)."""
        with caplog.at_level(logging.INFO):
            app.get("/nowhere%0d%0a200%20/forged", status=404)
        assert any("forged" in line for line in caplog.messages)
        assert not any({"\r", "\n"} & set(line) for line in caplog.messages)

    @pytest.mark.parametrize("target", ["//evil.example", "https:evil.example", "/\\evil.example"])
    def test_logging_in_leads_nowhere_else(self, app: Any, target: str) -> None:
        """Not to the site that gave the link."""
        user = factories.User(password="correct-horse")
        answer = app.post(
            "/user/login",
            query_string={"next": target},
            data={"login": user["name"], "password": "correct-horse"},
            follow_redirects=False,
        )
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(("http://test.portail.example/", "/dash"))


class TestPrivate:
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

    def test_the_record_of_a_private_dataset_is_private(
        self, app: Any, source_id: str, catalogue: Catalogue
    ) -> None:
        """ckanext-harvest shows the objects of a harvest to everybody; the record says it all."""
        jobs.run_now(source_id)
        (listed, *_) = helpers.call_action("harvest_object_list", dict(ANONYMOUS))
        shown = helpers.call_action("harvest_object_show", dict(ANONYMOUS), id=listed)
        addresses = (
            f"/harvest/object/{listed}",
            f"/dataset/harvest_object/{shown['package_id']}",
            f"/geocatalogue/{shown['guid']}.xml",
        )
        for address in addresses:
            answer = app.get(address, status=200)
            assert "MD_Metadata" in answer.body
            assert "sandbox" in answer.headers["Content-Security-Policy"]
        helpers.call_action("package_patch", id=shown["package_id"], private=True)
        for address in addresses:
            refused = app.get(address, expect_errors=True)
            assert refused.status_code in (403, 404)
            assert "MD_Metadata" not in refused.body
        app.get(f"/api/3/action/harvest_object_show?id={listed}", status=403)
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        app.get(f"/harvest/object/{listed}", headers=admin, status=200)


class TestSearch:
    @pytest.mark.parametrize(
        "asked",
        [
            {"q": "{!xmlparser v='<x/>'}"},
            {"fq": "{!lucene}*:*"},
            {"sort": "query({!lucene v=a}) asc"},
            {"q": "_query_:\"{!xmlparser v='<x/>'}\"", "defType": "lucene"},
            {"bf": "{!func}1"},
            {"facet.field": ["{!ex=x}groups"]},
            {"q": " OR ".join(f"w{n}" for n in range(3000))},
            {"start": 10**12},
        ],
    )
    def test_what_solr_must_not_be_asked_is_refused(self, app: Any, asked: Any) -> None:
        """Local parameters, other parsers, endless questions; the answer names no server."""
        answer = app.post("/api/3/action/package_search", json=asked, expect_errors=True)
        assert answer.status_code in (400, 409)
        assert "://" not in json.dumps(answer.json["error"])

    @pytest.mark.parametrize(
        "asked",
        [
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
        ],
    )
    def test_an_absurd_search_is_answered(self, app: Any, asked: Any) -> None:
        """With a page, and without a fault of ours."""
        answer = app.get("/dataset/", query_string=asked, expect_errors=True)
        assert answer.status_code in (200, 400)
        assert "/solr/" not in answer.body

    def test_a_search_that_fails_names_no_server(
        self, app: Any, ckan_config: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Neither its address nor its password (CVE-2024-41674)."""
        monkeypatch.setitem(ckan_config, "solr_url", "http://127.0.0.1:1/solr/hidden")
        monkeypatch.setitem(ckan_config, "solr_user", "moi")
        monkeypatch.setitem(ckan_config, "solr_password", "sesame")
        for path in ("/dataset/", "/api/3/action/package_search", "/", "/feeds/dataset.atom"):
            body = app.get(path, expect_errors=True).body
            assert not re.search(HIDDEN, body)


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
class TestForgery:
    @pytest.fixture
    def administrator(self, app: Any) -> Iterator[Any]:
        """A browser in which a system administrator is logged in."""
        user = factories.Sysadmin(password="correct-horse")
        with app.flask_app.test_client() as client:
            form = BeautifulSoup(client.get("/user/login").text, "html.parser")
            token = form.select_one("form[method=post] input[name=_csrf_token]")["value"]
            sent = {"login": user["name"], "password": "correct-horse", "_csrf_token": token}
            assert client.post("/user/login", data=sent).status_code == 302
            yield client

    @pytest.mark.parametrize("verb", ["clear", "refresh", "delete"])
    @pytest.mark.parametrize(
        "origin", ["", "https://evil.example/", "http://test.portail.example.evil.example/"]
    )
    def test_a_link_on_another_site_changes_no_source(
        self, administrator: Any, source_id: str, verb: str, origin: str
    ) -> None:
        """ckanext-harvest empties a source when an address is merely opened."""
        answer = administrator.get(f"/harvest/{verb}/{source_id}", headers={"Referer": origin})
        assert answer.status_code == 400
        assert helpers.call_action("job_list") == []
        assert model.Package.get(source_id).state == "active"

    def test_the_link_on_our_own_page_works(self, administrator: Any, source_id: str) -> None:
        """As ckanext-harvest means it."""
        ours = {"Referer": "http://test.portail.example/harvest/admin/essai"}
        answer = administrator.get(f"/harvest/refresh/{source_id}", headers=ours)
        assert answer.status_code == 302
        assert len(helpers.call_action("job_list")) == 1

    def test_the_api_believes_no_cookie_without_proof(self, administrator: Any) -> None:
        """A form of another site can send what looks like JSON."""
        answer = administrator.post(
            "/api/3/action/group_create", data='{"name": "forged"}', content_type="text/plain"
        )
        assert answer.status_code == 400
        assert model.Group.get("forged") is None


class TestLimits:
    @pytest.mark.parametrize(
        ("address", "counted"),
        [
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("fe80::1%eth0", "fe80::/64"),
            ("nonsense", "nonsense"),
        ],
    )
    def test_a_subscriber_is_counted_once(self, app: Any, address: str, counted: str) -> None:
        """Who has a whole IPv6 network could have a new address for each try."""
        with app.flask_app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            assert limits.caller() == counted

    def test_an_unknown_caller_sends_little(self, app: Any) -> None:
        """CKAN reads the whole request into memory, and repeats a refused search in its answer."""
        words = "a" * limits.ANONYMOUS_BODY
        app.post("/api/3/action/package_search", json={"q": words}, status=413)
        admin = {"Authorization": factories.SysadminWithToken()["token"]}
        app.post("/api/3/action/status_show", json={"q": words}, headers=admin, status=200)

    def test_no_request_is_larger_than_the_largest_file(self, app: Any, ckan_config: Any) -> None:
        """A form goes to a temporary file before anybody asks who sent it."""
        largest = ckan_config["ckan.max_resource_size"] * 1024 * 1024
        assert largest < app.flask_app.config["MAX_CONTENT_LENGTH"] < largest * 1.1


class TestCookies:
    def flags(self, app: Any) -> dict[str, str]:
        """The flags of each cookie that logging in sets."""
        user = factories.User(password="correct-horse")
        sent = {"login": user["name"], "password": "correct-horse", "remember": "63072000"}
        answer = app.post("/user/login", data=sent, follow_redirects=False)
        cookies = answer.headers.getlist("Set-Cookie")
        return {cookie.partition("=")[0]: cookie.partition(";")[2] for cookie in cookies}

    def test_other_sites_and_scripts_do_not_get_them(self, app: Any) -> None:
        """HttpOnly and SameSite=Lax, on the session and on the long-lived one."""
        flags = self.flags(app)
        assert set(flags) == {"ckan", "remember_token"}
        assert all("HttpOnly" in text and "SameSite=Lax" in text for text in flags.values())

    @pytest.mark.ckan_config("ckan.site_url", "https://data.town.example")
    def test_behind_tls_they_are_never_in_clear_text(self, app: Any) -> None:
        """Without the administrator having to think of it."""
        assert all("Secure" in text for text in self.flags(app).values())

    def test_what_is_kept_for_long_sets_none(self, app: Any) -> None:
        """A shared cache would give it to somebody else."""
        assert "Set-Cookie" not in app.get("/town/abc/town.css").headers
