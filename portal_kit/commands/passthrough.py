"""`ckan`: CKAN's own command, with this portal's settings.

Some commands of the extensions need no service at all (`portal_kit.offline`): they are answered
here, at once, before anything that only a running portal needs is imported.
"""

from importlib import import_module

import click

from portal_kit import offline
from portal_kit.i18n import _


@click.command(
    help=_("Run a command of CKAN on this portal, for example: ./portal ckan user list"),
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ckan(arguments: tuple[str, ...]) -> None:
    found = offline.find(arguments)
    if found is not None:
        offline.run(*found)
    else:
        import_module("portal_kit.running_ckan").become_ckan(arguments)
