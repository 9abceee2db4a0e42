"""`ckan grandpoitiers demo`: the demonstration's tables."""

import ckan.plugins.toolkit as tk
import click

from ckanext.grandpoitiers import demo as demonstration

__all__ = ["demo"]


@click.command()
@click.pass_context
def demo(ctx: click.Context) -> None:
    """Load ten small tables of invented figures, to try the portal with.

    Run it as often as you like: what is there already is left alone.
    """
    # A request gives the sentences their language: that of ckan.locale_default.
    with ctx.meta["flask_app"].test_request_context():
        try:
            loaded = demonstration.load()
        except demonstration.DemoError as error:
            raise click.ClickException(tk._(error.message).format(**error.params)) from error
        outcomes = {
            "created": tk._("created"),
            "completed": tk._("completed"),
            "unchanged": tk._("unchanged"),
            "deleted": tk._("deleted by somebody, left so"),
        }
        for table in loaded:
            click.echo(f"{outcomes[table.outcome]}: {table.title} ({table.rows})")
