"""Commands of extensions that are answered before CKAN loads, with no service running.

An extension declares them in the entry-point group `portal.offline`: the name is the words typed
after `ckan`, joined by dots, the object a click command that must not import CKAN:

    "portal.offline": ["scdl.check = ckanext.scdl.offline:check"]

Its `cli.py` adds the same object to the extension's group, so that `ckan scdl check` is the same
function. The command ends by `ctx.exit(status)`; a click.ClickException or PortalError is one
sentence. Must not import CKAN.
"""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click

GROUP = "portal.offline"


def find(arguments: Sequence[str]) -> tuple[EntryPoint, list[str]] | None:
    """The offline command that `arguments` begin with, and what is left for it."""
    for entry in entry_points(group=GROUP):
        words = entry.name.split(".")
        if list(arguments[: len(words)]) == words:
            return entry, list(arguments[len(words) :])
    return None


def run(entry: EntryPoint, arguments: Sequence[str]) -> None:
    """Run the command; raises SystemExit with its status when that is not 0."""
    command: click.Command = entry.load()
    name = f"portal ckan {entry.name.replace('.', ' ')}"
    # Outside of click's standalone mode, the status of `ctx.exit` is what `main` returns.
    status: Any = command.main(list(arguments), prog_name=name, standalone_mode=False)
    if isinstance(status, int) and status:
        raise SystemExit(status)
