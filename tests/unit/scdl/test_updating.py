"""Official schemas fetched whole or not at all; the registry's version is the one that counts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ckanext.scdl.errors import ScdlError
from ckanext.scdl.registry import Registry
from ckanext.scdl.updating import REGISTRY, damaged, newer, update

ONE, TWO = "https://schema.example/1.json", "https://schema.example/2.json"
LISTED = {
    "schemas": [
        {
            "name": "scdl/essai",
            "title": "Essai",
            "versions": [
                {"version_name": "1.0.0", "schema_url": ONE},
                {"version_name": "1.1.0", "schema_url": TWO},
            ],
        }
    ]
}
DESCRIPTOR = json.dumps({"version": "0.9", "fields": [{"name": "a"}]}).encode()
ANSWERS = {REGISTRY: json.dumps(LISTED).encode(), ONE: DESCRIPTOR, TWO: DESCRIPTOR}


def answering(**changed: bytes) -> Callable[[str], bytes]:
    return {**ANSWERS, **changed}.__getitem__


def test_every_version_is_fetched_under_the_registry_s_number(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    assert update(folder, ["scdl/essai"], answering()) == {"scdl/essai": ["1.0.0", "1.1.0"]}
    schema = Registry([folder]).schema("scdl/essai")
    assert (schema.title, schema.current) == ("Essai", "1.1.0")
    assert damaged(folder) == []
    assert newer({"scdl/essai": "1.0.0"}, answering()) == {"scdl/essai": "1.1.0"}


@pytest.mark.parametrize(
    "answer", [b"<html>", b"{}", b'{"fields": []}', b'{"fields": [{"name": "a", "type": "x"}]}']
)
def test_a_failed_update_changes_nothing(tmp_path: Path, answer: bytes) -> None:
    folder = tmp_path / "schemas"
    update(folder, ["scdl/essai"], answering())
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(ScdlError):
        update(folder, ["scdl/essai"], answering(**{TWO: answer}))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["schemas"]


def test_a_schema_that_the_registry_has_not(tmp_path: Path) -> None:
    with pytest.raises(ScdlError):
        update(tmp_path / "schemas", ["scdl/rien"], answering())
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_touched_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"
    update(folder, ["scdl/essai"], answering())
    (folder / "scdl/essai/1.0.0.json").write_text("{}", encoding="utf-8")
    assert damaged(folder) == ["scdl/essai@1.0.0"]
