"""The drop: rules find a file's dataset, and no file of a watched folder is lost or taken half."""

import fcntl
import os
from pathlib import Path

import pytest

from ckanext.scdl.queue import folder
from ckanext.scdl.queue.rules import RulesRefused, match, read

RULES = read(
    {
        "rules": [
            {"file": "parcs*.csv", "resource": "r1", "repairs": True},
            {"file": "*.xlsx", "organization": "ville", "schema": "scdl/subventions"},
            {"file": "parcs-2026.*", "resource": "r2"},
        ]
    }
)


def test_a_name_finds_its_rule_whatever_its_case():
    assert match("PARCS-mars.CSV", RULES).resource == "r1"
    assert match("a.xlsx", RULES).organization == "ville"


@pytest.mark.parametrize("name", ["arbres.csv", "parcs-2026.csv"])
def test_an_unknown_name_and_one_of_two_rules_wait(name: str):
    with pytest.raises(RulesRefused, match="waits"):
        match(name, RULES)


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        {"rules": {}},
        {"rules": ["x"]},
        {"rules": [{"file": "*"}]},
        {"rules": [{"file": "*", "resource": "a", "organization": "b"}]},
        {"rules": [{"file": "*", "resource": "a", "else": 1}]},
    ],
)
def test_rules_that_are_not_understood_are_refused(said: object):
    with pytest.raises(RulesRefused):
        read(said)


def drop(tmp_path: Path, name: str, age: int = 60) -> Path:
    path = tmp_path / name
    path.write_text("a;b\n1;2\n")
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return path


def look(tmp_path: Path, why: str = "") -> dict[str, str]:
    found = folder.look(tmp_path, lambda _path: why, now=1_000_000)
    return {one.name: "taken" if one.taken else one.why for one in found}


def test_a_file_at_rest_is_taken_and_kept_in_done(tmp_path: Path):
    path = drop(tmp_path, "a.csv")
    assert look(tmp_path) == {"a.csv": "taken"}
    assert not path.exists()
    assert [one.name.partition("-")[2] for one in (tmp_path / "done").iterdir()] == ["a.csv"]
    assert look(tmp_path) == {}


def test_what_grows_is_locked_or_refused_stays_and_says_why(tmp_path: Path):
    drop(tmp_path, "grows.csv", age=2)
    drop(tmp_path, "part.csv.part")
    drop(tmp_path, ".hidden")
    locked = drop(tmp_path, "locked.csv")
    with locked.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        said = look(tmp_path, "no rule")
    assert said == {"grows.csv": folder.GROWING, "locked.csv": folder.LOCKED}
    assert look(tmp_path, "no rule")["locked.csv"] == "no rule"
    assert locked.exists()


def test_two_passages_do_not_cross(tmp_path: Path):
    drop(tmp_path, "a.csv")
    inner: list[dict[str, str]] = []
    folder.look(tmp_path, lambda _path: inner.append(look(tmp_path)) or "", now=1_000_000)
    assert inner == [{tmp_path.name: folder.BUSY}]


def test_a_file_that_goes_or_fails_stops_no_other(tmp_path: Path):
    gone, broken, fine = (drop(tmp_path, name) for name in ("a.csv", "b.csv", "c.csv"))

    def take(path: Path) -> str:
        if path == gone:
            path.unlink()
            path.stat()
        if path == broken:
            raise OSError(5, "Input/output error")
        return ""

    found = {one.name: one for one in folder.look(tmp_path, take, now=1_000_000)}
    assert list(found) == ["b.csv", "c.csv"]
    assert (found["b.csv"].why, found["b.csv"].reason) == (folder.UNREADABLE, "Input/output error")
    assert (found["c.csv"].taken, fine.exists()) == (True, False)


def test_nothing_is_taken_that_could_not_be_put_away(tmp_path: Path):
    drop(tmp_path, "a.csv")
    (tmp_path / "done").write_text("a file in the place of the folder")
    assert look(tmp_path) == {tmp_path.name: folder.NO_DONE}


def test_whoever_only_sees_the_folder_reads_what_became_of_the_files(tmp_path: Path):
    drop(tmp_path, "a.csv")
    folder.tell(tmp_path, ["a.csv: no rule {x}"], "Hier")
    os.utime(tmp_path / folder.TOLD, (1, 1))
    text = (tmp_path / folder.TOLD).read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["Hier", "", "a.csv: no rule {x}"]
    assert look(tmp_path) == {"a.csv": "taken"}
