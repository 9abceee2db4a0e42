"""What the `portal` command shows: steps with their time, tables, one panel for a first password.

All of it goes to standard error: standard output is for what programs read (contracts.md).
"""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from portal_kit.i18n import _
from portal_kit.supervisor import Status

WIDTH_OF_A_PIPE = 300
"""Nothing is to be cut in a log or a program's hands; rich would take 80."""
console = Console(
    stderr=True, highlight=False, width=None if sys.stderr.isatty() else WIDTH_OF_A_PIPE
)
ADMINISTRATOR = "admin"


@contextmanager
def step(title: str) -> Generator[None]:
    """A line that turns while the work goes on, and says how long it took."""
    start = time.monotonic()
    try:
        with console.status(f"{title}…"):
            yield
    except BaseException:
        console.print(f"[red]✗[/] {title}")
        raise
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - start:.1f} s[/]")


def status_table(statuses: list[Status]) -> Table:
    """Services, their state in words, process and time up."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("Service"), _("State"), _("Process"), _("Up for")):
        table.add_column(heading)
    for status in statuses:
        colour, words = _words(status)
        table.add_row(
            status.name,
            f"[{colour}]{words}[/]",
            str(status.pid or "—"),
            _duration(status.uptime_seconds) if status.pid else "—",
        )
    return table


def _words(status: Status) -> tuple[str, str]:
    if status.healthy:
        return "green", _("healthy")
    if status.state == "RUNNING":
        return "yellow", _("running, does not answer")
    if status.state in ("STARTING", "BACKOFF"):
        return "yellow", _("starting again")
    if status.state == "FATAL":
        return "red", _("does not start")
    return "red", _("stopped")


def _duration(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"


def first_password(url: str, password: str) -> None:
    """The one time the administrator's password is shown."""
    console.print(
        Panel(
            _(
                "Address: {url}\nAdministrator: {name}\nPassword: {password}\n\n"
                "It is shown this once. To choose another: ./portal ckan user setpass {name}"
            ).format(url=f"{url}/user/login", name=ADMINISTRATOR, password=password),
            title=_("Write this password down"),
            border_style="yellow",
            expand=False,
        )
    )
