"""The addresses CKAN is given: embedded services, or those the administrator names."""

from pathlib import Path

import pytest

from portal_kit import deployment as deployments
from portal_kit.deployment import EXTERNAL, Deployment
from portal_kit.errors import PortalError, UsageError
from portal_kit.home import Home
from portal_kit.state import State

DATABASES = {
    name: f"postgresql://ckan@db.example/{n}" for n, name in enumerate(EXTERNAL["postgres"])
}


def make(tmp_path: Path, **environ: str) -> Deployment:
    state = State(ports={"postgres": 5001, "solr": 5002, "valkey": 5003, "supervisor": 5004})
    return Deployment(Home(tmp_path / "var"), state, environ)


def test_every_store_is_embedded_by_default(tmp_path: Path) -> None:
    portal = make(tmp_path)
    given = portal.ckan_environment()
    assert not any(portal.is_external(name) for name in EXTERNAL)
    for names in EXTERNAL.values():
        for name in names:
            assert "@127.0.0.1:" in given[name] or given[name].startswith("http://127.0.0.1:")
    assert given["CKAN_INI"] == str(portal.home.ckan_ini)
    assert given["CKAN_SQLALCHEMY_URL"] != given["CKAN_DATASTORE_READ_URL"]


@pytest.mark.parametrize(
    ("service", "environ"),
    [
        ("postgres", DATABASES),
        ("solr", {"CKAN_SOLR_URL": "https://solr.example/solr/ckan"}),
        ("valkey", {"CKAN_REDIS_URL": "rediss://valkey.example/1"}),
    ],
)
def test_a_store_that_is_named_is_theirs(
    tmp_path: Path, service: str, environ: dict[str, str]
) -> None:
    portal = make(tmp_path, **environ)
    assert [name for name in EXTERNAL if portal.is_external(name)] == [service]
    given = portal.ckan_environment()
    assert {name: given[name] for name in environ} == environ


def test_our_password_is_not_sent_to_their_solr(tmp_path: Path) -> None:
    given = make(tmp_path, CKAN_SOLR_URL="https://solr.example/solr/ckan").ckan_environment()
    assert "CKAN_SOLR_USER" not in given
    assert "CKAN_SOLR_PASSWORD" not in given


@pytest.mark.parametrize("missing", EXTERNAL["postgres"])
def test_only_some_addresses_of_a_store_are_a_mistake(tmp_path: Path, missing: str) -> None:
    portal = make(tmp_path, **{k: v for k, v in DATABASES.items() if k != missing})
    with pytest.raises(UsageError, match=missing):
        portal.is_external("postgres")


def test_an_empty_address_is_none(tmp_path: Path) -> None:
    assert not make(tmp_path, CKAN_SOLR_URL="").is_external("solr")


def test_other_settings_of_ckan_pass_and_nothing_else_does(tmp_path: Path) -> None:
    given = make(
        tmp_path, CKAN_SMTP_SERVER="smtp.example", CKANEXT__X__Y="1", AWS_SECRET_ACCESS_KEY="s"
    ).ckan_environment()
    assert given["CKAN_SMTP_SERVER"] == "smtp.example"
    assert given["CKANEXT__X__Y"] == "1"
    assert "AWS_SECRET_ACCESS_KEY" not in given


def test_a_password_with_a_percent_sign_goes_by_the_ini_file(tmp_path: Path) -> None:
    """CKAN's reader takes a “%” in its environment for a reference, and dies of it."""
    url = "postgresql://ckan:p%40ss@db.example/ckan"
    portal = make(tmp_path, **{**DATABASES, "CKAN_SQLALCHEMY_URL": url, "CKANEXT__X": "100 %"})
    given = portal.ckan_environment()
    assert "CKAN_SQLALCHEMY_URL" not in given
    assert given["CKAN_DATASTORE_READ_URL"] == DATABASES["CKAN_DATASTORE_READ_URL"]
    assert given["CKANEXT__X"] == "100 %"
    assert portal.ckan_options() == {"sqlalchemy.url": url}
    assert portal.is_external("postgres")


