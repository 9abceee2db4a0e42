"""Which services this portal runs, in starting order."""

from portal_kit.deployment import Deployment
from portal_kit.services import (
    geocatalogue,
    poller,
    postgres,
    simulator,
    solr,
    valkey,
    web,
    worker,
)
from portal_kit.services.base import Service

STORES = {"postgres": postgres.service, "valkey": valkey.service, "solr": solr.service}
PROCESSES = {"web": web.service, "worker": worker.service, "poller": poller.service}
DEMO = {geocatalogue.NAME: geocatalogue.service, simulator.NAME: simulator.service}


def names(deployment: Deployment) -> list[str]:
    """The names of the services that are ours to run."""
    stores = [name for name in STORES if not deployment.is_external(name)]
    return [*stores, *PROCESSES, *(DEMO if deployment.state.demo else ())]


def embedded(deployment: Deployment) -> list[str]:
    """Those that CKAN's own processes stand on."""
    return [name for name in names(deployment) if name not in PROCESSES]


def with_ports(deployment: Deployment) -> list[str]:
    """Whoever listens on an inner port of its own, the supervisor included."""
    return [*embedded(deployment), "supervisor"]


def service(deployment: Deployment, name: str) -> Service:
    """The definition of one of them."""
    return {**STORES, **PROCESSES, **DEMO}[name](deployment)
