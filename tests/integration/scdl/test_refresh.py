"""An address asked again on its schedule: cron's command and the worker, as real processes."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from configparser import RawConfigParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ckanext.scdl.publishing import following, loading, state
from tests.integration.scdl.conftest import call
from tests.misbehaving import Reply, Request, Server, serving

FIRST = b"Commune;Habitants\nPoitiers;90033\nBiard;1910\n"
SECOND = b"Commune;Habitants;Surface\nPoitiers;91000;42.1\nBiard;;7.5\nLavoux;1200;19\n"


class Ini(RawConfigParser):
    """CKAN's settings: their names keep their case."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


class Town:
    """A server of the town's: one file, that changes, and may be away."""

    content, status = FIRST, 200

    def __call__(self, request: Request) -> Reply:
        return Reply(status=self.status, body=self.content)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def server(town: Town) -> Iterator[Server]:
    with serving(town) as found:
        yield found


@pytest.fixture
def ckan(
    request: pytest.FixtureRequest,
    server: Server,
    in_request: None,
    ckan_config: dict[str, Any],
) -> Callable[..., str]:
    """Runs a command of CKAN's in a process that may ask the town's server."""
    plugins = ckan_config["ckan.plugins"]
    settings = {
        "ckanext.grandpoitiers.outbound.allowed_networks": "127.0.0.0/8",
        "ckanext.grandpoitiers.outbound.ports": str(server.port),
        "ckan.plugins": plugins if isinstance(plugins, str) else " ".join(plugins),
        "ckan.storage_path": ckan_config["ckan.storage_path"],
    }
    ckan_config.update(settings)
    # Beside the tests' own: what it says may be relative to its place.
    base = Path(request.config.getoption("--ckan-ini"))
    ini = base.with_name("cron.ini")
    parser = Ini()
    parser.read(base, encoding="utf-8")
    parser["app:main"].update(settings)
    with ini.open("w", encoding="utf-8") as target:
        parser.write(target)
    program = Path(sys.executable).with_name("ckan")

    def run(*arguments: str) -> str:
        command = [str(program), "-c", str(ini), *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120, check=True)
        return done.stdout

    return run


def make_old(resource_id: str) -> None:
    """As if its file had been read two hours ago."""
    from ckan import model

    from ckanext.scdl.model import files

    before = datetime.now(UTC) - timedelta(hours=2)
    where = files.c.resource_id == resource_id
    model.Session.execute(sa.update(files).where(where).values(updated=before))
    model.Session.commit()


def test_an_address_is_asked_again_every_hour_by_cron_and_the_worker(
    ckan: Callable[..., str], town: Town, server: Server, dataset: dict[str, Any]
) -> None:
    from ckan import model
    from ckan.lib import jobs

    resource = call(
        "resource_create",
        package_id=dataset["id"],
        url=f"{server.url}/population.csv",
        format="CSV",
        name="Population",
    )
    following.load_package(dataset["id"])
    assert state.file_of(resource["id"])["state"] == "loaded", state.file_of(resource["id"])
    state.put_file(resource["id"], refresh="hourly")
    make_old(resource["id"])
    # What other tests have left to do is not this worker's.
    jobs.get_queue().empty()
    town.content = SECOND
    assert ckan("scdl", "refresh").startswith("1 addresses asked again")
    ckan("jobs", "worker", "--burst")
    model.Session.rollback()
    found = call("datastore_search", resource_id=resource["id"])
    assert found["total"] == 3
    types = {one["id"]: one["type"] for one in found["fields"]}
    assert (types["Habitants"], types["Surface"]) == ("int8", "numeric")
    known = state.file_of(resource["id"])
    assert (known["version"], known["comparison"]["added"]) == (2, ["Surface"])
    assert call("resource_show", id=resource["id"])["url"] == resource["url"]
    # Nothing is due any more, and a server that is away takes no table with it.
    assert following.refresh(datetime.now(UTC)) == []
    town.status = 503
    make_old(resource["id"])
    assert following.refresh(datetime.now(UTC)) == [resource["id"]]
    assert loading.load_resource(resource["id"], again=True) == "failed"
    assert call("datastore_search", resource_id=resource["id"])["total"] == 3
