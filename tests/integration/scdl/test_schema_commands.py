"""`ckan scdl schemas`: official schemas fetched through a proxy that is a process of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    nowhere = NOWHERE

    def __call__(self, request: Request) -> Reply:
        if request.path == "/schemas.json":
            versions = [
                {"version_name": number, "schema_url": f"{self.nowhere}/{number}.json"}
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
def portal(
    shared_db: None, ckan_config: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The portal's options; the list of schemas is at a name that only the proxy knows."""
    monkeypatch.setattr(updating, "REGISTRY", f"{NOWHERE}/schemas.json")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "town"))
    return ckan_config


@contextmanager
def proxying(upstream: Server, options: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    """A proxy that runs, and the portal told to go through it."""
    command = [sys.executable, "-m", "tests.forwarding", str(upstream.port)]
    with subprocess.Popen(
        command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        options["ckan.download_proxy"] = f"http://127.0.0.1:{port}"
        yield process
        process.kill()


@pytest.fixture
def proxy(upstream: Server, portal: dict[str, Any]) -> Iterator[subprocess.Popen[str]]:
    with proxying(upstream, portal) as process:
        yield process


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate of that name with its key, from an authority that only SSL_CERT_FILE knows."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here to make an authority")
    root, leaf = tmp_path / "root.pem", tmp_path / "leaf.pem"
    name = NOWHERE.partition("://")[2]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    own = ["-keyout", str(tmp_path / "root.key"), "-out", str(root), "-subj", "/CN=Ville"]
    subprocess.run([*made, *own], check=True, capture_output=True)
    by_it = ["-CA", str(root), "-CAkey", str(tmp_path / "root.key"), "-subj", f"/CN={name}"]
    named = ["-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=CA:FALSE"]
    keys = ["-keyout", str(tmp_path / "leaf.key"), "-out", str(leaf)]
    subprocess.run([*made, *by_it, *named, *keys], check=True, capture_output=True)
    leaf.write_text(leaf.read_text() + (tmp_path / "leaf.key").read_text())
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    return leaf


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


def test_encrypted_they_come_through_a_tunnel(
    authority: Path, registry: Registry, portal: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.nowhere = NOWHERE.replace("http:", "https:")
    monkeypatch.setattr(updating, "REGISTRY", f"{registry.nowhere}/schemas.json")
    with serving(registry, authority) as upstream, proxying(upstream, portal):
        done = run("update", "scdl/essai")
        assert (done.exit_code, done.output) == (0, "scdl/essai: 1.0.0, 1.1.0\n")
        assert len(upstream.requests) == 3
        before = content()
        # An authority that nobody trusts: nothing comes.
        monkeypatch.delenv("SSL_CERT_FILE")
        monkeypatch.delenv("SSL_CERT_DIR", raising=False)
        done = run("update", "scdl/essai")
        assert (done.exit_code, len(done.output.splitlines())) == (1, 1)
        assert content() == before
