"""Steps are done once, and again when they were interrupted or made from something else."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from portal_kit import setting_up
from portal_kit.deployment import MARK, Deployment
from portal_kit.errors import ServiceError
from portal_kit.home import Home
from portal_kit.services import geocatalogue, postgres, solr, valkey
from portal_kit.setting_up import Setup, Step
from portal_kit.state import State
from portal_kit.supervisor import Supervisor

EXTERNAL = {
    "CKAN_SQLALCHEMY_URL": "postgresql+psycopg2://ckan:secret@db.example/ckan",
    "CKAN_DATASTORE_WRITE_URL": "postgresql://ckan:secret@db.example/datastore",
    "CKAN_DATASTORE_READ_URL": "postgresql://reader:secret@db.example/datastore",
}


def setup_of(home: Path, **environ: str) -> Setup:
    deployment = Deployment(
        Home(home), State(demo=False, ports={"postgres": 1, "solr": 2, "valkey": 3}), environ
    )
    deployment.home.make()
    return Setup(deployment, Supervisor(deployment))


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return setup_of(tmp_path / "var")


def step(fingerprint: str = "1", work: Callable[[], None] = lambda: None) -> Step:
    return Step("roof", "The roof", fingerprint, work)


def on_disk(setup: Setup) -> dict[str, str]:
    return State.load(setup.deployment.home.state_file).steps


def test_a_finished_step_is_remembered_and_not_due(setup: Setup) -> None:
    with setup.doing(step()):
        pass
    assert on_disk(setup) == {"roof": "1"}
    assert list(setup.due(iter([step()]))) == []


def test_a_step_made_from_something_else_is_due(setup: Setup) -> None:
    with setup.doing(step("1")):
        pass
    assert [one.fingerprint for one in setup.due(iter([step("2")]))] == ["2"]


def test_while_it_is_under_way_a_step_is_forgotten_on_disk(setup: Setup) -> None:
    """Were the machine to stop now, the next `up` would do it again."""
    with setup.doing(step("1")):
        pass
    with setup.doing(step("1")):
        assert on_disk(setup) == {}


def test_a_step_that_failed_is_due(setup: Setup) -> None:
    with setup.doing(step("1")):
        pass
    with pytest.raises(ServiceError), setup.doing(step("1")):
        raise ServiceError
    assert on_disk(setup) == {}
    assert len(list(setup.due(iter([step("1")])))) == 1


def test_whether_a_step_is_due_is_asked_when_its_turn_comes(setup: Setup) -> None:
    """An earlier one may have made it due."""
    first, second = Step("a", "", "1", lambda: None), Step("b", "", "1", lambda: None)
    with setup.doing(second):
        pass
    due = setup.due(iter([first, second]))
    assert next(due) == first
    setup.deployment.state.forget_steps("b")
    assert next(due) == second


def fingerprints(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(solr, "fingerprint", lambda _deployment: "schema")
    return {one.name: one.fingerprint for one in setup.steps()}


def test_all_is_due_again_in_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = fingerprints(setup_of(tmp_path / "a"), monkeypatch)
    there = fingerprints(setup_of(tmp_path / "b", **EXTERNAL), monkeypatch)
    moved = {name: url.replace("db.example", "db2.example") for name, url in EXTERNAL.items()}
    elsewhere = fingerprints(setup_of(tmp_path / "c", **moved), monkeypatch)
    assert set(here) - set(there) == {"roles", "permissions"}
    assert {"migrations", "index", "seed"} <= set(there)
    for name, mark in there.items():
        assert len({mark, here[name], elsewhere[name]}) == 3


def test_a_new_password_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rotated = {name: url.replace("secret", "terces") for name, url in EXTERNAL.items()}
    before, after = (
        fingerprints(setup_of(tmp_path / name, **environ), monkeypatch)
        for name, environ in (("a", EXTERNAL), ("b", rotated))
    )
    assert before == after


def prepared(setup: Setup, monkeypatch: pytest.MonkeyPatch, *, cluster: bool, index: bool) -> None:
    """`prepare_files` with stores that write nothing."""
    monkeypatch.setattr(postgres, "is_prepared", lambda _deployment: cluster)
    monkeypatch.setattr(solr, "has_index", lambda _deployment: index)
    for module in (postgres, valkey, solr, geocatalogue):
        monkeypatch.setattr(module, "prepare", lambda _deployment: None)
    setup.prepare_files()


def test_a_new_cluster_makes_everything_due(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.deployment.state.steps.update(roles="1", seed="1")
    prepared(setup, monkeypatch, cluster=False, index=True)
    assert on_disk(setup) == {}


def test_a_lost_index_is_made_again(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.deployment.state.steps.update(roles="1", index="1")
    prepared(setup, monkeypatch, cluster=True, index=False)
    assert on_disk(setup) == {"roles": "1"}


def test_the_town_s_own_settings_are_never_written_over(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = setup.deployment.home.config / "portal.ini"
    prepared(setup, monkeypatch, cluster=True, index=True)
    assert "[app:main]" in town.read_text(encoding="utf-8")
    town.write_text("[app:main]\nckan.site_title = Notre portail\n", encoding="utf-8")
    prepared(setup, monkeypatch, cluster=True, index=True)
    assert "Notre portail" in town.read_text(encoding="utf-8")
    assert "Notre portail" in setup.deployment.home.ckan_ini.read_text(encoding="utf-8")


def test_every_process_has_the_same_secrets(setup: Setup) -> None:
    settings = setting_up.own_settings(setup.deployment)
    assert settings == setting_up.own_settings(setup.deployment)
    keys = [settings[name] for name in ("SECRET_KEY", "WTF_CSRF_SECRET_KEY")]
    assert [len(bytes.fromhex(key)) for key in keys] == [32, 32]
    assert keys[0] != keys[1]


def test_a_digest_tells_its_parts_apart() -> None:
    assert setting_up.digest("ab", "c") != setting_up.digest("a", "bc")
    assert setting_up.digest("é") == setting_up.digest("é".encode())


def ran(monkeypatch: pytest.MonkeyPatch, **done: Any) -> dict[str, Any]:
    """What `run_ckan` passes on to the process it starts."""
    seen: dict[str, Any] = {}

    def run(command: list[str], **options: Any) -> SimpleNamespace:
        seen.update(options, command=command)
        return SimpleNamespace(**{"returncode": 0, "stdout": "", "stderr": "", **done})

    monkeypatch.setattr("subprocess.run", run)
    return seen


def test_ckan_is_run_with_this_portal_s_settings_and_our_mark(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were `up` killed, whoever comes next finds the process and stops it."""
    seen = ran(monkeypatch, stdout="SQL\n")
    assert setup.ckan("db", "upgrade", environment={"X": "1"}) == "SQL\n"
    assert seen["command"][1:] == ["-c", str(setup.deployment.home.ckan_ini), "db", "upgrade"]
    assert seen["env"][MARK] == setup.deployment.mark("setup")
    assert seen["env"]["X"] == "1"
    assert not any("secret" in word for word in seen["command"])


@pytest.mark.parametrize(
    ("stdout", "stderr", "reason"),
    [
        ("", "Traceback\n\nValueError: no table\n\n", "ValueError: no table"),
        ("Only out\n", "", "Only out"),
        ("", "", "7"),
    ],
)
def test_the_last_words_of_a_failing_command_are_told(
    setup: Setup, monkeypatch: pytest.MonkeyPatch, stdout: str, stderr: str, reason: str
) -> None:
    ran(monkeypatch, returncode=7, stdout=stdout, stderr=stderr)
    with pytest.raises(ServiceError, match=reason):
        setup.ckan("db", "upgrade")


def test_the_state_is_json_that_a_person_can_read(setup: Setup) -> None:
    with setup.doing(step()):
        pass
    assert json.loads(setup.deployment.home.state_file.read_bytes())["steps"] == {"roof": "1"}
