"""`doctor`."""

import json
import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from portal_kit.doctor import examine
from portal_kit.home import Home
from portal_kit.i18n import _


@click.command(help=_("Say what is missing on this machine, and the command that mends it."))
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
def doctor(as_json: bool) -> None:
    findings = list(examine(Home.locate().root))
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        table = Table(box=None, pad_edge=False)
        for heading in ("", _("What"), _("Found"), _("To mend it, type")):
            table.add_column(heading)
        for finding in findings:
            mark = "[red]✗[/]" if finding.remedy else "[green]✓[/]"
            table.add_row(mark, finding.name, finding.words, finding.remedy)
        Console(stderr=True, highlight=False).print(table)
    sys.exit(1 if any(finding.remedy and finding.blocking for finding in findings) else 0)
