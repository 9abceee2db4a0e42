"""What pages say of themselves in the Content-Security-Policy."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")


def dataset(**fields: Any) -> str:
    """The name of a new one."""
    return factories.Dataset(owner_org=factories.Organization()["id"], **fields)["name"]


def scripts(answer: Any) -> str:
    """The sources of scripts."""
    found = re.search(r"script-src ([^;]*)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


def test_a_script_in_a_page_of_ckan_bears_the_value_of_its_header_once(app: Any) -> None:
    """Another one each time, so nobody can write a script that bears it."""
    resource = factories.Resource(
        package_id=dataset(), url="https://example.com/a.txt", format="TXT"
    )
    view = helpers.call_action(
        "resource_view_create",
        {"user": factories.Sysadmin()["name"]},
        resource_id=resource["id"],
        view_type="text_view",
        title="Texte",
    )
    path = f"/dataset/{resource['package_id']}/resource/{resource['id']}/view/{view['id']}"
    values: set[str] = set()
    for _ in range(2):
        answer = app.get(path, status=200)
        borne = {
            str(one["nonce"])
            for one in BeautifulSoup(answer.body, "html.parser").select("script[nonce]")
        }
        assert [f"'nonce-{value}'" in scripts(answer) for value in borne] == [True]
        values |= borne
    assert len(values) == 2


def test_pages_of_visitors_have_no_script_of_their_own(app: Any) -> None:
    """Nor a nonce: the cache gives them to everybody."""
    name = dataset()
    for path in ("/", "/about", "/dataset/", f"/dataset/{name}", "/nothing-here"):
        answer = app.get(path)
        page = BeautifulSoup(answer.body, "html.parser")
        own = [one for one in page.select("script:not([src])") if one.get("type") is None]
        assert own == []
        assert "'" not in scripts(answer)


@pytest.mark.ckan_config("ckan.site_custom_css", "body > p { color: teal }")
def test_the_administrators_style_sheet_is_allowed_by_its_digest(app: Any) -> None:
    answer = app.get("/about")
    assert "<style>body > p { color: teal }</style>" in answer.body
    assert re.search(
        r"style-src 'self' 'sha256-[\w+/]{43}='", answer.headers["Content-Security-Policy"]
    )


def test_a_map_may_show_the_pictures_of_its_own_server_alone(app: Any) -> None:
    resource = {
        "url": "https://geo.example/wms",
        "protocol": "WMS",
        "layer_name": "a",
        "format": "WMS",
    }
    mapped = dataset(resources=[resource])
    other = dataset()
    policies = [
        app.get(f"/dataset/{name}").headers["Content-Security-Policy"] for name in (mapped, other)
    ]
    assert ["https://geo.example" in policy for policy in policies] == [True, False]
