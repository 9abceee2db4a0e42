"""What the machine must have, what is missing, and the one command that mends it.

Must import neither CKAN nor a service: it has to work when little else does.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal_kit.errors import PortalError
from portal_kit.i18n import _

NEEDED_DISK_BYTES = 2_000_000_000
"""Libraries 0.9 GB, Solr's jars 0.1 GB, an empty PostgreSQL 0.1 GB, and room to work."""
NEEDED_MEMORY_BYTES = 2_000_000_000
"""The whole stack rests at 1.2 GB."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `remedy` is the command to type, empty when all is well."""

    name: str
    words: str
    remedy: str = ""
    blocking: bool = True


def examine(home: Path) -> Iterator[Finding]:
    """Everything `up` and `test` need of this machine."""
    yield _python()
    yield _maven()
    yield _disk(home)
    yield _memory()
    yield _user(home)
    yield _chromium()


def maven() -> list[str]:
    """Maven's command, installed by apt when we are root on Debian and it is missing.

    Raises PortalError with the command to type otherwise.
    """
    found = shutil.which("mvn")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "maven"]):
            subprocess.run(
                ["apt-get", "--quiet=2", *arguments],
                env=environment,
                stdout=sys.stderr,
                check=False,
            )
        found = shutil.which("mvn")
    if found is None:
        raise PortalError(
            _("Maven is missing: it fetches Solr. Type: {command}").format(command=_maven_remedy())
        )
    return [found]


def chromium() -> str | None:
    """The browser that the browser tests drive."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _python() -> Finding:
    return Finding("Python", sys.version.split()[0])


def _maven() -> Finding:
    found = shutil.which("mvn")
    return Finding("Maven", found or _("missing"), "" if found else _maven_remedy())


def _maven_remedy() -> str:
    for program, command in (
        ("apt-get", "apt-get install maven"),
        ("dnf", "dnf install maven"),
        ("apk", "apk add maven"),
        ("pacman", "pacman -S maven"),
    ):
        if shutil.which(program):
            return command if os.geteuid() == 0 else f"sudo {command}"
    return _("install Maven 3 and put “mvn” on the PATH")


def _disk(home: Path) -> Finding:
    existing = next(path for path in (home, *home.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    words = _("{size:.1f} GB free in {path}").format(size=free / 1e9, path=existing)
    enough = free >= NEEDED_DISK_BYTES
    return Finding(_("Disk"), words, "" if enough else f"du -xh --max-depth=2 {existing} | sort -h")


def _memory() -> Finding:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    words = _("{size:.1f} GB").format(size=pages * size / 1e9)
    enough = pages * size >= NEEDED_MEMORY_BYTES
    remedy = "" if enough else _("give the machine 2 GB of memory")
    return Finding(_("Memory"), words, remedy, blocking=False)


def _user(home: Path) -> Finding:
    if os.geteuid() != 0:
        return Finding(_("User"), _("ordinary"))
    closed = [p for p in home.parents if p.exists() and not p.stat().st_mode & 0o001]
    if closed:
        remedy = "PORTAL_HOME=/srv/portal ./portal up"
        return Finding(_("User"), _("root, and {path} is closed").format(path=closed[0]), remedy)
    return Finding(_("User"), _("root: PostgreSQL will run as another user"))


def _chromium() -> Finding:
    found = chromium()
    remedy = "" if found else "apt-get install chromium"
    return Finding("Chromium", found or _("missing (browser tests only)"), remedy, blocking=False)
