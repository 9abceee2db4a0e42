"""Embargoes end by themselves: whoever comes after the moment opens what is due.

No job has to run: each process looks, at most every few seconds and before it answers a request,
for datasets that are due, in an index that holds those to come and no others. The page of a
dataset opens at its very minute, since labels are read with the time; lists, exports and feeds
follow with that first request.
"""

import logging
import time
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from sqlalchemy.dialects.postgresql import insert

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.visibility import levels
from ckanext.grandpoitiers.visibility.model import embargoes

log = logging.getLogger(__name__)

EVERY = 5.0
"""Seconds between two looks of one process."""


class Looking:
    """When this process looked last, on the monotonic clock."""

    at = 0.0

    @classmethod
    def is_due(cls) -> bool:
        """Whether it is time to look again."""
        moment = time.monotonic()
        if moment - cls.at < EVERY:
            return False
        cls.at = moment
        return True


def settle(package: Any) -> None:
    """What a saved dataset says of who sees it, put in order before it is committed."""
    fields = dict(package.extras or {})
    if not package.private and not any(name in fields for name in levels.FIELDS):
        return
    private, kept = levels.settle(package.private, fields, now(), zone())
    if kept != fields:
        package.extras = kept
    package.private = private
    if "embargo" in kept:
        _note(package)


def _note(package: Any) -> None:
    """Note when a dataset opens, in its transaction. What no longer waits is passed over later."""
    found = levels.seen(package.private, package.extras or {}, zone())
    if found.embargo is not None:
        statement = insert(embargoes).values(package_id=package.id, opens=found.embargo)
        change = {"opens": found.embargo}
        model.Session.execute(
            statement.on_conflict_do_update(index_elements=["package_id"], set_=change)
        )


def due(moment: datetime) -> list[str]:
    """The ids of the datasets whose embargo is over."""
    query = sa.select(embargoes.c.package_id).where(embargoes.c.opens <= moment)
    return [str(key) for (key,) in model.Session.execute(query)]


def open_due() -> int:
    """Open what is due; how many. Two processes at once do it once."""
    opened = [key for key in due(now()) if _open(key)]
    for key in opened:
        search.rebuild(key)
    return len(opened)


def _open(package_id: str) -> bool:
    """Open one; whether it was still to do."""
    gone = model.Session.execute(
        sa.delete(embargoes)
        .where(embargoes.c.package_id == package_id, embargoes.c.opens <= now())
        .returning(embargoes.c.package_id)
    ).first()
    package = model.Package.get(package_id) if gone else None
    if package is None or "embargo" not in package.extras:
        model.Session.commit()
        return False
    settle(package)
    # Feeds and harvesters take it for changed.
    package.metadata_modified = datetime.now(UTC).replace(tzinfo=None)
    model.Session.commit()
    log.info("The dataset %s is out of its embargo.", package.name)
    return True
