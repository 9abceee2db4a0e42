"""A dataset whose record vanished: archived for a while, then deleted for good."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.search import SearchIndexError
from ckan.types import Context
from sqlalchemy.exc import InterfaceError, OperationalError

from ckanext.grandpoitiers.catalogue import harvest_objects, record_rows
from ckanext.grandpoitiers.catalogue.bulk import tables
from ckanext.grandpoitiers.catalogue.plan import Action, Entry, Outcome, State
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from portal_kit.outbound.errors import N_

log = logging.getLogger(__name__)

NOT_THE_RECORD = (OperationalError, InterfaceError, SearchIndexError)
"""A database or an index that does not answer: every other record would fail alike."""

UNEXPECTED = N_(
    "The dataset could not be written for a reason of our own ({error}): tell the portal's "
    "administrator, the log has more."
)
STATES = {Action.ARCHIVE: State.ARCHIVED, Action.DELETE: State.DELETED}


@dataclass(frozen=True, slots=True)
class Removal:
    """The removals of one source in one run (`job_id`); `user` signs the activities."""

    source_id: str
    job_id: str
    user: str
    now: datetime

    def of(self, entry: Entry) -> tuple[Line, bool]:
        """Archive a dataset (CKAN's "deleted", which can be restored) or delete it for good.

        The line of the report, and whether something was written.
        """
        known = entry.known
        if known is None:
            raise ValueError(f"nothing is known of {entry.guid}")
        try:
            if not record_rows.has(self.source_id, entry.guid):
                # Another source, which comes first, took the dataset over meanwhile.
                return Line(entry.guid, Outcome.UNCHANGED, known.name), False
            self._write(entry, known.package_id)
        except NOT_THE_RECORD:
            raise
        except Exception as error:  # the per-record boundary
            model.Session.rollback()
            log.exception("Dataset %r could not be removed", known.name)
            remark = Remark("", UNEXPECTED, {"error": type(error).__name__})
            return Line(entry.guid, Outcome.FAILED, known.name, (remark,)), False
        remarks = tuple(map(Remark.of, entry.problems))
        return Line(entry.guid, entry.outcome, known.name, remarks), True

    def _write(self, entry: Entry, package_id: str) -> None:
        archived = entry.action is Action.ARCHIVE
        record_rows.change(
            self.source_id,
            [entry.guid],
            written_at=self.now,
            state=str(STATES[entry.action]),
            vanished_at=entry.vanished_at,
        )
        harvest_objects.remove(package_id, self.job_id, keep=archived)
        if tables.existing([package_id]):
            # These two actions commit and index by themselves, our row with them.
            context = cast(Context, {"user": self.user, "ignore_auth": True})
            action = "package_delete" if archived else "dataset_purge"
            tk.get_action(action)(context, {"id": package_id})
        model.Session.commit()
