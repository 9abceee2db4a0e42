"""What cron runs, as processes: a watched folder, and the deposits whose moment has come."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from configparser import RawConfigParser
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl.queue import store
from tests.integration.scdl import publisher
from tests.integration.scdl.conftest import SECOND
from tests.integration.scdl.team import Act, rows

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(
    team: dict[str, Any],
    resource: dict[str, Any],
    ckan_config: dict[str, Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Command:
    """`ckan scdl …`, with the services and the files of the test."""
    rules = tmp_path / "drop.yaml"
    rules.write_text(f"rules:\n  - file: places*.csv\n    resource: {resource['id']}\n")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        said = publisher.settings(ckan_config, request)
        settings = RawConfigParser(strict=False)
        settings.optionxform = str  # type: ignore[assignment,method-assign]
        settings.read(said["ini"])
        settings["app:main"].update(
            {
                "ckan.plugins": said["plugins"],
                "ckan.storage_path": said["storage"],
                "ckanext.scdl.drop_rules": str(rules),
            }
        )
        # Beside the other, which its own paths start from.
        ini = Path(said["ini"]).with_name(f"{tmp_path.name}.ini")
        with ini.open("w") as file:
            settings.write(file)
        ckan = Path(sys.executable).with_name("ckan")
        done = subprocess.run(
            [str(ckan), "-c", str(ini), "scdl", *words],
            capture_output=True, text=True, check=False, timeout=90,
            # What the tests run with says where files are, before the file of settings does.
            env={**os.environ, "CKAN_STORAGE_PATH": said["storage"],
                 "CKAN__STORAGE_PATH": said["storage"]},
        )  # fmt: skip
        ini.unlink()
        return done

    return run


def dropped(folder: Path, name: str, content: str = SECOND, *, age: float = 3600) -> Path:
    path = folder / name
    path.write_text(content)
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def test_a_watched_folder_takes_what_it_may_and_says_why_the_rest_waits(
    command: Command, act: Act, team: dict[str, Any], resource: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "depots"
    folder.mkdir()
    dropped(folder, "places-mars.csv")
    unknown = dropped(folder, "autre.csv")
    growing = dropped(folder, "places-avril.csv", age=-600)
    changing = dropped(folder, "places-juin.csv", SECOND * 2000)
    (folder / "places-mai.csv.part").write_text("nom")
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(changing, stop))
    with dropped(folder, "places-verrou.csv").open("r+") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        writer.start()
        try:
            done = command("drop", str(folder), "--user", team["ref"]["name"])
        finally:
            stop.set()
            writer.join()
    assert done.returncode == 1, done.stderr
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    assert said["places-mars.csv"] == "déposé"
    assert "Aucune règle" in said["autre.csv"]
    for name in ("places-avril.csv", "places-juin.csv"):
        assert "en cours d’écriture" in said[name], said
    assert "autre programme" in said["places-verrou.csv"]
    assert "places-mai.csv.part" not in said
    assert all(path.exists() for path in (unknown, growing, changing))
    assert [one.name.rpartition("Z-")[2][-15:] for one in (folder / "done").iterdir()] == [
        "places-mars.csv"
    ]
    (one,) = act("val", "scdl_submission_list", state="open")
    assert (one["name"], one["user"]) == ("places-mars.csv", team["ref"]["name"])
    assert rows(resource["id"]) == [10, 20]
    unknown.unlink()
    changing.unlink()
    done = command("drop", str(folder), "--user", team["ref"]["name"])
    assert done.returncode == 0, done.stdout
    assert "places-verrou.csv: déposé" in done.stdout


def _write(path: Path, stop: threading.Event) -> None:
    """A program that goes on writing a file that looks old."""
    while not stop.is_set():
        with path.open("a") as file:
            file.write("Ouest,41\n")
        os.utime(path, (time.time() - 3600,) * 2)
        time.sleep(0.01)


def test_who_may_not_deposit_for_a_dataset_drops_nothing_for_it(
    command: Command, team: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "depots"
    folder.mkdir()
    kept = dropped(folder, "places-mars.csv")
    done = command("drop", str(folder), "--user", team["other"]["name"])
    assert done.returncode == 1
    assert "ne peut pas déposer" in done.stdout
    assert kept.exists()
    done = command("drop", str(folder), "--user", "personne")
    assert done.returncode != 0
    assert "personne" in done.stderr


def test_a_scheduled_deposit_is_on_line_after_its_moment(
    command: Command, act: Act, hand_over: Act, resource: dict[str, Any]
) -> None:
    one = hand_over()
    at = datetime.now(UTC) + timedelta(hours=1)
    act("val", "scdl_submission_schedule", id=one["id"], at=at.isoformat())
    done = command("publish-due")
    assert (done.returncode, one["id"] in done.stdout) == (0, False)
    assert rows(resource["id"]) == [10, 20]
    store.put(one["id"], publish_at=datetime.now(UTC))
    done = command("publish-due")
    history = act("val", "scdl_submission_show", id=one["id"])["history"]
    assert f"{one['id']} published" in done.stdout, history[-1]["comment"]
    assert rows(resource["id"]) == [11, 21, 31]
    assert act("val", "scdl_submission_show", id=one["id"])["state"] == "published"
