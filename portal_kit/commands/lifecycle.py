"""`up`, `down`, `status`, `logs`, `reset`."""

import json
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict

import click

from portal_kit import bringing_up
from portal_kit.deployment import Deployment
from portal_kit.display import console, status_table, step
from portal_kit.errors import PortalError, UsageError
from portal_kit.home import Home
from portal_kit.i18n import _, ngettext
from portal_kit.leftovers import stop_leftovers
from portal_kit.lock import held
from portal_kit.state import State
from portal_kit.supervisor import Supervisor


@click.command(help=_("Start the portal, and set it up the first time."))
@click.option("--demo/--no-demo", default=None, help=_("With demonstration content (by default)."))
@click.option("--host", help=_("Address to listen on (127.0.0.1 by default)."))
@click.option("--port", type=click.IntRange(1, 65535), help=_("Port of the web site (5000)."))
@click.option("--detach", is_flag=True, help=_("Come back once every service is healthy."))
def up(demo: bool | None, host: str | None, port: int | None, detach: bool) -> None:
    deployment = Deployment.load()
    for name, value in (("demo", demo), ("host", host), ("port", port)):
        if value is not None:
            setattr(deployment.state, name, value)
    deployment.home.make()
    # A service manager stops us with TERM: what was started is stopped as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with held(deployment.home.lock_file):
        supervisor = Supervisor(deployment)
        if supervisor.is_running() and supervisor.is_opened():
            _already_running(deployment, supervisor)
            return
        with _stopped_on_failure(supervisor):
            bringing_up.bring_up(deployment, supervisor, detached=detach)
    console.print(_("The portal is open: [bold]{url}[/]").format(url=deployment.site_url))
    if not detach:
        _stay(deployment, supervisor)


def _already_running(deployment: Deployment, supervisor: Supervisor) -> None:
    """Mend what is stopped, and say where the portal is."""
    remembered = Deployment.load().state
    asked = deployment.state
    if (asked.host, asked.port, asked.demo) != (remembered.host, remembered.port, remembered.demo):
        raise UsageError(_("The portal runs already with other options. First type: ./portal down"))
    bringing_up.start_services(deployment, supervisor)
    console.print(_("The portal is open already: {url}").format(url=deployment.site_url))


@contextmanager
def _stopped_on_failure(supervisor: Supervisor) -> Generator[None]:
    """Leave nothing running behind a failed or interrupted start."""
    try:
        yield
    except BaseException:
        supervisor.shut_down()
        raise


def _stay(deployment: Deployment, supervisor: Supervisor) -> None:
    """Wait in the foreground; Ctrl-C or a TERM stops everything in order."""
    console.print(_("Ctrl-C stops it."))
    try:
        while supervisor.is_running():
            signal.sigtimedwait([], 2)
    except KeyboardInterrupt:
        console.print()
    with step(_("Stopping the services")):
        supervisor.shut_down()
        stop_leftovers(deployment)


@click.command(help=_("Stop the portal; come back when no process is left."))
def down() -> None:
    deployment = Deployment.load()
    supervisor = Supervisor(deployment)
    with step(_("Stopping the services")):
        supervisor.shut_down()
        orphans = stop_leftovers(deployment)
    if orphans:
        console.print(
            ngettext(
                "{count} process left by a former session was stopped.",
                "{count} processes left by a former session were stopped.",
                orphans,
            ).format(count=orphans)
        )


@click.command(help=_("Say which services run and answer."))
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
def status(as_json: bool) -> None:
    deployment = Deployment.load()
    supervisor = Supervisor(deployment)
    if supervisor.process() is None:
        _stop_strays(deployment)
    statuses = supervisor.statuses()
    healthy = all(one.healthy for one in statuses)
    if as_json:
        document = {
            "healthy": healthy,
            "url": deployment.site_url,
            "services": [asdict(one) for one in statuses],
        }
        click.echo(json.dumps(document))
    else:
        console.print(status_table(statuses))
        console.print(
            _("The portal is open: {url}").format(url=deployment.site_url)
            if healthy
            else _("The portal is not whole. To start what is missing: ./portal up --detach")
        )
    sys.exit(0 if healthy else 1)


def _stop_strays(deployment: Deployment) -> None:
    """Stop what a former session left, unless a command is at work: those processes are its own."""
    if not deployment.home.run.is_dir():
        stop_leftovers(deployment)
        return
    with suppress(PortalError), held(deployment.home.lock_file):
        stop_leftovers(deployment)


@click.command(help=_("Show the end of a service's log, or of all of them."))
@click.argument("service", required=False)
@click.option("-n", "--lines", default=40, show_default=True, help=_("How many lines of each."))
def logs(service: str | None, lines: int) -> None:
    folder = Deployment.load().home.logs
    known = sorted(path.stem for path in folder.glob("*.log"))
    if service and service not in known:
        raise UsageError(
            _("There is no log of “{name}”. There are: {known}.").format(
                name=service, known=", ".join(known) or "—"
            )
        )
    for name in [service] if service else known:
        if not service:
            click.secho(f"── {name}", bold=True)
        words = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        for line in words.splitlines()[-lines:]:
            click.echo(line)


@click.command(help=_("Delete everything this portal holds: data, users, files, secrets."))
@click.option("--yes", is_flag=True, help=_("Don't ask."))
def reset(yes: bool) -> None:
    home = Home.locate()
    if not home.holds_a_portal():
        raise PortalError(_("There is no portal in {path}.").format(path=home.root))
    if not yes and not _confirmed(home):
        raise PortalError(_("Nothing was deleted."))
    home.make()
    with held(home.lock_file), step(_("Deleting {path}").format(path=home.root)):
        # The state may be what is damaged.
        deployment = Deployment(home, _state_or_none(home))
        Supervisor(deployment).shut_down()
        stop_leftovers(deployment)
        home.delete()


def _confirmed(home: Home) -> bool:
    question = _("Everything in {path} will be deleted for good. Go on?").format(path=home.root)
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        # There was nobody to answer.
        return False


def _state_or_none(home: Home) -> State:
    try:
        return State.load(home.state_file)
    except PortalError:
        return State()
