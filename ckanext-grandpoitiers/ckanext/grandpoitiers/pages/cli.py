"""`ckan grandpoitiers load-pages`, the first pages, and `pictures`, those that nothing shows."""

import ckan.plugins.toolkit as tk
import click

from ckanext.grandpoitiers.pages import loading
from ckanext.grandpoitiers.pages import pictures as kept
from portal_kit.errors import PortalError


@click.command("load-pages")
@click.option("--demo", is_flag=True, help="The events of the demonstration too.")
@click.pass_context
def load_pages(ctx: click.Context, demo: bool) -> None:
    """Write the first pages of pages.yaml: legal notice, accessibility, how to.

    Run it as often as you like: a page that is there, or was erased, is left alone.
    """
    # A request gives the sentences their language: that of ckan.locale_default.
    with ctx.meta["flask_app"].test_request_context():
        try:
            written = loading.load("pages.yaml")
            if demo:
                written += loading.load("demo/pages.yaml")
        except PortalError as error:
            raise click.ClickException(str(error)) from error
        except loading.LoadingError as error:
            raise click.ClickException(tk._(error.message).format(**error.params)) from error
        click.echo(
            tk.ungettext("{number} page written.", "{number} pages written.", written).format(
                number=written
            )
        )


@click.command()
@click.pass_context
def pictures(ctx: click.Context) -> None:
    """List the pictures that no page, theme or other text shows, and when `daily` erases them."""
    with ctx.meta["flask_app"].test_request_context():
        for one in kept.unused():
            click.echo(f"{one.ends:%Y-%m-%d}  {one.bytes:>9}  {one.path}")
