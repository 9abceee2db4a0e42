"""`ckan scdl check`: the contract of its output and of its exit status."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ckanext.scdl import updating
from ckanext.scdl.offline import check
from portal_kit import offline


@pytest.fixture(autouse=True)
def _nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """For schemas that are not here."""
    monkeypatch.setattr(updating, "REGISTRY", "http://127.0.0.1:9/schemas.json")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(check, list(map(str, arguments)))


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "schema.json"
    fields = [
        {"name": "nom", "constraints": {"required": True}},
        {"name": "jour", "type": "date"},
        {"name": "siret", "customCheck": "siret"},
    ]
    path.write_text(json.dumps({"fields": fields}), encoding="utf-8")
    return path


def table(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return path


def test_a_valid_file(tmp_path: Path, schema: Path) -> None:
    file = table(tmp_path, "nom;jour;siret", "a;2024-01-31;21860194600013")
    result = run(file, "--schema", schema, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        **{"verdict": "valid", "rows": 1, "errors": [], "warnings": [], "counts": {}}
    }


def test_an_invalid_file(tmp_path: Path, schema: Path) -> None:
    file = table(tmp_path, "nom;jour;autre", "a;31/01/2024;x", ";2024-01-31;y")
    result = run(file, "--schema", schema, "--json")
    document: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["verdict"] == "invalid"
    assert document["counts"] == {"type-error": 1, "constraint-error": 1}
    assert [(e["row"], e["column"], e["kind"], e["value"]) for e in document["errors"]] == [
        (2, "jour", "type-error", "31/01/2024"),
        (3, "nom", "constraint-error", ""),
    ]
    assert "2024-01-31" in document["errors"][0]["message"]
    assert {(w["kind"], w["column"]) for w in document["warnings"]} == {
        ("missing-label", "siret"),
        ("extra-label", "autre"),
    }


@pytest.mark.parametrize(
    ("content", "wanted", "reason"),
    [
        (b"nom\r\na\r\n", "scdl/nothing", "scdl/nothing"),
        (b"nom\r\na\r\n", "scdl/subventions@9.9.9", "2.1.1"),
        (b"nom\r\na\r\n", "../../etc/passwd", "passwd"),
        (b"%PDF-1.7 \x00\x01", "scdl/subventions", "PDF"),
        (b"", "scdl/subventions", ""),
    ],
)
def test_what_can_not_be_checked(tmp_path: Path, content: bytes, wanted: str, reason: str) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    result = run(file, "--schema", wanted, "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == 2
    assert document["verdict"] == "not-checked"
    assert reason in document["reason"]


def test_a_schema_that_is_none(tmp_path: Path) -> None:
    file, schema = table(tmp_path, "nom", "a"), tmp_path / "schema.json"
    for text in ("[1, 2]", "<html>", '{"fields": []}', '{"fields": [{"name": "a", "type": "x"}]}'):
        schema.write_text(text, encoding="utf-8")
        result = run(file, "--schema", schema, "--json")
        assert result.exit_code == 2, text
        assert json.loads(result.stdout)["verdict"] == "not-checked"


def test_for_people(tmp_path: Path, schema: Path) -> None:
    lines = [f"a;{day}/01/2024;21860194600013" for day in range(10, 20)]
    result = run(table(tmp_path, "nom;jour;siret", *lines), "--schema", schema)
    assert result.exit_code == 1
    assert "10" in result.stdout.splitlines()[0]
    assert "2024-01-10" in result.stdout
    assert "2024-01-19" not in result.stdout


def test_wrong_usage(tmp_path: Path, schema: Path) -> None:
    assert run(tmp_path / "absent.csv", "--schema", schema).exit_code == 2
    assert run(schema).exit_code == 2


def test_it_is_declared() -> None:
    found = offline.find(["scdl", "check", "file.csv"])
    assert found
    assert found[0].load() is check
