"""The commands `ckan realtime …`."""

import click

from ckanext.realtime.offline import decode_command

__all__ = ["realtime"]


@click.group(short_help="Live feeds.")
def realtime() -> None:
    """Live feeds: what they give."""


realtime.add_command(decode_command)
