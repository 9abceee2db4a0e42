"""`ckan grandpoitiers …`: the commands of the portal itself."""

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckan.plugins import plugin_loaded

from ckanext.grandpoitiers import seeding
from ckanext.grandpoitiers.daily_cli import daily
from ckanext.grandpoitiers.demo_cli import demo
from ckanext.grandpoitiers.errors import GrandPoitiersError
from ckanext.grandpoitiers.interchange import own_catalogue
from ckanext.grandpoitiers.pages.cli import load_pages, pictures
from ckanext.grandpoitiers.seed import Step
from portal_kit.errors import PortalError

__all__ = ["grandpoitiers"]


@click.group(short_help="The portal of the community of communes.")
def grandpoitiers() -> None:
    """The portal of the community of communes."""


grandpoitiers.add_command(demo)
grandpoitiers.add_command(load_pages)
grandpoitiers.add_command(pictures)
grandpoitiers.add_command(daily)


@grandpoitiers.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--force", is_flag=True, help="Overwrite titles and descriptions changed on screen too."
)
@click.pass_context
def seed(ctx: click.Context, dry_run: bool, force: bool) -> None:
    """Create the themes and the organisations of the configuration files, and the record of the
    portal's own catalogue.

    Run it as often as you like: what is there already is left alone, and what an administrator
    changed on screen is never overwritten without --force.
    """
    # A request gives the sentences their language: that of ckan.locale_default.
    with ctx.meta["flask_app"].test_request_context():
        try:
            steps = seeding.prepare(force)
            if not dry_run:
                seeding.carry_out(steps)
                _publish_catalogue()
        except GrandPoitiersError as error:
            raise click.ClickException(tk._(error.message).format(**error.params)) from error
        except PortalError as error:
            raise click.ClickException(str(error)) from error
        except tk.ValidationError as error:
            model.Session.rollback()
            raise click.ClickException(
                tk._("CKAN refuses what the configuration asks for: {reason}").format(
                    reason=error.error_summary
                )
            ) from error
        _report(steps, dry_run)


def _publish_catalogue() -> None:
    """The portal's catalogue is one of its datasets, where its exports are."""
    if plugin_loaded("grandpoitiers_interchange"):
        name = own_catalogue.publish()
        if name:
            click.echo(f"{tk._('dataset')} {name}")


def _report(steps: tuple[Step, ...], dry_run: bool) -> None:
    outcomes = {
        "created": tk._("created"),
        "updated": tk._("updated"),
        "kept": tk._("changed on screen, left as it is"),
        "unchanged": tk._("unchanged"),
    }
    kinds = {"group": tk._("theme"), "organization": tk._("organisation")}
    for step in steps:
        if step.outcome != "unchanged":
            kind, title = kinds[step.item.kind], step.item.fields["title"]
            click.echo(f"{outcomes[step.outcome]}: {kind} {title}")
    counts = ", ".join(
        f"{label} {sum(step.outcome == outcome for step in steps)}"
        for outcome, label in outcomes.items()
    )
    click.echo(counts)
    if dry_run:
        click.echo(tk._("Nothing was written."))