def test_a_percent_sign_that_has_nowhere_to_go_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CKAN___X"):
        make(tmp_path, CKAN___X="100 %").ckan_environment()


def test_another_ini_file_is_not_taken(tmp_path: Path) -> None:
    portal = make(tmp_path, CKAN_INI="/etc/ckan/production.ini")
    assert portal.ckan_environment()["CKAN_INI"] == str(portal.home.ckan_ini)


@pytest.mark.parametrize(
    ("environ", "exceptions"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": ".example"}, ".example,127.0.0.1,localhost"),
        ({"no_proxy": ".lan", "NO_PROXY": ""}, ".lan,127.0.0.1,localhost"),
    ],
)
def test_the_loopback_is_never_behind_a_proxy(
    tmp_path: Path, environ: dict[str, str], exceptions: str
) -> None:
    given = make(tmp_path, http_proxy="http://proxy.example:3128", **environ).ckan_environment()
    assert (given["NO_PROXY"], given["no_proxy"]) == (exceptions, exceptions)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),  # noqa: S104  (a value, not a binding)
        ("portail.lan", "http://portail.lan:5000"),
        ("::1", "http://[::1]:5000"),
    ],
)
def test_the_site_s_address_is_the_one_it_listens_on(tmp_path: Path, host: str, url: str) -> None:
    portal = make(tmp_path)
    portal.state.host = host
    assert portal.site_url == url


def test_the_site_s_address_can_be_named_in_the_ini_file_and_the_environment(
    tmp_path: Path,
) -> None:
    portal = make(tmp_path)
    portal.home.make()
    ini = portal.home.config / deployments.TOWN_INI
    # As a text editor of another system writes it.
    ini.write_text("[app:main]\nckan.site_url = https://ini.example\n", encoding="utf-8-sig")
    assert portal.site_url == "https://ini.example"
    assert portal.ckan_environment()["CKAN_SITE_URL"] == "https://ini.example"
    portal.environ = {"CKAN_SITE_URL": "https://environment.example"}
    assert portal.site_url == "https://environment.example"


def test_an_ini_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    portal = make(tmp_path)
    portal.home.make()
    (portal.home.config / deployments.TOWN_INI).write_bytes("é".encode("latin-1"))
    with pytest.raises(PortalError, match=r"portal\.ini"):
        portal.town_settings()


def test_ports_are_kept_while_they_are_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = {5002}
    monkeypatch.setattr(deployments, "is_free", lambda _host, port: port not in taken)
    monkeypatch.setattr(deployments, "free_port", iter([6001, 6002]).__next__)
    portal = make(tmp_path)
    portal.home.make()
    portal.choose_ports(["postgres", "solr", "geocatalogue"])
    assert portal.state.ports["postgres"] == 5001
    assert portal.state.ports["solr"] == 6001
    assert portal.state.ports["geocatalogue"] == 6002
    assert State.load(portal.home.state_file) == portal.state


def test_no_two_services_get_one_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens yet: the system may give the same number twice, or the web's own."""
    monkeypatch.setattr(deployments, "is_free", lambda _host, _port: True)
    monkeypatch.setattr(deployments, "free_port", iter([5000, 6001, 6001, 6002]).__next__)
    portal = Deployment(Home(tmp_path / "var"), State(), {})
    portal.home.make()
    portal.choose_ports(["postgres", "valkey"])
    assert portal.state.ports == {"postgres": 6001, "valkey": 6002}


def test_lost_secrets_are_not_made_anew_over_a_database(tmp_path: Path) -> None:
    portal = make(tmp_path)
    (portal.home.postgres / "data").mkdir(parents=True)
    with pytest.raises(PortalError, match=r"secrets\.json"):
        _ = portal.secrets
