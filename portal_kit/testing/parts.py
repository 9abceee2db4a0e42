"""The parts of the suite: style, unit, slow, integration on ephemeral services, browser."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from portal_kit import doctor, ephemeral
from portal_kit.deployment import Deployment
from portal_kit.display import console
from portal_kit.errors import PortalError
from portal_kit.home import Home
from portal_kit.i18n import _
from portal_kit.state import State
from portal_kit.testing.results import Part, read

SANS_CKAN = ("-p", "no:ckan", "-p", "no:ckan_fixtures")
SANS_SERVICE = tuple(
    word
    for plugin in ("valkey", "pytest-factoryboy", "faker", "anyio")
    for word in ("-p", f"no:{plugin}")
)
"""What CKAN's own fixtures bring: importing it takes each process a second and a half."""
LANES = min(os.cpu_count() or 1, 4)
"""How many sets of services the integration tests are shared among: each takes some 1.5 GB."""
HOMES_VARIABLE = "PORTAL_TEST_HOMES"
"""Where the sets of services are: their homes, as in PATH."""
NOTHING_COLLECTED = 5
"""pytest's exit status when no test was chosen (by -k, say)."""


@dataclass(frozen=True)
class Context:
    """What was asked of the run."""

    arguments: list[str]
    real_data: Path
    browser_required: bool


def style(_context: Context) -> Part:
    """ruff and pyright; each counts as one check."""
    start = time.monotonic()
    checks = (
        ["ruff", "check"],
        ["ruff", "format", "--check", "--quiet"],
        ["basedpyright", "--level", "warning"],
    )
    bad = 0
    for command in checks:
        console.rule(" ".join(command))
        program = str(Path(sys.executable).with_name(command[0]))
        bad += subprocess.run([program, *command[1:]], check=False).returncode != 0
    return Part("style", time.monotonic() - start, int(bad > 0), len(checks) - bad, bad)


def unit(context: Context) -> Part:
    """What needs no service and answers at once."""
    return _without_service("unit", context)


def slow(context: Context) -> Part:
    """What needs no service either but takes its time: servers that misbehave, processes that are
    killed, other implementations to compare with, every real file."""
    return _without_service("slow", context)


def _without_service(name: str, context: Context) -> Part:
    """On all cores."""
    options = [*SANS_CKAN, *SANS_SERVICE, *("--numprocesses", "auto", "--dist", "worksteal")]
    return _pytest(name, options, context, ephemeral.clean_environ())


def integration(context: Context) -> Part:
    """What needs PostgreSQL, Solr and Valkey: real ones, started for the run and gone after it.

    A whole run is shared, file by file, among several sets of them; tests that were named run one
    after the other, so that `-x` and `--pdb` do what they say.
    """
    start = time.monotonic()
    console.rule("integration")
    lanes = 1 if context.arguments else LANES
    with ExitStack() as running:
        homes = [
            running.enter_context(ephemeral.stores("test.ini")).home.root for _lane in range(lanes)
        ]
        environment = environment_of(homes[0], {HOMES_VARIABLE: os.pathsep.join(map(str, homes))})
        options = [f"--ckan-ini={Home(homes[0]).ckan_ini}"]
        if lanes > 1:
            options += ["--numprocesses", str(lanes), "--dist", "loadfile"]
        return _pytest("integration", options, context, environment, start)


def environment_of(home: Path, more: dict[str, str]) -> dict[str, str]:
    """The session's variables with those that CKAN needs for the portal of this home."""
    session = {**ephemeral.clean_environ(), "PORTAL_HOME": str(home)}
    state = State.load(Home(home).state_file)
    return {**session, **Deployment(Home(home), state, session).ckan_environment(), **more}


def browser(context: Context) -> Part:
    """A whole demonstration portal in Chromium; the tests start it themselves."""
    if doctor.chromium() is None:
        reason = _("Chromium is missing. Type: apt-get install chromium")
        if context.browser_required:
            raise PortalError(reason)
        return Part("browser", 0, 0, skips={reason: 1})
    return _pytest("browser", SANS_CKAN, context, ephemeral.clean_environ())


def _pytest(
    name: str,
    options: Sequence[str],
    context: Context,
    environment: dict[str, str],
    start: float | None = None,
) -> Part:
    console.rule(name)
    start = start or time.monotonic()
    paths = [] if _names_a_path(context.arguments) else [f"tests/{name}"]
    with tempfile.TemporaryDirectory() as folder:
        junit = Path(folder) / "junit.xml"
        command = [
            *(sys.executable, "-m", "pytest", *options, f"--junitxml={junit}"),
            *("-o", "cache_dir=.pytest_cache", *paths, *context.arguments),
        ]
        done = subprocess.run(
            command,
            env={**environment, "PORTAL_REAL_DATA": str(context.real_data), "LANG": "C.UTF-8"},
            check=False,
        )
        status = (
            0 if done.returncode == NOTHING_COLLECTED and context.arguments else done.returncode
        )
        return read(name, time.monotonic() - start, status, junit)


def _names_a_path(arguments: list[str]) -> bool:
    return any(os.path.exists(argument.split("::")[0]) for argument in arguments)  # noqa: PTH110
