"""What is written in Solr's home, when it asks for a reindexing, and how Solr is started."""

import base64
import hashlib
import json
import re
from importlib.resources import files
from pathlib import Path
from stat import S_IMODE

import pytest
from click.testing import CliRunner

from portal_kit.solr import home
from portal_kit.solr.__main__ import main

USER = "ckan"
PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def ckan_schema() -> bytes:
    return (files("ckan") / "config" / "solr" / "schema.xml").read_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "solr" / "home"


def prepare(folder: Path, ckan_schema: bytes, **options: bytes | str) -> bool:
    settings = {"user": USER, "password": PASSWORD, **options}
    return home.prepare(folder, ckan_schema, **settings)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_new_home_asks_for_a_reindexing_and_the_next_call_changes_nothing(
    folder: Path, ckan_schema: bytes
) -> None:
    assert prepare(folder, ckan_schema)
    before = snapshot(folder)
    assert not prepare(folder, ckan_schema)
    assert snapshot(folder) == before


def test_every_file_that_the_schema_names_is_written(folder: Path, ckan_schema: bytes) -> None:
    prepare(folder, ckan_schema)
    conf = folder / "ckan" / "conf"
    named = set(re.findall(r'"([\w-]+\.txt)"', (conf / "schema.xml").read_text()))
    assert named == {path.name for path in conf.glob("*.txt")}


def test_an_unfinished_preparation_is_done_again(folder: Path, ckan_schema: bytes) -> None:
    prepare(folder, ckan_schema)
    (folder / "ckan" / "fingerprint").unlink()
    assert home.fingerprint(folder) is None
    assert prepare(folder, ckan_schema)


def test_another_schema_removes_the_index_and_asks_for_a_reindexing(
    folder: Path, ckan_schema: bytes
) -> None:
    prepare(folder, ckan_schema)
    index = folder / "ckan" / "data" / "index"
    index.mkdir(parents=True)
    known = home.fingerprint(folder)
    newer = ckan_schema.replace(b'name="ckan-2.12"', b'name="ckan-2.13"')
    assert prepare(folder, newer)
    assert not index.exists()
    assert home.fingerprint(folder) != known


def test_other_synonyms_ask_for_a_reindexing_and_leave_the_index(
    folder: Path, ckan_schema: bytes
) -> None:
    prepare(folder, ckan_schema)
    index = folder / "ckan" / "data" / "index"
    index.mkdir(parents=True)
    assert prepare(folder, ckan_schema, synonyms="Vélo, Bicloo".encode())
    assert (folder / "ckan" / "conf" / "synonyms.txt").read_text() == "velo, bicloo"
    assert index.exists()


def test_another_password_is_written_and_asks_for_nothing_else(
    folder: Path, ckan_schema: bytes
) -> None:
    prepare(folder, ckan_schema)
    before = (folder / "security.json").read_bytes()
    assert not prepare(folder, ckan_schema, password="another")
    assert (folder / "security.json").read_bytes() != before


def test_a_damaged_security_file_is_made_again(folder: Path, ckan_schema: bytes) -> None:
    prepare(folder, ckan_schema)
    (folder / "security.json").write_text('{"authentication": {}}')
    prepare(folder, ckan_schema)
    assert json.loads((folder / "security.json").read_text())["authentication"]["blockUnknown"]


def test_the_password_is_kept_as_a_salted_hash(folder: Path, ckan_schema: bytes) -> None:
    prepare(folder, ckan_schema)
    text = (folder / "security.json").read_text()
    assert PASSWORD not in text
    digest, salt = json.loads(text)["authentication"]["credentials"][USER].split()
    once = hashlib.sha256(base64.b64decode(salt) + PASSWORD.encode()).digest()
    assert base64.b64decode(digest) == hashlib.sha256(once).digest()


def test_nobody_else_can_read_the_home(folder: Path, ckan_schema: bytes) -> None:
    prepare(folder, ckan_schema)
    assert S_IMODE(folder.stat().st_mode) == 0o700
    assert all(S_IMODE(path.stat().st_mode) & 0o077 == 0 for path in folder.glob("*.*"))


def test_the_command_names_the_folders_and_no_secret(tmp_path: Path) -> None:
    command = home.command(Path("/j/java"), tmp_path / "jars", tmp_path / "h", 8983, tmp_path / "l")
    assert command[0] == "/j/java"
    assert "-Xmx512m" in command
    assert "-Djetty.port=8983" in command
    assert f"-Dsolr.solr.home={tmp_path / 'h'}" in command
    assert f"-Dsolr.log.dir={tmp_path / 'l'}" in command
    assert PASSWORD not in " ".join(command)


def test_the_address_is_the_loopback_and_not_an_option() -> None:
    assert '<Set name="host">127.0.0.1</Set>' in (home.CONF / "jetty.xml").read_text()


def test_an_address_where_nothing_listens_is_not_healthy() -> None:
    discard = 9  # a port nobody serves any more
    assert not home.healthy(f"http://127.0.0.1:{discard}/solr/ckan", timeout=1)


def test_a_container_s_home_is_written_by_a_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CKAN_SOLR_USER", USER)
    monkeypatch.setenv("CKAN_SOLR_PASSWORD", PASSWORD)
    first = CliRunner().invoke(main, [str(folder)])
    second = CliRunner().invoke(main, [str(folder)])
    assert (first.output, second.output) == ("changed\n", "unchanged\n")


def test_a_container_s_home_is_refused_without_a_password(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CKAN_SOLR_USER", USER)
    monkeypatch.delenv("CKAN_SOLR_PASSWORD", raising=False)
    result = CliRunner().invoke(main, [str(folder)])
    assert result.exit_code == 2
    assert not folder.exists()
