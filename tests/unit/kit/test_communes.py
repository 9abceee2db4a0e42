"""The communes of a territory: from the npm package to the town's configuration."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from portal_kit import communes, configuration
from portal_kit.commands.communes import communes as command
from portal_kit.errors import UsageError

GROUPINGS = [
    {
        "code": "200000001",
        "nom": "CC des Deux Rives",
        "membres": [{"code": "99002"}, {"code": "99001"}],
    }
]
COMMUNES = [
    {"code": "99002", "nom": "Aval", "type": "commune-actuelle", "population": 20,
     "codesPostaux": ["99200"]},
    {"code": "99001", "nom": "Amont", "type": "commune-actuelle", "population": 10,
     "codesPostaux": ["99100", "99110"]},
    {"code": "99001", "nom": "Amont-Vieux", "type": "commune-deleguee", "chefLieu": "99001"},
    {"code": "99003", "nom": "Ailleurs", "type": "commune-actuelle"},
]  # fmt: skip


TOWNS = """\
1\tAmont-le-Bourg\t\t\t46.5\t0.25\tP\tPPL\tFR\t\t75\t99\t990\t99001\t9
2\tAmont\t\t\t46.6\t0.35\tP\tPPL\tFR\t\t75\t99\t990\t99001\t900
3\tAmont\t\t\t6.6\t9.35\tP\tPPL\tIT\t\t75\t99\t990\t99001\t9000
4\tAilleurs\t\t\t46\t0\tP\tPPL\tFR\t\t75\t99\t990\t99003\t9
5\tAval\t\t\tnord\t0\tP\tPPL\tFR\t\t75\t99\t990\t99002\t9
short
"""
CONTOURS = {
    "features": [
        {
            "properties": {"code": "99001"},
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[0.1, 46.4], [0.3, 46.5], [0.2, 46.6], [0.1, 46.4]]],
                    [[[0.5, 46.5], [0.6, 46.5], [0.6, 46.7], [0.5, 46.5]]],
                ],
            },
        },
        {"properties": {"code": "1"}, "geometry": {"type": "Point", "coordinates": [0, 0]}},
    ]
}


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    """The same for the package of towns."""
    folder = tmp_path / "towns"
    (folder / "dist").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "4.5.6"}')
    (folder / "dist" / "cities500.txt").write_text(TOWNS)
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder laid out as the npm package."""
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "1.2.3"}')
    (folder / "data" / "epci.json").write_text(json.dumps(GROUPINGS))
    (folder / "data" / "communes.json").write_text(json.dumps(COMMUNES))
    return folder


def territory() -> communes.Territory:
    return communes.extract(
        "200000001", json.dumps(GROUPINGS).encode(), json.dumps(COMMUNES).encode()
    )


class TestExtract:
    def test_present_communes_are_kept_in_the_order_of_their_codes(self):
        found = communes.extract(
            "200000001", json.dumps(GROUPINGS).encode(), json.dumps(COMMUNES).encode()
        )
        assert [(item.insee, item.name) for item in found.communes] == [
            ("99001", "Amont"),
            ("99002", "Aval"),
        ]
        assert found.population == 30

    def test_an_unknown_siren_is_told(self):
        with pytest.raises(communes.TerritoryError, match="000000000"):
            communes.extract("000000000", b"[]", b"[]")

    def test_a_commune_that_the_package_forgets_is_told(self):
        with pytest.raises(communes.TerritoryError, match="99001, 99002"):
            communes.extract("200000001", json.dumps(GROUPINGS).encode(), b"[]")

    @pytest.mark.parametrize("content", [b"{", b"[1]", b'[{"a": 1}]'])
    def test_another_file_is_told(self, content: bytes):
        with pytest.raises(communes.TerritoryError):
            communes.extract("200000001", content, content)


class TestPositions:
    def test_the_largest_town_of_a_commune_is_its_centre(self):
        found = communes.located(territory(), TOWNS.splitlines())
        assert [commune.centre for commune in found.communes] == [(0.35, 46.6), None]

    def test_contours_give_exact_extents(self):
        found = communes.bounded(territory(), json.dumps(CONTOURS).encode())
        assert [commune.bbox for commune in found.communes] == [(0.1, 46.4, 0.6, 46.7), None]

    @pytest.mark.parametrize("content", [b"{", b"[]", b'{"features": []}', b'{"features": [1]}'])
    def test_contours_that_are_none_are_told(self, content: bytes):
        with pytest.raises(communes.TerritoryError):
            communes.bounded(territory(), content)

    def test_former_communes_are_kept_as_aliases(self):
        assert territory().communes[0].aliases == ("Amont-Vieux",)


class TestCommand:
    @pytest.mark.parametrize("packed", [False, True], ids=["folder", "tarball"])
    def test_what_is_written_reads_back_the_same(
        self, package: Path, towns: Path, tmp_path: Path, packed: bool
    ):
        source = package
        if packed:
            source = tmp_path / "package.tgz"
            with tarfile.open(source, "w:gz") as archive:
                archive.add(package, "package")
        target = tmp_path / "new" / "communes.yaml"
        contours = tmp_path / "contours.geojson.gz"
        contours.write_bytes(gzip.compress(json.dumps(CONTOURS).encode()))
        arguments = ["--epci", "200000001", "--from", str(source), "--output", str(target)]
        arguments += ["--towns", str(towns), "--contours", str(contours)]
        result = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        text = target.read_text(encoding="utf-8")
        assert "1.2.3" in text.splitlines()[1]
        assert "4.5.6" in text.splitlines()[2]
        content = yaml.safe_load(text)
        assert content["epci"] == {"siren": "200000001", "name": "CC des Deux Rives"}
        assert content["communes"] == [
            {
                "insee": "99001",
                "name": "Amont",
                "population": 10,
                "postal_codes": ["99100", "99110"],
                "aliases": ["Amont-Vieux"],
                "centre": [0.35, 46.6],
                "bbox": [0.1, 46.4, 0.6, 46.7],
            },
            {"insee": "99002", "name": "Aval", "population": 20, "postal_codes": ["99200"]},
        ]
        assert "Aval" in result.stderr

    def test_another_folder_is_refused(self, tmp_path: Path):
        with pytest.raises(UsageError):
            CliRunner().invoke(
                command,
                ["--epci", "200000001", "--from", str(tmp_path), "--output", str(tmp_path / "x")],
                catch_exceptions=False,
            )

    def test_the_town_s_configuration_is_written_by_default(
        self, package: Path, towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv(configuration.FOLDER_VARIABLE, str(tmp_path / "town"))
        arguments = ["--epci", "200000001", "--from", str(package), "--towns", str(towns)]
        CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert (tmp_path / "town" / "communes.yaml").is_file()


def test_the_shipped_file_has_the_forty_communes_of_grand_poitiers():
    text = (configuration.shipped_folder() / "communes.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    assert content["epci"]["siren"] == "200069854"
    assert len({item["insee"] for item in content["communes"]}) == 40
    assert all(item["population"] > 0 for item in content["communes"])
