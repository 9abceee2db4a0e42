"""Limits on logging in and on the API, CSRF, and what a proxy may say."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories
from flask import request

pytestmark = pytest.mark.usefixtures("non_clean_db")

LOGIN = "/user/login"
FORM = {"login": "nobody", "password": "wrong"}


@pytest.fixture(autouse=True)
def own_count(ckan_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of this test only: Redis keeps those of the others."""
    monkeypatch.setitem(ckan_config, "ckan.site_id", uuid.uuid4().hex)


class TestLogin:
    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.login", "2 per minute")
    def test_the_third_try_is_refused(self, app: Any) -> None:
        """429, a French sentence, and when to try again."""
        for _ in range(2):
            app.post(LOGIN, data=FORM, status=200)
        refused = app.post(LOGIN, data=FORM, status=429)
        assert int(refused.headers["Retry-After"]) > 0
        assert "Trop de requêtes depuis votre adresse" in refused.body

    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.login", "1 per minute")
    def test_looking_at_the_form_does_not_count(self, app: Any) -> None:
        """Only sending it does."""
        for _ in range(3):
            app.get(LOGIN, status=200)

    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.login", "1 per minute")
    def test_a_forged_address_does_not_help(self, app: Any) -> None:
        """Without a trusted proxy, X-Forwarded-For is only what the client writes."""
        app.post(LOGIN, data=FORM, headers={"X-Forwarded-For": "192.0.2.1"}, status=200)
        app.post(LOGIN, data=FORM, headers={"X-Forwarded-For": "192.0.2.2"}, status=429)

    @pytest.mark.ckan_config("ckanext.grandpoitiers.trusted_proxies", 1)
    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.login", "1 per minute")
    def test_behind_a_trusted_proxy_each_visitor_counts_alone(self, app: Any) -> None:
        """The address is the last one of the header, which the proxy wrote."""
        for address in ("192.0.2.1", "192.0.2.2"):
            app.post(
                LOGIN, data=FORM, headers={"X-Forwarded-For": f"6.6.6.6, {address}"}, status=200
            )
        app.post(LOGIN, data=FORM, headers={"X-Forwarded-For": "7.7.7.7, 192.0.2.1"}, status=429)

    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.registrations", "1 per minute")
    def test_registrations_to_events_are_counted_apart(self, app: Any) -> None:
        """Nobody sends a thousand letters in the portal's name."""
        app.post("/pages/nulle-part/inscription", data={}, status=404)
        app.post("/pages/nulle-part/inscription", data={}, status=429)
        app.post(LOGIN, data=FORM, status=200)

    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.enabled", False)
    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.login", "1 per minute")
    def test_limits_can_be_switched_off(self, app: Any) -> None:
        """For a portal behind another guard."""
        for _ in range(3):
            app.post(LOGIN, data=FORM, status=200)


class TestExports:
    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.exports", "2 per minute")
    def test_all_their_addresses_share_one_count(self, app: Any) -> None:
        """Whole, page and negotiated; what a reader has already counts too; pages do not."""
        first = app.get("/catalog.ttl", status=200)
        app.get("/catalog.ttl", headers={"If-None-Match": first.headers["ETag"]}, status=304)
        for address, headers in (
            ("/catalog.nt?page=1", {}), ("/catalog/data-gouv-fr.xml", {}),
            ("/", {"Accept": "text/turtle"}),
        ):  # fmt: skip
            refused = app.get(address, headers=headers, status=429)
            assert 0 < int(refused.headers["Retry-After"]) <= 60
        app.get("/", status=200)

    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.exports", "1 per minute")
    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.enabled", False)
    def test_they_can_be_switched_off(self, app: Any) -> None:
        for _ in range(3):
            app.get("/catalog.ttl", status=200)


class TestApi:
    @pytest.mark.ckan_config("ckanext.grandpoitiers.limits.api", "2 per minute")
    def test_programs_get_json(self, app: Any) -> None:
        """In the form of CKAN's own errors; all actions share one count."""
        app.get("/api/3/action/status_show", status=200)
        app.get("/api/3/action/package_list", status=200)
        refused = app.get("/api/3/action/status_show", status=429)
        assert refused.json["success"] is False
        assert "Trop de requêtes" in refused.json["error"]["message"]
        assert refused.headers["Retry-After"]


@pytest.mark.ckan_config("WTF_CSRF_ENABLED", True)
class TestForgery:
    def test_logging_in_needs_the_token_of_the_form(self, app: Any) -> None:
        """Even after an anonymous visitor opened the page, which made CKAN forget to ask."""
        app.get(LOGIN)
        refused = app.post(LOGIN, data=FORM, status=400)
        assert "Ce formulaire ne peut pas être accepté" in refused.body.replace("’", "'")

    def test_the_token_of_the_form_is_accepted(self, app: Any) -> None:
        """A visitor who opened the form can send it."""
        with app.flask_app.test_client() as client:
            form = BeautifulSoup(client.get(LOGIN).text, "html.parser").select_one(
                "form[method=post]"
            )
            token = form.select_one("input[name=_csrf_token]")["value"]
            assert client.post(LOGIN, data={**FORM, "_csrf_token": token}).status_code == 200

    def test_the_api_stays_open_to_programs(self, app: Any) -> None:
        """Nobody in particular, or a token in a header: another site can forge neither."""
        app.post("/api/3/action/package_search", json={"rows": 0}, status=200)
        user = factories.UserWithToken()
        header = {"Authorization": user["token"]}
        app.post("/api/3/action/user_show", json={"id": user["id"]}, headers=header, status=200)


class TestProxy:
    OUTSIDE = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.town.example"}  # noqa: RUF012

    def seen(self, app: Any) -> tuple[str, bool]:
        with app.flask_app.test_client() as client:
            client.get("/about", headers=self.OUTSIDE)
            return request.host, request.is_secure

    @pytest.mark.ckan_config("ckanext.grandpoitiers.trusted_proxies", 1)
    def test_addresses_are_those_of_the_outside(self, app: Any) -> None:
        """Behind a TLS proxy CKAN knows the public name and https."""
        assert self.seen(app) == ("data.town.example", True)

    def test_anybody_else_s_headers_are_ignored(self, app: Any) -> None:
        """Without a proxy, a visitor can't choose the portal's address."""
        host, secure = self.seen(app)
        assert host != "data.town.example"
        assert not secure

    def test_every_answer_is_protected(self, app: Any) -> None:
        """Pages and errors carry the headers that protect visitors."""
        for path, status in (("/", 200), ("/nowhere", 404)):
            headers = app.get(path, status=status).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
