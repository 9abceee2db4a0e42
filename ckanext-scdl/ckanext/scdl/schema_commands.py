"""`ckan scdl schemas`: what is there, what it says, whether it is intact and up to date."""

import json
from collections.abc import Callable
from typing import TypeVar

import ckan.plugins.toolkit as tk
import click

from ckanext.scdl.errors import ScdlError
from ckanext.scdl.registry import Registry, town_schemas
from ckanext.scdl.speech import _
from ckanext.scdl.updating import Fetch, damaged, newer, update
from portal_kit.outbound import OutboundError, outbound_client

__all__ = ["schemas"]

_Result = TypeVar("_Result")


@click.group(help="The schemas of local data: list, show, check and update them.")
def schemas() -> None:
    """Schemas on disk."""


@schemas.command("list", help="Every schema, with its current version.")
def list_schemas() -> None:
    for one in Registry.standard():
        click.echo(f"{one.name}@{one.current}  {one.title}")


@schemas.command(help="The descriptor of a schema: NAME or NAME@VERSION.")
@click.argument("name")
def show(name: str) -> None:
    try:
        descriptor = Registry.standard().find(name).descriptor
    except ScdlError as error:
        raise click.UsageError(error.sentence(_)) from error
    click.echo(json.dumps(descriptor, ensure_ascii=False, indent=2))


@schemas.command(help="Whether fetched schemas are intact, and which have a newer version.")
@click.pass_context
def check(ctx: click.Context) -> None:
    broken = damaged(town_schemas())
    for name in broken:
        click.echo(f"{name}: {_('damaged; fetch it again')}", err=True)
    current = {one.name: one.current for one in Registry.standard()}
    for name, version in _outside(lambda fetch: newer(current, fetch)).items():
        click.echo(f"{name}: {current[name]} → {version}")
    ctx.exit(1 if broken else 0)


@schemas.command("update", help="Fetch schemas from schema.data.gouv.fr, all versions of each.")
@click.argument("names", nargs=-1, required=True)
def update_schemas(names: tuple[str, ...]) -> None:
    for name, versions in _outside(lambda fetch: update(town_schemas(), names, fetch)).items():
        click.echo(f"{name}: {', '.join(versions)}")


def _outside(work: Callable[[Fetch], _Result]) -> _Result:
    """What ``work`` makes with the guarded client, its proxy and its limits."""
    try:
        with outbound_client(tk.config) as client:
            return work(lambda address: client.get(address).content)
    except (ScdlError, OutboundError) as error:
        raise click.ClickException(str(error)) from error
