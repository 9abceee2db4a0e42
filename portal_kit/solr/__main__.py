"""Write a Solr home for a Solr run elsewhere: `python -m portal_kit.solr FOLDER`.

The user and password Solr will ask for come from `CKAN_SOLR_USER` and `CKAN_SOLR_PASSWORD`, as
CKAN's do. Prints `changed` when the datasets have to be indexed anew, `unchanged` otherwise.
Needs an installed CKAN, whose schema it reads; must not import it.
"""

import os
from importlib.resources import files
from pathlib import Path

import click

from portal_kit.i18n import _
from portal_kit.solr import home


@click.command(help=_("Write a Solr home with the French core `ckan` into FOLDER."))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Raises UsageError when the user or the password is missing."""
    try:
        user, password = os.environ["CKAN_SOLR_USER"], os.environ["CKAN_SOLR_PASSWORD"]
    except KeyError as error:
        raise click.UsageError(
            _("Set CKAN_SOLR_USER and CKAN_SOLR_PASSWORD: Solr will ask for them.")
        ) from error
    schema = (files("ckan") / "config" / "solr" / "schema.xml").read_bytes()
    changed = home.prepare(folder, schema, user=user, password=password)
    click.echo("changed" if changed else "unchanged")


if __name__ == "__main__":
    main()
