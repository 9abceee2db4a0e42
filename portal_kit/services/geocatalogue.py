"""The demonstration's geocatalogue: pycsw serving the records written for this project."""

import sys
from pathlib import Path

from portal_kit import demo
from portal_kit.deployment import Deployment
from portal_kit.services import pycsw
from portal_kit.services.base import Service
from portal_kit.state import write_atomically

NAME = "geocatalogue"


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it."""
    folder = deployment.home.pycsw
    address = url(deployment)
    return Service(
        name=NAME,
        command=pycsw.command(_environment(folder), folder / "pycsw.cfg", deployment.port(NAME)),
        healthy=lambda: pycsw.healthy(address),
    )


def url(deployment: Deployment) -> str:
    """The CSW address on the loopback."""
    return pycsw.address(deployment.port(NAME))


def install(deployment: Deployment) -> None:
    """Make pycsw's own environment, unless it is there."""
    pycsw.install(_environment(deployment.home.pycsw), Path(sys.executable).with_name("uv"))


def prepare(deployment: Deployment) -> None:
    """Write the catalogue and the configuration for the port of this run."""
    folder = deployment.home.pycsw
    database = folder / "records.db"
    pycsw.load(demo.records(), database)
    configuration = pycsw.configuration(database, deployment.port(NAME))
    write_atomically(folder / "pycsw.cfg", configuration.encode())


def _environment(folder: Path) -> Path:
    return folder / "environment"
