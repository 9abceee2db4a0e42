"""`ckan grandpoitiers prepare-exports`, `write-catalogue` and `check-exports`."""

import json
from typing import BinaryIO

import ckan.plugins.toolkit as tk
import click

from ckanext.grandpoitiers.catalogue.report import translator
from ckanext.grandpoitiers.cli import grandpoitiers
from ckanext.grandpoitiers.interchange import current, export, jobs, prepared
from ckanext.grandpoitiers.interchange.documents import EXTENSIONS
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.reading import snapshot
from ckanext.grandpoitiers.interchange.scope import Kind, Scope

__all__ = ["commands"]

PROFILES = click.Choice([str(profile) for profile in Profile])


def commands() -> list[click.Command]:
    """Nothing of their own: they join the group of the portal's commands."""
    for command in (prepare_exports, write_catalogue, check_exports):
        grandpoitiers.add_command(command)
    return []


@click.command("prepare-exports")
@click.option("--clear", is_flag=True, help="Forget what was prepared first.")
def prepare_exports(clear: bool) -> None:
    """Prepare the exports that are missing or out of date, as the worker does after a change."""
    if clear:
        prepared.clear()
    counts = prepared.refresh(jobs.profiles())
    click.echo(json.dumps(counts))


@click.command("write-catalogue")
@click.argument("file", type=click.File("wb"))
@click.option("--format", "extension", type=click.Choice(list(EXTENSIONS)), default="ttl")
@click.option("--profile", type=PROFILES, default=str(Profile.DCAT_AP_3))
@click.option("--offered", is_flag=True, help="Only what data.gouv.fr is offered.")
def write_catalogue(file: BinaryIO, extension: str, profile: str, offered: bool) -> None:
    """Write the catalogue into FILE (- for standard output)."""
    scope = Scope(Kind.OFFERED if offered else Kind.WHOLE)
    syntax = EXTENSIONS[extension]
    with export.catalogue_export(scope, syntax, Profile(profile)) as found:
        for chunk in found.chunks() if found else ():
            file.write(chunk)


@click.command("check-exports")
@click.option("--profile", type=PROFILES, default=str(Profile.DCAT_AP_3))
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def check_exports(ctx: click.Context, profile: str, as_json: bool) -> None:
    """List what does not leave the portal as it is; the status is 1 when there is something."""
    translate = translator(tk.config["ckan.locale_default"])
    found: list[dict[str, str]] = []
    with snapshot() as reading:
        portal = current.portal(reading)
        versions = reading.versions(Scope())
        for piece in prepared.pieces(reading, versions, portal, Profile(profile)):
            found += [
                {"dataset": piece.id, "field": one.field, "message": one.message(translate)}
                for one in piece.problems
            ]
    if as_json:
        click.echo(json.dumps({"datasets": len(versions), "problems": found}, ensure_ascii=False))
    else:
        for one in found:
            click.echo(f"{one['dataset']} {one['field']}: {one['message']}")
    ctx.exit(1 if found else 0)
