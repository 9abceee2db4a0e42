"""`ckan grandpoitiers daily`: what is done once a day."""

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import click

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.events import actions
from ckanext.grandpoitiers.pages import pictures
from ckanext.grandpoitiers.pages.rules import now
from ckanext.grandpoitiers.planning import attendance, letters, reckoning
from ckanext.grandpoitiers.planning.standing import today
from ckanext.grandpoitiers.traffic import actions as traffic
from ckanext.grandpoitiers.visibility import access, opening


@click.command()
@click.pass_context
def daily(ctx: click.Context) -> None:
    """Send the reminders of workshops and updates, and the letters on what changed that could
    not leave before; erase registrations, searches and pictures
    kept long enough; end the accesses and the embargoes that are over."""
    with ctx.meta["flask_app"].test_request_context():
        if p.plugin_loaded("grandpoitiers_visibility"):
            ended, opened = access.end_due(), opening.open_due()
            click.echo(
                tk._("Accesses ended: {ended}. Embargoes over: {opened}.").format(
                    ended=ended, opened=opened
                )
            )
        if p.plugin_loaded("grandpoitiers_planning"):
            # Before registrations are erased.
            noted = attendance.keep(now())
            attendance.erase(today(), config.attendance_kept())
            click.echo(tk._("Attendances noted: {noted}.").format(noted=noted))
            reckoning.note_month()
        if p.plugin_loaded("grandpoitiers_pages"):
            # Before the reminders: nobody is reminded of what they believe elsewhere.
            told = actions.tell_news()
            click.echo(tk._("Letters on changed workshops sent: {number}.").format(number=told))
            reminded, erased = actions.remind(), actions.erase()
            click.echo(
                tk._("Reminders sent: {reminded}. Registrations erased: {erased}.").format(
                    reminded=reminded, erased=erased
                )
            )
            gone, waiting = pictures.erase(now())
            click.echo(
                tk._("Pictures erased: {gone}. Unused, and kept for now: {waiting}.").format(
                    gone=gone, waiting=waiting
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
