"""Backup and restore of one portal: databases, uploaded files, secrets and configuration.

The search index is left out: it is rebuilt from the databases. Must not import CKAN.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal_kit import archive, faults
from portal_kit.bringing_up import refuse_half_restored
from portal_kit.deployment import CKAN_DATABASE, DATASTORE_DATABASE, LOOPBACK, Deployment
from portal_kit.errors import PortalError, ServiceError
from portal_kit.i18n import _
from portal_kit.leftovers import stop_leftovers
from portal_kit.services import catalogue, postgres
from portal_kit.services.database import Database, address_parts
from portal_kit.setting_up import Setup
from portal_kit.state import State, write_atomically
from portal_kit.supervisor import Supervisor

REMADE = ("migrations", "permissions", "index")
"""Steps that the next `up` does again on restored data."""


def backup(deployment: Deployment, path: Path, now: datetime) -> None:
    """Write the archive `path`; databases first, so that every file they name is in it.

    Raises ServiceError with pg_dump's last words.
    """
    refuse_half_restored(deployment)
    if not path.parent.is_dir():
        raise PortalError(_("There is no folder {path}.").format(path=path.parent))
    with _postgres_running(deployment), archive.writing(path) as writer:
        for name, url in _databases(deployment).items():
            _dump(deployment, url, writer, f"databases/{name}.dump")
        writer.add_folder(deployment.home.storage, "storage")
        writer.add_folder(deployment.home.config, "config")
        writer.add_file(deployment.home.secrets_file, "secrets.json")
        writer.close(
            {
                "created": now.astimezone(UTC).isoformat(timespec="seconds"),
                "ckan": version("ckan"),
                "state": {
                    "host": deployment.state.host,
                    "port": deployment.state.port,
                    "demo": deployment.state.demo,
                    "steps": deployment.state.steps,
                },
            }
        )


def restore(deployment: Deployment, path: Path) -> None:
    """Fill an empty portal's folder from the archive `path`; what an interrupted one left goes.

    Raises PortalError when the folder holds a portal already or the archive is not whole.
    """
    home = deployment.home
    if home.holds_a_portal() and not home.restoring.exists():
        raise PortalError(
            _(
                "There is a portal in {path} already. Name an empty folder (PORTAL_HOME), or "
                "delete this one first: ./portal reset"
            ).format(path=home.root)
        )
    with archive.reading(path) as reader:
        remembered = _remembered(reader.manifest)
        stop_leftovers(deployment)
        if home.restoring.exists():
            home.delete(home.run, home.config, home.restoring)
        home.make()
        write_atomically(home.restoring, str(path.absolute()).encode())
        reader.extract_folder("storage", home.storage)
        reader.extract_folder("config", home.config)
        reader.extract("secrets.json", home.secrets_file)
        # The demonstration's own server is not needed to fill databases.
        deployment.state = replace(remembered, demo=False, steps={})
        _restore_databases(deployment, reader)
        deployment.state = remembered
        remembered.save(home.state_file)
        home.restoring.unlink()


def _remembered(manifest: dict[str, Any]) -> State:
    """The state of the portal that was saved. Its ports were those of another moment."""
    try:
        state = State.read(manifest["state"])
    except (KeyError, TypeError) as error:
        raise PortalError(_("The backup does not say what portal it is of.")) from error
    return replace(
        state,
        ports={},
        steps={name: mark for name, mark in state.steps.items() if name not in REMADE},
    )


def _restore_databases(deployment: Deployment, reader: archive.Reader) -> None:
    with _postgres_running(deployment):
        if not deployment.is_external("postgres"):
            Database(deployment).create()
        with _dumps(deployment) as folder:
            for name, url in _databases(deployment).items():
                dump = Path(folder) / f"{name}.dump"
                reader.extract(f"databases/{name}.dump", dump)
                command = [_client(deployment, "pg_restore"), "--exit-on-error", "--dbname", url]
                if deployment.is_external("postgres"):
                    command.append("--no-owner")
                _run([*command, str(dump)])


def _databases(deployment: Deployment) -> dict[str, str]:
    """Name in the archive → address, as superuser where the cluster is ours."""
    if deployment.is_external("postgres"):
        return {
            CKAN_DATABASE: deployment.environ["CKAN_SQLALCHEMY_URL"],
            DATASTORE_DATABASE: deployment.environ["CKAN_DATASTORE_WRITE_URL"],
        }
    return {
        name: deployment.database_url("postgres", "postgres_superuser", name)
        for name in (CKAN_DATABASE, DATASTORE_DATABASE)
    }


@contextmanager
def _postgres_running(deployment: Deployment) -> Generator[None]:
    """The cluster, started for the time of the work unless the portal runs."""
    supervisor = Supervisor(deployment)
    if deployment.is_external("postgres") or supervisor.is_running():
        yield
        return
    supervisor.shut_down()
    stop_leftovers(deployment)
    deployment.choose_ports(catalogue.with_ports(deployment))
    Setup(deployment, supervisor).prepare_files()
    supervisor.start(detached=False)
    try:
        supervisor.run(catalogue.service(deployment, "postgres"))
        yield
    finally:
        supervisor.shut_down()


def _dump(deployment: Deployment, url: str, writer: archive.Writer, name: str) -> None:
    command = [_client(deployment, "pg_dump"), "--format=custom", "--compress=0", "--dbname", url]
    with _dumps(deployment) as folder:
        dump = Path(folder) / "dump"
        _run([*command, "--file", str(dump)])
        writer.add_file(dump, name)


@contextmanager
def _dumps(deployment: Deployment) -> Generator[str]:
    """A folder for dumps, which may be large; those of a killed command are deleted first."""
    for left in deployment.home.run.glob("dumps-*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix="dumps-", dir=deployment.home.run) as folder:
        yield folder


def _client(deployment: Deployment, program: str) -> str:
    return postgres.binary(deployment, program)


def _run(command: list[str]) -> None:
    """Run a PostgreSQL client, its address in the environment rather than in the process list."""
    at = command.index("--dbname")
    address = _libpq_environment(command[at + 1])
    arguments = [*command[:at], "--dbname", address["PGDATABASE"], *command[at + 2 :]]
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, env={**os.environ, **address}
    )
    if done.returncode:
        reason = faults.last_words(done.stderr) or done.returncode
        raise ServiceError(
            _("{program} failed: {reason}").format(program=Path(command[0]).name, reason=reason)
        )


def _libpq_environment(url: str) -> dict[str, str]:
    """The variables that stand for the parts of an address (libpq, “Environment Variables”)."""
    special = {"dbname": "PGDATABASE"}
    known = {
        special.get(key, f"PG{key.upper()}"): value for key, value in address_parts(url).items()
    }
    return {"PGHOST": LOOPBACK, **known}
