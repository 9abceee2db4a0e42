"""The commands `ckan realtime …`."""

import os

import ckan.plugins.toolkit as tk
import click

from ckanext.realtime import declared, demo_past
from ckanext.realtime.offline import decode_command
from portal_kit.errors import PortalError

__all__ = ["realtime"]

DEMO_URL = "PORTAL_DEMO_FEEDS"
"""Variable that holds the address of the demonstration's simulator."""


@click.group(short_help="Live feeds.")
def realtime() -> None:
    """Live feeds: what they give."""


realtime.add_command(decode_command)


@realtime.command("load-feeds")
@click.option("--demo", is_flag=True, help="Those of the demonstration.")
@click.pass_context
def load_feeds(ctx: click.Context, demo: bool) -> None:
    """Declare the feeds of feeds.yaml that are new or have changed there."""
    file = "demo/feeds.yaml" if demo else "feeds.yaml"
    # A request gives the sentences their language: that of ckan.locale_default.
    with ctx.meta["flask_app"].test_request_context():
        try:
            loaded = declared.load(file, os.environ.get(DEMO_URL, ""))
            if demo:
                demo_past.remember()
        except declared.BadFeeds as error:
            raise click.ClickException(tk._(error.template).format(**error.params)) from error
        except PortalError as error:
            raise click.ClickException(str(error)) from error
        outcomes = {
            "created": tk._("created"),
            "updated": tk._("updated"),
            "unchanged": tk._("unchanged"),
            "kept": tk._("changed on screen, left so"),
        }
        for one in loaded:
            click.echo(f"{outcomes[one.outcome]}: {one.name}")
