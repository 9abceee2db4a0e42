"""A schema by its address: whatever is there, a schema or one sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ckanext.scdl import addressed, updating
from ckanext.scdl.addressed import adopted, at, find_descriptor, find_version
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.offline import check
from ckanext.scdl.registry import Registry, fetched_schemas, town_schemas
from ckanext.scdl.updating import REGISTRY, damaged
from portal_kit.configuration import FOLDER_VARIABLE
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


class Official:
    """The national list of schemas, on a server of ours: two versions of one schema."""

    def __init__(self, server: Server) -> None:
        self.server, self.broken = server, False
        self.url = f"{server.url}/schemas.json"

    def __call__(self, request: Request) -> Reply:
        if self.broken:
            return Reply(status=503)
        if request.path == "/schemas.json":
            address = f"{self.server.url}/official"
            versions = [
                {"version_name": number, "schema_url": f"{address}/{number}.json"}
                for number in ("1.0.0", "v1.1.0")
            ]
            listed = {"name": "essai/ruches", "title": "Ruches", "versions": versions}
            return Reply(body=json.dumps({"schemas": [listed]}).encode())
        return Reply(body=SCHEMA) if request.path.startswith("/official/") else Reply(status=404)

    def asked(self) -> list[str]:
        """The paths asked for since the last time."""
        paths = [request.path for request in self.server.requests]
        self.server.requests.clear()
        return paths


@pytest.fixture
def official(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Official]:
    found, usual = Official(server), server.answer
    monkeypatch.setattr(updating, "REGISTRY", found.url)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "town"))
    server.answer = found
    server.requests.clear()
    yield found
    server.answer = usual


def test_a_name_that_is_not_here_is_fetched_once(
    official: Official, options: dict[str, str]
) -> None:
    assert find_version("essai/ruches", options).name == "essai/ruches@v1.1.0"
    assert official.asked() == ["/schemas.json", "/official/v1.1.0.json"]
    assert find_descriptor("essai/ruches@1.1.0", options)["title"] == "Ruches"
    assert official.asked() == []
    assert find_version("essai/ruches@1.0.0", options).number == "1.0.0"
    assert official.asked() == ["/official/1.0.0.json"]
    assert "essai/ruches" not in Registry.standard().names()
    assert damaged(fetched_schemas()) == []


def test_a_copy_that_was_touched_is_fetched_again(
    official: Official, options: dict[str, str]
) -> None:
    find_version("essai/ruches", options)
    path = fetched_schemas() / "essai/ruches/v1.1.0.json"
    path.write_text("{}", encoding="utf-8")
    assert find_descriptor("essai/ruches", options)["fields"]
    assert "/official/v1.1.0.json" in official.asked()


def test_an_old_copy_serves_where_the_site_does_not_answer(
    official: Official, options: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find_version("essai/ruches", options)
    monkeypatch.setattr(addressed, "FRESH", -1)
    monkeypatch.setattr(addressed, "LISTED", -1)
    official.broken = True
    assert find_version("essai/ruches", options).number == "v1.1.0"
    with pytest.raises(ScdlError):
        find_version("essai/abeilles", options)


def test_a_name_that_nobody_has_is_one_sentence_and_the_list_is_asked_for_once(
    official: Official, options: dict[str, str]
) -> None:
    for _ in range(2):
        with pytest.raises(ScdlError, match="has no schema named essai/rien"):
            find_version("essai/rien", options)
    assert official.asked() == ["/schemas.json"]
    with pytest.raises(ScdlError):
        find_version("essai/ruches@9.9", options)
    for name in ("ruches", "../ruches", "adresse/x", "a/b/c"):
        with pytest.raises(ScdlError):
            find_version(name, options)
    assert official.asked() == []


def test_where_nothing_can_be_written_the_schema_serves_all_the_same(
    official: Official, options: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "town").write_text("a file where a folder should be", encoding="utf-8")
    assert find_version("essai/ruches", options).descriptor["fields"]


def test_what_somebody_publishes_by_becomes_a_schema_of_the_town(
    official: Official, options: dict[str, str]
) -> None:
    assert adopted("essai/ruches", options).number == "v1.1.0"
    assert Registry.standard().schema("essai/ruches").versions == ("1.0.0", "v1.1.0")
    address = f"{official.server.url}/official/autre.json"
    found = adopted(address, options)
    assert found.address == address
    assert Registry.standard().at(address) == found.schema.name
    assert adopted(address, options).name == found.name
    assert damaged(town_schemas()) == []
