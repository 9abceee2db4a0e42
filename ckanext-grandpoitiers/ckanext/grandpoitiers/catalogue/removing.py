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
from ckanext.grandpoitiers.catalogue.batching import deferred_signals
from ckanext.grandpoitiers.catalogue.bulk import tables
from ckanext.grandpoitiers.catalogue.bulk.hooks import announce, has_activities, record_activities
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
            if archived:
                self._delete(package_id)
            else:
                tk.get_action("dataset_purge")(self._context(), {"id": package_id})
        model.Session.commit()

    def _context(self) -> Context:
        return cast(Context, {"user": self.user, "ignore_auth": True})

    def _delete(self, package_id: str) -> None:
        """CKAN's `package_delete`, its activity in the same transaction: CKAN writes it in another
        one, and a process that dies between the two leaves it out of the history for good."""
        context, data = self._context(), {"id": package_id}
        if has_activities():
            self._record(package_id)
        with deferred_signals() as signals:
            result = tk.get_action("package_delete")(context, data)
            signals.forget_since(len(signals) - 1)
        signals.release([])
        announce("package_delete", context, data, result)

    def _record(self, package_id: str) -> None:
        package, user = model.Package.get(package_id), model.User.by_name(self.user)
        if package is None or user is None:
            raise LookupError(package_id)
        package.delete()
        model.Session.flush()
        asked = cast(Context, {"for_view": False, "ignore_auth": True, "use_cache": False})
        shown = tk.get_action("package_show")(asked, {"id": package_id, "include_tracking": False})
        record_activities([("package_delete", package, shown)], (), user)
