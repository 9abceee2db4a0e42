"""What `up` refuses before it starts anything."""

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from portal_kit import bringing_up
from portal_kit.deployment import Deployment
from portal_kit.errors import PortalError
from portal_kit.home import Home
from portal_kit.state import State


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    deployment = Deployment(Home(tmp_path / "var"), State(demo=False), {})
    deployment.home.make()
    return deployment


def test_a_disk_that_is_nearly_full(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=12_000_000))
    with pytest.raises(PortalError, match="12"):
        bringing_up.check_disk(deployment)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10**12))
    bringing_up.check_disk(deployment)


def test_what_an_interrupted_restore_left(deployment: Deployment) -> None:
    bringing_up.refuse_half_restored(deployment)
    deployment.home.restoring.write_text("/sauvegardes/portail été.zip")
    with pytest.raises(PortalError, match=r"portal restore /sauvegardes/portail été\.zip"):
        bringing_up.refuse_half_restored(deployment)


def test_a_taken_web_port_with_one_that_is_free(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        deployment.state.port = server.getsockname()[1]
        with pytest.raises(PortalError, match=r"--port \d+") as refused:
            bringing_up.check_web_port(deployment)
    assert f"--port {deployment.state.port} " not in f"{refused.value} "
    bringing_up.check_web_port(deployment)


def test_an_address_of_another_machine(deployment: Deployment) -> None:
    deployment.state.host = "192.0.2.1"
    with pytest.raises(PortalError, match=r"192\.0\.2\.1.*--host"):
        bringing_up.check_web_port(deployment)
