"""From a stopped portal to an open one: the order of things, and what is shown meanwhile."""

import os
import shutil
import sys
from itertools import chain
from subprocess import run

from portal_kit import faults, ports, secrets
from portal_kit.deployment import EXTERNAL, MARK, Deployment
from portal_kit.display import ADMINISTRATOR, console, first_password, step
from portal_kit.errors import PortalError, ServiceError
from portal_kit.i18n import _
from portal_kit.leftovers import stop_leftovers
from portal_kit.services import catalogue
from portal_kit.services.database import external_sql
from portal_kit.setting_up import Setup, process_environment
from portal_kit.supervisor import Supervisor

LEAST_DISK_BYTES = 200_000_000
"""Below this, databases stop half-way through a write: better not to start them."""


def bring_up(deployment: Deployment, supervisor: Supervisor, *, detached: bool) -> None:
    """Prepare, start, fill, open.

    Raises PortalError (or ServiceError) with the sentence to show.
    """
    refuse_half_restored(deployment)
    supervisor.shut_down()
    if stop_leftovers(deployment):
        console.print(_("Processes left by a former session were stopped."))
    check_disk(deployment)
    check_web_port(deployment)
    deployment.choose_ports(catalogue.with_ports(deployment))
    setup = Setup(deployment, supervisor)
    for one in setup.install():
        with step(one.title):
            one.work()
    with step(_("Files and secrets")):
        setup.prepare_files()
    supervisor.start(detached=detached)
    start_together(deployment, supervisor, catalogue.embedded(deployment))
    for one in setup.due(setup.steps()):
        with step(one.title), setup.doing(one):
            one.work()
    start_together(deployment, supervisor, list(catalogue.PROCESSES))
    if deployment.is_external("postgres"):
        _print_external_sql(deployment)
    last = chain(
        setup.administrator(lambda: _first_administrator(deployment)), setup.demonstration()
    )
    for one in setup.due(last):
        with step(one.title), setup.doing(one):
            one.work()
    supervisor.remember_opened()


def start_together(deployment: Deployment, supervisor: Supervisor, names: list[str]) -> None:
    """Start services that don't need each other, and wait until all of them answer."""
    for name in names:
        supervisor.launch(catalogue.service(deployment, name))
    for name in names:
        start(deployment, supervisor, name)


def start(deployment: Deployment, supervisor: Supervisor, name: str) -> None:
    """Start one service and wait until it answers."""
    with step(_("Service {name}").format(name=name)):
        supervisor.run(catalogue.service(deployment, name))


def start_services(deployment: Deployment, supervisor: Supervisor) -> None:
    """Start those of a running portal that have stopped."""
    for status in supervisor.statuses():
        if not status.healthy:
            start(deployment, supervisor, status.name)


def refuse_half_restored(deployment: Deployment) -> None:
    """A restore that was cut short left a part of a portal behind."""
    if deployment.home.restoring.exists():
        raise PortalError(
            _("A restore was interrupted here. Do it again: ./portal restore {file}").format(
                file=deployment.home.restoring.read_text(encoding="utf-8") or _("FILE")
            )
        )


def check_disk(deployment: Deployment) -> None:
    """Refuse to start on a disk that is nearly full."""
    free = shutil.disk_usage(deployment.home.root).free
    if free < LEAST_DISK_BYTES:
        raise PortalError(
            _(
                "The disk is nearly full: {size} MB are left in {path}. Make room there first."
            ).format(size=free // 1_000_000, path=deployment.home.root)
        )


def check_web_port(deployment: Deployment) -> None:
    """The web port is promised to people: taken, it is an error, never another port."""
    state = deployment.state
    refusal = ports.refusal(state.host, state.port)
    if ports.is_taken(refusal):
        raise PortalError(
            _(
                "Port {port} is taken by {holder}. Stop it, or choose another port: "
                "./portal up --port {other}"
            ).format(
                port=state.port,
                holder=ports.holder(state.port),
                other=ports.next_free(state.host, state.port),
            )
        )
    if refusal is not None:
        raise PortalError(
            _("The portal can't listen on {host}, port {port} ({reason}): {options}").format(
                host=state.host,
                port=state.port,
                reason=refusal.strerror,
                options="./portal up --host 127.0.0.1 --port 5000",
            )
        )


def _print_external_sql(deployment: Deployment) -> None:
    console.print(
        _("On your PostgreSQL, as its administrator, run the output of: {command}, then:").format(
            command="./portal ckan datastore set-permissions"
        )
    )
    addresses = (deployment.environ[name] for name in EXTERNAL["postgres"])
    console.print(external_sql(*addresses), markup=False)


def _first_administrator(deployment: Deployment) -> None:
    """Create the administrator when there is none, and show the password this once."""
    password = secrets.password()
    done = run(
        [sys.executable, "-m", "portal_kit.first_administrator", ADMINISTRATOR],
        env=process_environment(
            deployment,
            {"PORTAL_FIRST_PASSWORD": password, MARK: deployment.mark("setup")},
        ),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd=os.sep,
    )
    if done.returncode:
        raise ServiceError(
            _("The administrator could not be created: {reason}").format(
                reason=faults.last_words(done.stderr) or done.returncode
            )
        )
    # A plugin may have printed something before.
    if done.stdout.splitlines()[-1:] == ["created"]:
        first_password(deployment.site_url, password)
