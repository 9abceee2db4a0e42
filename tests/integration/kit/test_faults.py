"""What the machine can do to us: a sentence that says what to do, and a status for programs."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from tests.integration.kit.conftest import Make
from tests.portals import Portal


@pytest.fixture
def fresh(make_portal: Make) -> Portal:
    return make_portal()


def refused(portal: Portal, *arguments: str) -> str:
    """The one sentence of a command that fails."""
    done = portal.run(*arguments)
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    sentences = [line for line in done.stderr.splitlines() if line.startswith("portal : ")]
    assert len(sentences) == 1, done.stderr
    return sentences[0]


def test_a_taken_port_names_its_process_and_the_option(fresh: Portal) -> None:
    with socket.create_server(("127.0.0.1", fresh.port)):
        sentence = refused(fresh, "up", "--no-demo", "--port", str(fresh.port), "--detach")
    assert f"process {os.getpid()}" in sentence
    assert f"./portal up --port {fresh.port + 1}" in sentence or "./portal up --port" in sentence
    assert not (fresh.home / "state.json").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_is_not_ours_is_no_taken_port(fresh: Portal, host: str) -> None:
    sentence = refused(fresh, "up", "--host", host, "--port", str(fresh.port), "--detach")
    assert host in sentence
    assert "taken" not in sentence
    assert "--host" in sentence


def test_a_damaged_state_is_named(fresh: Portal) -> None:
    fresh.home.mkdir(mode=0o700)
    (fresh.home / "state.json").write_text('{"port": 50')
    assert "state.json is damaged" in refused(fresh, "up", "--detach")
    assert "state.json is damaged" in refused(fresh, "status")


def test_secrets_that_others_can_read_are_refused(fresh: Portal) -> None:
    fresh.home.mkdir(mode=0o700)
    (fresh.home / "secrets.json").write_text('{"valkey": "x"}')
    (fresh.home / "secrets.json").chmod(0o644)
    assert "chmod 600" in refused(fresh, "up", "--no-demo", "--port", str(fresh.port))


def test_lost_secrets_are_not_made_anew_over_a_database(fresh: Portal) -> None:
    (fresh.home / "postgres" / "data").mkdir(parents=True)
    fresh.home.chmod(0o700)
    sentence = refused(fresh, "up", "--no-demo", "--port", str(fresh.port))
    assert "secrets.json is missing" in sentence


def test_a_folder_of_something_else_is_left_alone(fresh: Portal) -> None:
    fresh.home.mkdir(mode=0o755)
    (fresh.home / "photos").mkdir()
    sentence = refused(fresh, "up", "--no-demo", "--port", str(fresh.port))
    assert "photos" in sentence
    assert [path.name for path in fresh.home.iterdir()] == ["photos"]
    assert fresh.home.stat().st_mode & 0o777 == 0o755


def test_a_town_s_file_that_is_no_ini_is_named(fresh: Portal) -> None:
    config = fresh.home / "config"
    config.mkdir(parents=True)
    (config / "portal.ini").write_text("ckan.site_title = sans section\n")
    assert "portal.ini" in refused(fresh, "up", "--no-demo", "--port", str(fresh.port))
    assert fresh.processes() == []


def test_only_some_addresses_of_a_database_are_refused(make_portal: Make) -> None:
    half = make_portal(CKAN_SQLALCHEMY_URL="postgresql://ckan:x@db.example/ckan")
    done = half.run("up", "--no-demo", "--detach", "--port", str(half.port))
    assert done.returncode == 2
    assert "CKAN_DATASTORE_WRITE_URL" in done.stderr


def test_a_missing_maven_is_named_with_the_command_that_installs_it(
    make_portal: Make, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("uname", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    bare = make_portal(PATH=str(programs), PORTAL_SOLR_JARS=str(tmp_path / "jars"))
    assert "Maven" in refused(bare, "up", "--no-demo", "--detach", "--port", str(bare.port))
    done = bare.run("doctor", "--json")
    assert done.returncode == 1
    assert '"Maven"' in done.stdout
