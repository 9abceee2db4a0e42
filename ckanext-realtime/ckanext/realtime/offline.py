"""`ckan realtime decode`: what a saved answer of a feed gives, with no service running.

Must not import CKAN: `./portal` answers it before CKAN loads (`portal_kit.offline`).
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import yaml

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.decoding import KINDS, decode
from ckanext.realtime.errors import BadSettings, Undecodable
from ckanext.realtime.mapping import read_time_rule
from ckanext.realtime.problems import N_
from ckanext.realtime.settings import DEFAULT, DecodeSettings
from portal_kit.i18n import messages_of

_ = messages_of("realtime")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Moment(click.ParamType[datetime]):
    """A time in ISO 8601, UTC when it names no offset."""

    name = "ISO"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(_("{value} is not a time in ISO 8601.").format(value=value), param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command("decode", help=_("Show what a saved answer of a feed gives: its rows and problems."))
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help=_("One JSON document: rows and problems."))
@click.option("--now", type=_Moment(), help=_("When the answer was received; now if not given."))
@click.option(
    "--mapping",
    "mapping_file",
    type=_FILE,
    help=_("The declared mapping (YAML or JSON); of other kinds than mapped, its time rule."),
)
@click.pass_context
def decode_command(
    ctx: click.Context,
    kind: str,
    file: Path,
    as_json: bool,
    now: datetime | None,
    mapping_file: Path | None,
) -> None:
    """Exit status: 0 decoded, 1 the file is not what its kind promises, 2 wrong usage."""
    try:
        found = decode(kind, _start_of(file), now or datetime.now(UTC), _settings(mapping_file))
        status = 0
    except Undecodable as error:
        found, status = Decoded([], [error.problem]), 1
    except BadSettings as error:
        raise click.UsageError(error.message(_)) from error
    click.echo(_as_json(found) if as_json else _as_text(found))
    ctx.exit(status)


def _start_of(file: Path) -> bytes:
    # One byte above what is allowed is enough to be refused; the rest is not read.
    with file.open("rb") as source:
        return source.read(DEFAULT.limits.bytes + 1)


def _settings(mapping_file: Path | None) -> DecodeSettings:
    if mapping_file is None:
        return DEFAULT
    try:
        declared = yaml.safe_load(mapping_file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise BadSettings(N_("The mapping cannot be read: {reason}."), reason=reason) from error
    if not isinstance(declared, dict):
        raise BadSettings(N_("The mapping cannot be read: {reason}."), reason=mapping_file.name)
    settings = replace(DEFAULT, mapping=declared)
    return (
        replace(settings, time=read_time_rule(declared["time"])) if "time" in declared else settings
    )


def _as_json(found: Decoded) -> str:
    problems = [problem.as_dict(_) for problem in found.problems]
    document = {"rows": found.rows, "problems": problems}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _as_text(found: Decoded) -> str:
    rows = (" | ".join("" if v is None else str(v) for v in row.values()) for row in found.rows)
    problems = (
        " ".join(filter(None, (problem.key, problem.field, problem.message(_))))
        for problem in found.problems
    )
    heading = " | ".join(found.rows[0]) if found.rows else _("No row.")
    return "\n".join((heading, *rows, "", *problems)).rstrip()
