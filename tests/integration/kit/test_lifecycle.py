"""From an empty folder to an open portal and back, interrupted on the way."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.integration.kit.conftest import Make
from tests.portals import Portal, kill, wait_until

PAGE = "/dataset/"


def test_status_says_that_all_is_well(shared: Portal) -> None:
    document = json.loads(shared.done("status", "--json"))
    assert document["healthy"]
    assert document["url"] == shared.url
    names = [service["name"] for service in document["services"]]
    assert names == ["postgres", "valkey", "solr", "web", "worker", "poller"]
    assert all(service["healthy"] and service["pid"] for service in document["services"])


def test_a_second_up_finds_the_portal_open(shared: Portal) -> None:
    before = shared.pid("web")
    done = shared.run("up", "--detach")
    assert done.returncode == 0, done.stderr
    assert "open already" in done.stderr
    assert shared.pid("web") == before


def test_other_options_are_refused_while_it_runs(shared: Portal) -> None:
    done = shared.run("up", "--detach", "--port", str(shared.port + 1))
    assert done.returncode == 2
    assert "./portal down" in done.stderr
    assert shared.state()["port"] == shared.port


def test_logs_shows_the_end_of_a_log(shared: Portal) -> None:
    lines = shared.done("logs", "postgres", "-n", "3").splitlines()
    assert len(lines) == 3
    done = shared.run("logs", "nobody")
    assert done.returncode == 2
    assert "postgres" in done.stderr


def test_ckan_runs_its_own_commands(shared: Portal) -> None:
    assert "admin" in shared.done("ckan", "user", "list")


def test_nothing_is_made_by_looking(make_portal: Make) -> None:
    portal = make_portal()
    assert portal.run("status", "--json").returncode == 1
    assert portal.run("down").returncode == 0
    assert portal.run("ckan", "user", "list").returncode == 3
    assert portal.run("reset", "--yes").returncode == 3
    assert portal.run("backup", str(portal.home.parent / "x.zip")).returncode == 3
    assert not portal.home.exists()


@pytest.fixture(scope="module")
def awkward(make_portal: Make) -> Portal:
    """A folder whose name has what trips shells, ini files and Java."""
    return make_portal("Mon portail #1 ; l'été à 100")


def interrupt(portal: Portal, moment: Path | str, sent: signal.Signals) -> None:
    """Send a signal to `up` when a file exists or a line is shown."""
    with portal.under_way("up", "--no-demo", "--port", str(portal.port), "--detach") as process:
        if isinstance(moment, Path):
            wait_until(moment.exists, f"{moment.name} exists")
        else:
            read_until(process, moment)
        process.send_signal(sent)
        process.communicate()


def read_until(process: "subprocess.Popen[str]", words: str) -> None:
    """Read what a command says up to the line that has these words."""
    assert process.stderr is not None
    said: list[str] = []
    for line in process.stderr:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"never said “{words}”: {''.join(said)}")


def test_up_finishes_what_was_interrupted(awkward: Portal) -> None:
    """Killed while the cluster is made, then during migrations and seeding, then by Ctrl-C."""
    unfinished = awkward.home / "postgres" / "data.unfinished" / "PG_VERSION"
    interrupt(awkward, unfinished, signal.SIGKILL)
    assert not (awkward.home / "postgres" / "data").exists()
    interrupt(awkward, "Databases and roles", signal.SIGKILL)
    assert "migrations" not in awkward.state()["steps"]
    interrupt(awkward, "Search index", signal.SIGINT)
    wait_until(lambda: awkward.processes() == [], "Ctrl-C leaves nothing")
    assert "seed" not in awkward.state()["steps"]
    awkward_up(awkward)
    assert awkward.status()["healthy"] is False, "TERM stopped it"


def awkward_up(portal: Portal) -> None:
    """Open it in the foreground, look at it, and stop it by TERM as a service manager does."""
    with portal.under_way("up", "--no-demo", "--port", str(portal.port)) as process:
        read_until(process, "Files and secrets")
        busy = portal.run("up", "--detach")
        assert busy.returncode == 3
        assert f"process {process.pid}" in busy.stderr
        read_until(process, "Ctrl-C")
        assert portal.status()["healthy"]
        assert '"success": true' in fetch(f"{portal.url}/api/3/action/group_list")
        process.send_signal(signal.SIGTERM)
        process.communicate()
        assert process.returncode == 0
    assert portal.processes() == []


def fetch(url: str) -> str:
    import httpx

    return httpx.get(url, timeout=60, trust_env=False).text


def test_a_foreground_portal_dies_with_its_killed_command(awkward: Portal) -> None:
    with awkward.under_way("up", "--no-demo", "--port", str(awkward.port)) as process:
        read_until(process, "Service solr")
        kill(process.pid)
    wait_until(lambda: awkward.processes() == [], "everything died with `up`")


def test_reset_asks_first(awkward: Portal) -> None:
    kept = awkward.home / "notes.txt"
    kept.write_text("not the portal's")
    for answer in ("n\n", None):
        refused = awkward.run("reset", answer=answer)
        assert refused.returncode == 3
        assert "Nothing was deleted" in refused.stderr
        assert (awkward.home / "postgres" / "data").exists()
    done = awkward.run("reset", answer="y\n")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in awkward.home.iterdir()] == [kept.name]


def listeners(portal: Portal) -> set[str]:
    return {one["name"] for one in portal.status()["services"]}


@pytest.fixture(scope="module")
def guest(shared: Portal, make_portal: Make) -> Portal:
    """A portal that is told to use the stores of another one."""
    ports, secrets = shared.state()["ports"], shared.secrets()
    return make_portal(
        "guest",
        CKAN_SQLALCHEMY_URL=shared.database_url("portal_ckan", "postgres_ckan", "ckan"),
        CKAN_DATASTORE_WRITE_URL=shared.database_url("portal_ckan", "postgres_ckan", "datastore"),
        CKAN_DATASTORE_READ_URL=shared.database_url(
            "portal_datastore_reader", "postgres_datastore_reader", "datastore"
        ),
        CKAN_SOLR_URL=f"http://127.0.0.1:{ports['solr']}/solr/ckan",
        CKAN_SOLR_USER="ckan",
        CKAN_SOLR_PASSWORD=secrets["solr"],
        CKAN_REDIS_URL=f"redis://:{secrets['valkey']}@127.0.0.1:{ports['valkey']}/1",
    )


def test_services_run_elsewhere_are_not_started_here(guest: Portal) -> None:
    done = guest.run("up", "--no-demo", "--port", str(guest.port), "--detach")
    assert done.returncode == 0, done.stderr
    assert listeners(guest) == {"web", "worker", "poller"}
    assert not (guest.home / "postgres").exists()
    # Nobody but the administrator of that PostgreSQL can take PUBLIC's rights away.
    assert 'REVOKE CONNECT, TEMPORARY ON DATABASE "ckan" FROM PUBLIC' in done.stderr
    assert 'GRANT CONNECT ON DATABASE "datastore" TO "portal_datastore_reader"' in done.stderr
    assert '"success": true' in fetch(f"{guest.url}/api/3/action/group_list")
    guest.done("down")
    assert guest.processes() == []


def test_the_command_explains_itself() -> None:
    done = subprocess.run(
        Portal(Path("unused"), 1).command("--help"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    for name in ("up", "down", "status", "backup", "restore", "upgrade", "reset", "doctor"):
        assert f"\n  {name} " in done.stdout
