"""The demonstration's feeds: car parks and buses simulated for this project."""

import sys

import httpx

from portal_kit.deployment import LOOPBACK, Deployment
from portal_kit.services.base import Service

NAME = "simulator"


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it."""
    address = url(deployment)
    return Service(
        name=NAME,
        command=[sys.executable, "-m", "portal_kit.simulator", str(deployment.port(NAME))],
        healthy=lambda: answers(address),
        environment=deployment.ckan_environment(),
    )


def url(deployment: Deployment) -> str:
    """Its address on the loopback."""
    return f"http://{LOOPBACK}:{deployment.port(NAME)}"


def answers(address: str) -> bool:
    """Whether it serves the car parks."""
    try:
        # The loopback is never behind the machine's proxy.
        return httpx.get(f"{address}/parkings.json", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
