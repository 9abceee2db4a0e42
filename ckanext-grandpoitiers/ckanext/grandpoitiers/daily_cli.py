"""`ckan grandpoitiers daily`: what is done once a day."""

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import click

from ckanext.grandpoitiers.events import actions
from ckanext.grandpoitiers.planning import letters
from ckanext.grandpoitiers.traffic import actions as traffic


@click.command()
@click.pass_context
def daily(ctx: click.Context) -> None:
    """Send the reminders of workshops and updates; erase registrations and searches kept
    long enough.
    """
    with ctx.meta["flask_app"].test_request_context():
        if p.plugin_loaded("grandpoitiers_pages"):
            reminded, erased = actions.remind(), actions.erase()
            click.echo(
                tk._("Reminders sent: {reminded}. Registrations erased: {erased}.").format(
                    reminded=reminded, erased=erased
                )
            )
        if p.plugin_loaded("grandpoitiers_traffic"):
            forgotten = traffic.forget_searches()
            click.echo(tk._("Words of searches erased: {number}.").format(number=forgotten))
        if p.plugin_loaded("grandpoitiers_planning"):
            sent = letters.remind()
            click.echo(
                tk.ungettext(
                    "{number} reminder of updates sent.",
                    "{number} reminders of updates sent.",
                    sent,
                ).format(number=sent)
            )
