"""CKAN told everything by its environment, as the containers are: the shipped ini, no other file.

The containers themselves can't be started here; what their web process reads can.
"""

import json
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

COMPOSE = Path(__file__).parents[3] / "docker" / "compose.yaml"
ADDRESSES = (
    *("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL"),
    *("CKAN_SOLR_URL", "CKAN_SOLR_USER", "CKAN_SOLR_PASSWORD", "CKAN_REDIS_URL"),
)
"""What differs from one machine to the next: here, the services of the tests."""

ASK = """
import json
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app
import ckan.plugins.toolkit as tk

application = make_app(load_config())
client = application.test_client()
client.get("/user/login", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"})
shared = ("SECRET_KEY", "WTF_CSRF_SECRET_KEY", "SESSION_COOKIE_SECURE")
print(json.dumps({
    "health": client.get("/health").status_code,
    "cookie": client.get("/user/login").headers["Set-Cookie"],
    "flask": {name: application._wsgi_app.config[name] for name in shared},
    "tokens": [tk.config[f"api_token.jwt.{verb}code.secret"] for verb in ("en", "de")],
    "proxies": tk.config["ckanext.grandpoitiers.trusted_proxies"],
    "site": [tk.config["ckan.site_url"], tk.config["ckan.site_title"]],
    "licences": sorted(model.Package.get_license_register().keys()),
    "size": tk.config["ckan.max_resource_size"],
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What CKAN makes of the variables of the service `web`."""
    given: dict[str, str] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["web"][
        "environment"
    ]
    folder = tmp_path_factory.mktemp("container")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CKAN", "PORTAL"))
    }
    environment |= given
    environment |= {name: os.environ[name] for name in ADDRESSES}
    environment |= {
        "CKAN_SITE_URL": "https://data.example.fr",
        "CKAN___SECRET_KEY": "a" * 64,
        "CKAN___WTF_CSRF_SECRET_KEY": "b" * 64,
        "CKAN___API_TOKEN__JWT__ENCODE__SECRET": "string:" + "c" * 64,
        "CKAN___API_TOKEN__JWT__DECODE__SECRET": "string:" + "c" * 64,
        "CKAN___SESSION_COOKIE_SECURE": "true",
        # As a town adds them in docker/portal.env.
        "CKAN__SITE_TITLE": "Portail de Ma Ville",
        "CKAN__MAX_RESOURCE_SIZE": "50",
        # As the image sets them.
        "CKAN___LICENSES_GROUP_URL": Path(str(files("portal_config") / "licenses.json")).as_uri(),
        "CKAN_INI": str(files("portal_config") / "ckan.ini"),
        "CKAN_STORAGE_PATH": str(folder),
        "CKANEXT__GRANDPOITIERS__CONFIG_DIR": str(folder),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        env=environment,
        cwd=os.sep,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_container_reaches_its_services_by_the_addresses_it_is_given(
    told: dict[str, Any],
) -> None:
    assert told["health"] == 200


def test_secrets_are_those_of_the_environment_in_every_process(told: dict[str, Any]) -> None:
    assert told["flask"]["SECRET_KEY"] == "a" * 64
    assert told["flask"]["WTF_CSRF_SECRET_KEY"] == "b" * 64
    assert told["tokens"] == ["string:" + "c" * 64] * 2


def test_a_session_behind_tls_is_never_sent_in_clear(told: dict[str, Any]) -> None:
    assert told["flask"]["SESSION_COOKIE_SECURE"] is True
    for word in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert word in told["cookie"]


def test_the_licences_are_those_of_french_open_data(told: dict[str, Any]) -> None:
    assert "lov2" in told["licences"]


def test_a_town_sets_any_option_by_its_variable(told: dict[str, Any]) -> None:
    assert told["site"] == ["https://data.example.fr", "Portail de Ma Ville"]
    assert told["size"] == 50
    assert told["proxies"] == 1
