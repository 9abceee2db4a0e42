"""From a stopped portal to an open one: the order of things, and what is shown meanwhile."""

import os
import sys
from subprocess import run

from portal_kit import ports, secrets
from portal_kit.deployment import Deployment
from portal_kit.display import ADMINISTRATOR, console, first_password, step
from portal_kit.errors import PortalError, ServiceError
from portal_kit.i18n import _
from portal_kit.services import catalogue
from portal_kit.services.database import external_sql
from portal_kit.setting_up import Setup, process_environment
from portal_kit.supervisor import Supervisor, stop_leftovers


def bring_up(deployment: Deployment, supervisor: Supervisor, *, detached: bool) -> None:
    """Prepare, start, fill, open.

    Raises PortalError (or ServiceError) with the sentence to show.
    """
    if stop_leftovers(deployment):
        console.print(_("Processes left by a former session were stopped."))
    check_web_port(deployment)
    deployment.choose_ports(catalogue.with_ports(deployment))
    setup = Setup(deployment, supervisor)
    for one in setup.install():
        with step(one.title):
            one.work()
    with step(_("Files and secrets")):
        setup.prepare_files()
    supervisor.start(detached=detached)
    for name in catalogue.embedded(deployment):
        start(deployment, supervisor, name)
    for one in setup.due(setup.steps()):
        with step(one.title), setup.doing(one):
            one.work()
    for name in catalogue.PROCESSES:
        start(deployment, supervisor, name)
    if deployment.is_external("postgres"):
        _print_external_sql()
    _first_administrator(deployment)
    for one in setup.due(setup.demonstration()):
        with step(one.title), setup.doing(one):
            one.work()


def start(deployment: Deployment, supervisor: Supervisor, name: str) -> None:
    """Start one service and wait until it answers."""
    with step(_("Service {name}").format(name=name)):
        supervisor.run(catalogue.service(deployment, name))


def start_services(deployment: Deployment, supervisor: Supervisor) -> None:
    """Start those of a running portal that have stopped."""
    for status in supervisor.statuses():
        if not status.healthy:
            start(deployment, supervisor, status.name)


def check_web_port(deployment: Deployment) -> None:
    """The web port is promised to people: taken, it is an error, never another port."""
    state = deployment.state
    if not ports.is_free(state.host, state.port):
        raise PortalError(
            _(
                "Port {port} is taken by {holder}. Stop it, or choose another port: "
                "./portal up --port {other}"
            ).format(port=state.port, holder=ports.holder(state.port), other=state.port + 1)
        )


def _print_external_sql() -> None:
    console.print(
        _("On your PostgreSQL, as its administrator, run the output of: {command}, then:").format(
            command="./portal ckan datastore set-permissions"
        )
    )
    console.print(external_sql("ckan", "datastore", "ckan", "datastore_reader"), markup=False)


def _first_administrator(deployment: Deployment) -> None:
    """Create the administrator when there is none, and show the password this once."""
    password = secrets.password()
    done = run(
        [sys.executable, "-m", "portal_kit.first_administrator", ADMINISTRATOR],
        env=process_environment(deployment, {"PORTAL_FIRST_PASSWORD": password}),
        capture_output=True,
        text=True,
        check=False,
        cwd=os.sep,
    )
    if done.returncode:
        raise ServiceError(
            _("The administrator could not be created: {reason}").format(
                reason=(done.stderr.strip() or "?").splitlines()[-1]
            )
        )
    if done.stdout.strip() == "created":
        first_password(deployment.site_url, password)
