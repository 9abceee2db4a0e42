"""The files of the demonstration's CSW server: environment, configuration, catalogue."""

import configparser
import sqlite3
from pathlib import Path

import pytest

from portal_kit.errors import ServiceError
from portal_kit.pycsw import repository
from portal_kit.services import pycsw

RECORD = """
<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"
                 xmlns:gco="http://www.isotc211.org/2005/gco">
  <gmd:fileIdentifier><gco:CharacterString>{identifier}</gco:CharacterString></gmd:fileIdentifier>
  <gmd:identificationInfo><gmd:MD_DataIdentification>
    <gmd:citation><gmd:CI_Citation>
      <gmd:title><gco:CharacterString>Bancs</gco:CharacterString></gmd:title>
    </gmd:CI_Citation></gmd:citation>
    <gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>
      <gmd:westBoundLongitude><gco:Decimal>{west}</gco:Decimal></gmd:westBoundLongitude>
      <gmd:eastBoundLongitude><gco:Decimal>0.4</gco:Decimal></gmd:eastBoundLongitude>
      <gmd:southBoundLatitude><gco:Decimal>46.5</gco:Decimal></gmd:southBoundLatitude>
      <gmd:northBoundLatitude><gco:Decimal>46.6</gco:Decimal></gmd:northBoundLatitude>
    </gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>
  </gmd:MD_DataIdentification></gmd:identificationInfo>
</gmd:MD_Metadata>
"""


def record(identifier: str = "a", west: str = "0.3") -> bytes:
    return RECORD.format(identifier=identifier, west=west).encode()


@pytest.fixture
def uv(tmp_path: Path) -> Path:
    """A stand-in for uv that makes an empty environment and notes each call."""
    script = tmp_path / "uv"
    script.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n'
        f'[ "$1" = venv ] && mkdir -p "{tmp_path}/env/bin"\nexit 0\n'
    )
    script.chmod(0o755)
    return script


def calls(uv: Path) -> int:
    return len((uv.parent / "calls").read_text().splitlines())


class TestInstall:
    def test_a_finished_environment_is_left_alone(self, uv: Path):
        environment = uv.parent / "env"
        assert pycsw.install(environment, uv)
        assert not pycsw.install(environment, uv)
        assert calls(uv) == 2

    def test_an_interrupted_one_is_made_again_from_nothing(self, uv: Path):
        environment = uv.parent / "env"
        environment.mkdir()
        (environment / "half-written").touch()
        assert pycsw.install(environment, uv)
        assert not (environment / "half-written").exists()

    def test_one_made_from_another_lock_is_made_again(self, uv: Path):
        environment = uv.parent / "env"
        pycsw.install(environment, uv)
        (environment / pycsw.STAMP).write_text("of another time")
        assert pycsw.install(environment, uv)

    def test_a_failure_is_one_sentence_and_leaves_no_stamp(self, uv: Path):
        uv.write_text("#!/bin/sh\necho 'no such host' >&2\nexit 2\n")
        with pytest.raises(ServiceError, match="no such host"):
            pycsw.install(uv.parent / "env", uv)
        assert not (uv.parent / "env" / pycsw.STAMP).exists()

    def test_the_lock_has_hashes_and_no_index_address(self):
        lines = pycsw.LOCK.read_text(encoding="utf-8").splitlines()
        pins = [line for line in lines if "==" in line and not line.startswith(" ")]
        assert "pycsw==2.6.2 \\" in pins
        assert all(line.endswith("\\") for line in pins)
        assert not any("://" in line or line.startswith("--index") for line in lines)


class TestConfiguration:
    def test_pycsw_reads_back_what_was_meant(self, tmp_path: Path):
        """A percent sign in a folder's name is no directive."""
        database = tmp_path / "100 % vrai" / "records.db"
        parser = configparser.ConfigParser()
        parser.read_string(pycsw.configuration(database, 8123))
        assert parser["repository"]["database"] == f"sqlite:///{database}"
        assert parser["server"]["url"] == "http://127.0.0.1:8123/csw"

    def test_a_log_level_never_goes_without_its_file(self, tmp_path: Path):
        """pycsw answers every request with an error when it does."""
        assert "loglevel" not in pycsw.configuration(tmp_path / "records.db", 8123)

    def test_nothing_but_the_loopback_is_listened_to(self, tmp_path: Path):
        command = pycsw.command(tmp_path, tmp_path / "pycsw.cfg", 8123)
        assert command[command.index("--bind") + 1] == "127.0.0.1:8123"
        assert "--no-control-socket" in command


class TestHealthy:
    def test_nobody_there_is_not_healthy(self, unused_port: int):
        assert not pycsw.healthy(pycsw.address(unused_port))


@pytest.fixture
def unused_port() -> int:
    from portal_kit.ports import free_port

    return free_port()


class TestLoad:
    def rows(self, database: Path) -> list[tuple[str, str, str | None]]:
        with sqlite3.connect(database) as connection:
            rows = connection.execute(
                "SELECT identifier, title, wkt_geometry FROM records ORDER BY identifier"
            ).fetchall()
        connection.close()
        return rows

    def test_records_are_put_in_with_what_can_be_asked_of_them(self, tmp_path: Path):
        database = tmp_path / "new" / "records.db"
        assert pycsw.load([record("b"), record("a")], database) == 2
        identifier, title, polygon = self.rows(database)[0]
        assert (identifier, title) == ("a", "Bancs")
        assert polygon == "POLYGON((0.3 46.5, 0.3 46.6, 0.4 46.6, 0.4 46.5, 0.3 46.5))"

    @pytest.mark.parametrize("west", ["0.5", "466000", "-181", "x", ""])
    def test_a_box_that_is_none_is_not_searched_but_its_record_is_served(
        self, tmp_path: Path, west: str
    ):
        database = tmp_path / "records.db"
        pycsw.load([record(west=west)], database)
        assert self.rows(database) == [("a", "Bancs", None)]

    def test_of_two_records_with_one_identifier_the_last_stays(self, tmp_path: Path):
        assert pycsw.load([record(west="0.1"), record(west="0.2")], tmp_path / "r.db") == 1
        assert "0.2" in (self.rows(tmp_path / "r.db")[0][2] or "")

    def test_a_refused_record_leaves_the_catalogue_as_it_was(self, tmp_path: Path):
        database = tmp_path / "records.db"
        pycsw.load([record("a")], database)
        with pytest.raises(ValueError, match="fileIdentifier"):
            pycsw.load([record("b"), record("")], database)
        assert [row[0] for row in self.rows(database)] == ["a"]

    def test_the_table_has_every_column_once(self):
        assert len(set(repository.COLUMNS)) == len(repository.COLUMNS)
