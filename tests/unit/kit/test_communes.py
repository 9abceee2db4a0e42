"""The communes of a territory: from the npm package to the town's configuration."""

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


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder laid out as the npm package."""
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "package.json").write_text('{"version": "1.2.3"}')
    (folder / "data" / "epci.json").write_text(json.dumps(GROUPINGS))
    (folder / "data" / "communes.json").write_text(json.dumps(COMMUNES))
    return folder


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


class TestCommand:
    @pytest.mark.parametrize("packed", [False, True], ids=["folder", "tarball"])
    def test_what_is_written_reads_back_the_same(self, package: Path, tmp_path: Path, packed: bool):
        source = package
        if packed:
            source = tmp_path / "package.tgz"
            with tarfile.open(source, "w:gz") as archive:
                archive.add(package, "package")
        target = tmp_path / "new" / "communes.yaml"
        arguments = ["--epci", "200000001", "--from", str(source), "--output", str(target)]
        result = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert result.exit_code == 0
        text = target.read_text(encoding="utf-8")
        assert "1.2.3" in text.splitlines()[1]
        content = yaml.safe_load(text)
        assert content["epci"] == {"siren": "200000001", "name": "CC des Deux Rives"}
        assert [item["postal_codes"] for item in content["communes"]] == [
            ["99100", "99110"],
            ["99200"],
        ]

    def test_another_folder_is_refused(self, tmp_path: Path):
        with pytest.raises(UsageError):
            CliRunner().invoke(
                command,
                ["--epci", "200000001", "--from", str(tmp_path), "--output", str(tmp_path / "x")],
                catch_exceptions=False,
            )

    def test_the_town_s_configuration_is_written_by_default(
        self, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setenv(configuration.FOLDER_VARIABLE, str(tmp_path / "town"))
        CliRunner().invoke(
            command, ["--epci", "200000001", "--from", str(package)], catch_exceptions=False
        )
        assert (tmp_path / "town" / "communes.yaml").is_file()


def test_the_shipped_file_has_the_forty_communes_of_grand_poitiers():
    text = (configuration.shipped_folder() / "communes.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    assert content["epci"]["siren"] == "200069854"
    assert len({item["insee"] for item in content["communes"]}) == 40
    assert all(item["population"] > 0 for item in content["communes"])
