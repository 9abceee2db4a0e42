"""What ``ckan jobs worker`` does for real time: CKAN's metadata follow the rows."""

import logging
from datetime import datetime

import ckan.plugins.toolkit as tk
import click
from ckan import model
from flask import has_request_context

from ckanext.realtime import publishing, reading, registry
from ckanext.realtime.quality import letters, watchers
from ckanext.realtime.store import ledger

log = logging.getLogger(__name__)


def publish() -> int:
    """Bring the resources' ``last_modified`` up to the last change of their rows; how many.

    By CKAN's own action, so that the index and the dataset follow, and as the site itself, so
    that it is nobody's activity. Addresses that nobody confirmed are erased on the way. Can be run
    by two workers at once, and at any time.
    """
    watchers.erase(reading.now())
    with publishing.write_session() as session, session.cursor() as cursor:
        due = ledger.unpublished(cursor)
    for feed_id, resource_id, changed_at in due:
        _publish(feed_id, resource_id, changed_at)
    return len(due)


def warn() -> int:
    """Tell those who are to know of incidents, in the portal's language; how many incidents."""
    command = click.get_current_context(silent=True)
    app = command.meta.get("flask_app") if command else None
    if app is None or has_request_context():
        return letters.tell()
    # A worker has no request, which is where sentences and addresses have their language.
    with app.test_request_context():
        return letters.tell()


def validate() -> int:
    """Hold the last answers of GTFS-RT feeds to the timetable of their dataset; how many.

    A worker does each job in a process of its own: what a timetable takes goes with it.
    """
    # The validator takes seconds to import, and nobody else needs it.
    from ckanext.realtime.quality.validating import validate as hold  # noqa: PLC0415

    return hold(registry.everything())


def _publish(feed_id: str, resource_id: str, changed_at: datetime) -> None:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    try:
        tk.get_action("resource_patch")(
            {"user": user, "ignore_auth": True},
            {"id": resource_id, "last_modified": changed_at.replace(tzinfo=None)},
        )
    except (tk.ObjectNotFound, tk.ValidationError):
        # The dataset is somebody's to mend; the rows go on.
        model.Session.rollback()
        log.warning("The resource %s can't be brought up to date.", resource_id, exc_info=True)
    with publishing.write_session() as session:
        with session.cursor() as cursor:
            ledger.publish(cursor, feed_id, changed_at)
        session.commit()
