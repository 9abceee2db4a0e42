"""`backup`, `restore`, `upgrade`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portal_kit import backing_up, bringing_up
from portal_kit.deployment import Deployment
from portal_kit.display import console, step
from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.lock import held
from portal_kit.setting_up import REPEATED_BY_UPGRADE
from portal_kit.supervisor import Supervisor

FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command(help=_("Write databases, files, secrets and configuration into FILE (.zip)."))
@FILE
def backup(file: Path) -> None:
    deployment = Deployment.load()
    if not deployment.home.holds_a_portal():
        raise PortalError(_("There is no portal in {path}.").format(path=deployment.home.root))
    deployment.home.make()
    with held(deployment.home.lock_file), step(_("Backup")):
        backing_up.backup(deployment, file, datetime.now(UTC))
    console.print(
        _("{file}: {size:.1f} MB. It holds secrets: keep it as you keep passwords.").format(
            file=file, size=file.stat().st_size / 1e6
        )
    )


@click.command(help=_("Fill an empty portal from the backup FILE."))
@FILE
def restore(file: Path) -> None:
    deployment = Deployment.load()
    deployment.home.make()
    with held(deployment.home.lock_file), step(_("Restore")):
        backing_up.restore(deployment, file)
    console.print(_("Done. Open the portal with: ./portal up"))


@click.command(help=_("Run every migration, and reindex when the search schema changed."))
def upgrade() -> None:
    deployment = Deployment.load()
    deployment.home.make()
    with held(deployment.home.lock_file):
        supervisor = Supervisor(deployment)
        was_running = supervisor.is_running()
        supervisor.shut_down()
        deployment.state.forget_steps(*REPEATED_BY_UPGRADE)
        try:
            bringing_up.bring_up(deployment, supervisor, detached=was_running)
        except BaseException:
            supervisor.shut_down()
            raise
        if not was_running:
            supervisor.shut_down()
    console.print(_("The portal is up to date."))
