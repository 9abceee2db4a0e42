"""Services that live as long as a `with`: what tests and benchmarks run on, never `up`'s data."""

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from portal_kit.bringing_up import start
from portal_kit.configuration import shipped_folder
from portal_kit.deployment import TOWN_INI, Deployment
from portal_kit.home import CROSSABLE, Home
from portal_kit.leftovers import stop_leftovers
from portal_kit.services import catalogue, solr
from portal_kit.setting_up import Setup
from portal_kit.state import State
from portal_kit.supervisor import Supervisor


def clean_environ() -> dict[str, str]:
    """The session's variables without any of CKAN's: fixtures empty the databases they name."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CKAN")}


@contextmanager
def folder() -> Generator[Path]:
    """A private temporary home, deleted at the end with all it holds."""
    path = Path(tempfile.mkdtemp(prefix="portal-"))
    if os.geteuid() == 0:
        path.chmod(CROSSABLE)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def stores(
    town_ini: str = "portal.example.ini",
    steps: tuple[str, ...] = ("roles", "migrations", "permissions"),
) -> Generator[Deployment]:
    """PostgreSQL, Valkey and Solr on free ports, with the named set-up steps done.

    `town_ini` is a file of `config/` that stands for the town's settings. Solr's jars are those
    of the portal's home: they are the same for all.
    """
    shared_jars = solr.jars(Deployment(Home.locate(), State()))
    with folder() as root:
        environ = {
            **clean_environ(),
            "PORTAL_HOME": str(root),
            "PORTAL_SOLR_JARS": str(shared_jars),
        }
        deployment = Deployment(Home(root), State(demo=False), environ)
        with environment(environ):
            supervisor = Supervisor(deployment)
            try:
                _start(deployment, supervisor, town_ini, steps)
                yield deployment
            finally:
                supervisor.shut_down()
                stop_leftovers(deployment)


def _start(
    deployment: Deployment, supervisor: Supervisor, town_ini: str, steps: tuple[str, ...]
) -> None:
    deployment.home.make()
    shutil.copy(shipped_folder() / town_ini, deployment.home.config / TOWN_INI)
    deployment.choose_ports(catalogue.with_ports(deployment))
    setup = Setup(deployment, supervisor)
    for one in setup.install():
        one.work()
    setup.prepare_files()
    supervisor.start(detached=False)
    for name in catalogue.embedded(deployment):
        start(deployment, supervisor, name)
    for one in setup.steps():
        if one.name in steps:
            one.work()


@contextmanager
def environment(environ: dict[str, str]) -> Generator[None]:
    """The process's own variables replaced for a while: children read them."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
