"""A schema by its address: whatever is there, a schema or one sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ckanext.scdl import addressed
from ckanext.scdl.addressed import at, find_descriptor
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.offline import check
from ckanext.scdl.registry import Registry
from ckanext.scdl.updating import REGISTRY
from portal_kit.outbound import Limits
from portal_kit.outbound.settings import NETWORKS, PORTS, town_options
from tests.misbehaving import Reply, Request, Server, serving

PACKAGED = Registry([Path(__file__).parents[3] / "schemas"])
SCHEMA = json.dumps({"fields": [{"name": "a", "type": "integer"}]}).encode()


def answers(request: Request) -> Reply:
    pages = {
        "/schema.json": Reply(body=SCHEMA),
        "/page": Reply(body=b"<!doctype html><title>Oups</title>"),
        "/text": Reply(body=b"bonjour"),
        "/list": Reply(body=b"[1, 2]"),
        "/large": Reply(body=b" " * 6_000_000),
        "/slow": Reply(body=SCHEMA, pauses=(5, 5)),
    }
    return pages.get(request.path, Reply(status=404))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(answers) as found:
        yield found


@pytest.fixture
def options(server: Server) -> dict[str, str]:
    """Those that let the test's own server through."""
    port = server.url.rpartition(":")[2].strip("/")
    return {NETWORKS: "127.0.0.0/8", PORTS: port}


def test_a_schema_at_an_address(server: Server, options: dict[str, str]) -> None:
    assert find_descriptor(f"{server.url}/schema.json", options) == json.loads(SCHEMA)
    assert find_descriptor("scdl/prenoms", {})["fields"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/page", "web page"),
        ("/text", "JSON"),
        ("/list", "JSON"),
        ("/none", "404"),
        ("/large", ""),
        ("/slow", ""),
    ],
)
def test_anything_else_is_one_sentence(
    path: str,
    words: str,
    server: Server,
    options: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = Limits(connect=1, read=0.3, total=1, size=5_000_000)
    monkeypatch.setattr(addressed, "LIMITS", limits)
    with pytest.raises(ScdlError) as refused:
        find_descriptor(f"{server.url}{path}", options)
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_the_town_s_own_machines_are_not_asked() -> None:
    for address in (
        "http://127.0.0.1/schema.json",
        "http://169.254.169.254/latest",
        "http://[::1]/",
    ):
        with pytest.raises(ScdlError):
            find_descriptor(address, {})


def test_an_official_address_is_that_of_the_schema_here() -> None:
    def nobody(address: str) -> bytes:
        raise AssertionError(address)

    for address in (
        "https://schema.data.gouv.fr/scdl/prenoms/",
        "https://schema.data.gouv.fr/scdl/prenoms/1.1.5",
        "https://schema.data.gouv.fr/schemas/scdl/prenoms/latest/schema.json",
    ):
        assert at(address, PACKAGED, nobody)["title"] == "Prénoms"


def test_an_official_page_that_is_not_here_is_looked_up() -> None:
    found = "https://schema.data.gouv.fr/schemas/x/y/1.0.0/schema.json"
    versions = [{"version_name": "1.0.0", "schema_url": found}]
    listed = json.dumps({"schemas": [{"name": "x/y", "versions": versions}]}).encode()
    fetch = {REGISTRY: listed, found: SCHEMA}.__getitem__
    assert at("https://schema.data.gouv.fr/x/y/", PACKAGED, fetch) == json.loads(SCHEMA)
    for missing in ("x/z/", "x/y/2.0.0/"):
        with pytest.raises(ScdlError):
            at(f"https://schema.data.gouv.fr/{missing}", PACKAGED, fetch)


def test_the_command_takes_an_address(
    server: Server, options: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in options.items():
        monkeypatch.setenv(name.upper().replace(".", "__"), value)
    assert town_options() == options
    file = tmp_path / "a.csv"
    file.write_text("a\n1\nx\n", encoding="utf-8")
    arguments = [str(file), "--schema", f"{server.url}/schema.json", "--json"]
    document = json.loads(CliRunner().invoke(check, arguments).stdout)
    assert document["counts"] == {"type-error": 1}
    arguments[2] = f"{server.url}/page"
    result = CliRunner().invoke(check, arguments)
    assert (result.exit_code, json.loads(result.stdout)["verdict"]) == (2, "not-checked")
