"""A backup gives the same portal elsewhere, or nothing at all; an upgrade can be repeated."""

import signal
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.kit.conftest import Make
from tests.portals import Portal, wait_until

TABLE = "Lieu;Places\nPlace d'Armes;300\nGare, côté ville;120\n".encode()


@dataclass(frozen=True)
class Api:
    """CKAN's actions on one portal, as its administrator."""

    url: str
    token: str

    def __call__(self, action: str, files: Any = None, **data: Any) -> Any:
        answer = httpx.post(
            f"{self.url}/api/3/action/{action}",
            headers={"Authorization": self.token},
            timeout=60,
            trust_env=False,
            **({"files": files, "data": data} if files else {"json": data}),
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]


@dataclass(frozen=True)
class Content:
    """What has to be the same afterwards."""

    dataset: dict[str, Any]
    users: list[str]
    upload: bytes
    found: list[str]
    rows: list[dict[str, Any]]
    organisations: list[str]


def content(api: Api) -> Content:
    dataset = api("package_show", id="parkings-d-essai")
    uploaded, table = dataset["resources"]
    address = f"{api.url}/dataset/{dataset['id']}/resource/{uploaded['id']}/download/parkings.csv"
    download = httpx.get(address, timeout=60, trust_env=False, follow_redirects=True)
    for resource in dataset["resources"]:
        # The address of the portal is in it.
        del resource["url"]
    found = api("package_search", q="stationnement")["results"]
    return Content(
        dataset=dataset,
        users=sorted(user["name"] for user in api("user_list")),
        upload=download.content,
        found=[one["name"] for one in found],
        rows=api("datastore_search", resource_id=table["id"])["records"],
        organisations=sorted(api("organization_list")),
    )


@pytest.fixture(scope="module")
def api(shared: Portal) -> Api:
    """A portal with a dataset, a file, a table and a user of its own."""
    token = shared.done("ckan", "user", "token", "add", "admin", "essai", "-q").strip()
    api = Api(shared.url, token)
    api(
        "user_create",
        name="referente",
        email="referente@example.org",
        password="une phrase de passe",
    )
    dataset = api(
        "package_create",
        name="parkings-d-essai",
        title="Parkings d'essai",
        notes="Les stationnements de la ville",
        owner_org=api("organization_list")[0],
        license_id="fr-lo",
    )
    uploaded = api(
        "resource_create",
        files={"upload": ("parkings.csv", TABLE, "text/csv")},
        package_id=dataset["id"],
        name="Fichier",
    )
    wait_until(
        lambda: bool(api("resource_show", id=uploaded["id"]).get("datastore_active")),
        "the worker has made a table of the file",
    )
    api(
        "datastore_create",
        resource={"package_id": dataset["id"], "name": "Table"},
        records=[{"lieu": "Gare", "places": 120}],
    )
    return api


@pytest.fixture(scope="module")
def archive(shared: Portal, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "portail.zip"
    shared.done("backup", str(path))
    return path


@pytest.fixture(scope="module")
def twin(make_portal: Make) -> Portal:
    return make_portal("twin")


def test_a_backup_is_private_and_holds_no_search_index(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
    with zipfile.ZipFile(archive) as members:
        folders = {name.split("/")[0] for name in members.namelist()}
    assert folders == {"databases", "storage", "config", "secrets.json", "manifest.json"}


def test_a_half_written_archive_is_refused(archive: Path, twin: Portal, tmp_path: Path) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    refused = twin.run("restore", str(half))
    assert refused.returncode == 3
    assert "not a whole backup" in refused.stderr
    assert not (twin.home / "secrets.json").exists()
    assert not (twin.home / "postgres").exists()


def test_a_portal_that_holds_something_is_not_overwritten(archive: Path, shared: Portal) -> None:
    before = shared.secrets()
    refused = shared.run("restore", str(archive))
    assert refused.returncode == 3
    assert "There is a portal" in refused.stderr
    assert shared.secrets() == before
    assert shared.status()["healthy"]


def test_an_interrupted_restore_is_not_taken_for_a_portal(archive: Path, twin: Portal) -> None:
    with twin.under_way("restore", str(archive)) as process:
        wait_until((twin.home / "postgres" / "data").exists, "the cluster is there")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    refused = twin.run("up", "--no-demo", "--detach", "--port", str(twin.port))
    assert refused.returncode == 3
    assert f"./portal restore {archive}" in refused.stderr


def test_restored_elsewhere_it_is_the_same_portal(
    archive: Path, shared: Portal, api: Api, twin: Portal
) -> None:
    """Datasets, users, files, tables, search, and the tokens that were given."""
    twin.done("restore", str(archive))
    assert twin.processes() == []
    assert twin.secrets() == shared.secrets()
    taken = twin.run("up", "--detach")
    assert taken.returncode == 3
    assert f"Port {shared.port} is taken by" in taken.stderr
    assert "--port" in taken.stderr
    twin.up()
    restored = content(Api(twin.url, api.token))
    assert restored == content(api)
    assert restored.upload == TABLE
    assert restored.found == ["parkings-d-essai"]
    assert "referente" in restored.users


def test_an_upgrade_can_be_repeated(twin: Portal, api: Api) -> None:
    """Running, it runs again afterwards; stopped, it is stopped again."""
    before = content(Api(twin.url, api.token))
    twin.done("upgrade")
    assert twin.status()["healthy"]
    assert content(Api(twin.url, api.token)) == before
    twin.done("down")
    twin.done("upgrade")
    assert twin.processes() == []


def test_a_stopped_portal_can_be_saved(twin: Portal, tmp_path: Path) -> None:
    path = tmp_path / "stopped.zip"
    twin.done("backup", str(path))
    assert path.exists()
    assert twin.processes() == []
