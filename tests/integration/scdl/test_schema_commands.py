"""`ckan scdl schemas`: official schemas fetched through a proxy that is a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ckanext.scdl import updating
from ckanext.scdl.registry import town_schemas
from portal_kit.configuration import FOLDER_VARIABLE
from tests.misbehaving import Reply, Request, Server, serving

NOWHERE = "http://schema.example.invalid"
"""A name that only the proxy knows the place of."""
DESCRIPTOR = json.dumps({"fields": [{"name": "a"}]}).encode()


class Registry:
    """The national list: two versions, the second of which may be spoilt."""

    spoilt = False

    def __call__(self, request: Request) -> Reply:
        if request.path == "/schemas.json":
            versions = [
                {"version_name": number, "schema_url": f"{NOWHERE}/{number}.json"}
                for number in ("1.0.0", "1.1.0")
            ]
            listed = {"name": "scdl/essai", "title": "Essai", "versions": versions}
            return Reply(body=json.dumps({"schemas": [listed]}).encode())
        if self.spoilt and request.path == "/1.1.0.json":
            return Reply(body=DESCRIPTOR, announced=5000)
        return Reply(body=DESCRIPTOR)


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def upstream(registry: Registry) -> Iterator[Server]:
    with serving(registry) as found:
        yield found


@pytest.fixture
def proxy(
    upstream: Server,
    shared_db: None,
    ckan_config: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[subprocess.Popen[str]]:
    """A proxy that runs, and the portal told to go through it."""
    command = [sys.executable, "-m", "tests.forwarding", str(upstream.port)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        ckan_config["ckan.download_proxy"] = f"http://127.0.0.1:{port}"
        monkeypatch.setattr(updating, "REGISTRY", f"{NOWHERE}/schemas.json")
        monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "town"))
        yield process
        process.kill()


def run(*arguments: str) -> Any:
    from ckanext.scdl.schema_commands import schemas

    return CliRunner().invoke(schemas, list(arguments))


def content() -> dict[str, bytes]:
    root = town_schemas()
    return {str(one.relative_to(root)): one.read_bytes() for one in root.rglob("*.*")}


def test_official_schemas_come_through_the_proxy(
    proxy: subprocess.Popen[str], upstream: Server
) -> None:
    done = run("update", "scdl/essai")
    assert (done.exit_code, done.output) == (0, "scdl/essai: 1.0.0, 1.1.0\n")
    assert all(one.headers["X-Forwarded-By"] == "tests" for one in upstream.requests)
    assert {"scdl/essai/1.0.0.json", "scdl/essai/1.1.0.json"} <= content().keys()
    assert run("check").exit_code == 0


def test_whatever_fails_changes_nothing(proxy: subprocess.Popen[str], registry: Registry) -> None:
    run("update", "scdl/essai")
    before = content()
    registry.spoilt = True
    done = run("update", "scdl/essai")
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert content() == before
    proxy.kill()
    proxy.wait()
    done = run("update", "scdl/essai")
    assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
    assert content() == before


def test_a_damaged_copy_is_named(proxy: subprocess.Popen[str]) -> None:
    run("update", "scdl/essai")
    (town_schemas() / "scdl/essai/1.0.0.json").write_text("{}", encoding="utf-8")
    found = run("check")
    assert found.exit_code == 1
    assert "scdl/essai@1.0.0" in found.output
