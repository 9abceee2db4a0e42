"""`ckan scdl check`, answered before CKAN loads and with no service running. Must not import CKAN.

Standard output holds the report alone. Exit status: 0 valid, 1 invalid, 2 not checked.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from ckanext.scdl import messages
from ckanext.scdl.addressed import find_descriptor
from ckanext.scdl.checking import check_file
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.files.reading import Choices
from ckanext.scdl.registry import read_json
from ckanext.scdl.report import Report, Verdict, not_checked
from ckanext.scdl.speech import _, ngettext
from portal_kit.outbound.settings import town_options

EXIT = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.NOT_CHECKED: 2}
SHOWN = 5
"""Errors of one cause shown to a person; programs get all that are listed."""


@click.command(help=_("Check a file against a schema, without saving it anywhere."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--schema",
    "wanted",
    required=True,
    metavar="NAME[@VERSION]",
    help=_("As in schema.data.gouv.fr (scdl/subventions), or the address or file of a schema."),
)
@click.option("--sheet", help=_("The sheet of a workbook that has several."))
@click.option("--json", "as_json", is_flag=True, help=_("For programs."))
@click.pass_context
def check(ctx: click.Context, file: Path, wanted: str, sheet: str | None, *, as_json: bool) -> None:
    """The same as the page “Check a file” and the action `scdl_validate`."""
    with TemporaryDirectory(prefix="scdl-") as workdir:
        try:
            descriptor = _descriptor(wanted)
        except ScdlError as error:
            report = not_checked(error)
        else:
            report = check_file(file, descriptor, Path(workdir), Choices(sheet=sheet))
    if as_json:
        click.echo(json.dumps(report.as_json(_), ensure_ascii=False))
    else:
        _show(report)
    ctx.exit(EXIT[report.verdict])


def _descriptor(wanted: str) -> dict[str, Any]:
    """Of a schema by its name, by its address, or in a file. Raises ScdlError."""
    if Path(wanted).is_file():
        return read_json(Path(wanted))
    return find_descriptor(wanted, town_options())


def _show(report: Report) -> None:
    click.echo(_verdict(report))
    for group in report.groups:
        click.echo(f"\n{messages.title(group.cause, _)} ({group.count})")
        for problem in group.problems[:SHOWN]:
            where = _("Row {row}:").format(row=problem.row) if problem.row else "–"
            click.echo(f"  {where} {messages.message(problem, _)}")
        if group.count > SHOWN:
            more = group.count - SHOWN
            click.echo(f"  {ngettext('… and one more', '… and {n} more', more).format(n=more)}")
    if report.warnings:
        click.echo(f"\n{_('To be looked at')}")
    for warning in report.warnings:
        click.echo(f"  – {messages.message(warning, _)}")


def _verdict(report: Report) -> str:
    rows = report.rows
    counted = ngettext("{n} row", "{n} rows", rows).format(n=rows)
    if report.reason is not None:
        return f"{_('Not checked:')} {report.reason.sentence(_)}"
    if report.verdict is Verdict.VALID:
        return f"{_('Valid')} ({counted})"
    total = report.total
    errors = ngettext("{n} error", "{n} errors", total).format(n=total)
    return f"{_('Invalid')} ({errors}, {counted})"
