"""`test`: the whole suite, part by part, on services of its own."""

import os
import sys
from pathlib import Path

import click

from portal_kit.display import console
from portal_kit.errors import UsageError
from portal_kit.home import CHECKOUT
from portal_kit.i18n import _
from portal_kit.testing import parts, results

PARTS = {
    "style": parts.style,
    "unit": parts.unit,
    "slow": parts.slow,
    "integration": parts.integration,
    "browser": parts.browser,
}


@click.command(
    help=_("Run the tests; PYTEST arguments follow “--”, for example: -- -k harvest"),
)
@click.option("--style", "chosen", flag_value="style", help=_("Only the linter and the types."))
@click.option("--unit", "chosen", flag_value="unit", help=_("Only what needs no service."))
@click.option(
    "--slow",
    "chosen",
    flag_value="slow",
    help=_("Only what needs no service but takes its time: faults, other programs, real files."),
)
@click.option("--integration", "chosen", flag_value="integration", help=_("Only on real services."))
@click.option(
    "--browser",
    "chosen",
    flag_value="browser",
    help=_("Only in Chromium; fails if it is missing, where the whole suite would skip this part."),
)
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(chosen: str | None, pytest_arguments: tuple[str, ...]) -> None:
    if not (CHECKOUT / "tests").is_dir():
        raise UsageError(_("The tests are in a checkout of the project, not in its wheel."))
    os.chdir(CHECKOUT)
    real_data = os.environ.get("PORTAL_REAL_DATA", str(CHECKOUT.parent / "shared" / "data"))
    context = parts.Context(
        arguments=list(pytest_arguments),
        real_data=Path(real_data),
        browser_required=chosen == "browser",
    )
    done = [PARTS[name](context) for name in ([chosen] if chosen else PARTS)]
    console.print(results.table(done))
    for line in results.skips(done):
        console.print(line, markup=False)
    click.echo(results.closing_line(done))
    sys.exit(0 if all(part.passed for part in done) else 1)
