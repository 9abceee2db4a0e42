"""`bench`: the benchmarks of `tests/benchmarks/`, on services of their own."""

import runpy
import sys
from pathlib import Path

import click

from portal_kit.errors import UsageError
from portal_kit.home import CHECKOUT
from portal_kit.i18n import _

FOLDER = CHECKOUT / "tests" / "benchmarks"


@click.command(
    help=_("Measure one of the portal's promises; its last line is made for programs."),
    context_settings={"ignore_unknown_options": True},
)
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str, arguments: tuple[str, ...]) -> None:
    known = {path.stem: path for path in sorted(Path(FOLDER).glob("[a-z]*.py"))}
    if not known:
        raise UsageError(_("The benchmarks are in a checkout of the project, not in its wheel."))
    if name not in known:
        raise UsageError(
            _("There is no benchmark “{name}”. There are: {known}.").format(
                name=name, known=", ".join(known)
            )
        )
    sys.argv = [name, *arguments]
    # One benchmark may use what another has.
    sys.path.insert(0, str(FOLDER))
    runpy.run_path(str(known[name]), run_name="__main__")
