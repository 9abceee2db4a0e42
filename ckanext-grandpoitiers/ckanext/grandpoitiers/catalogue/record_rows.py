"""The table of records: what is known of a source, read and written; nothing here commits."""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.grandpoitiers.catalogue.model import records
from ckanext.grandpoitiers.catalogue.plan import Known, Outcome, State
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from ckanext.grandpoitiers.catalogue.storing import Noted

package: Any = model.package_table

Row = dict[str, Any]
Former = Mapping[str, tuple[str, str]]
"""Records whose dataset was purged by hand: its id and its address."""

OUTCOME_STATES = {Outcome.INVALID: "invalid", Outcome.SKIPPED: "skipped"}
KEYS = ("source_id", "guid")
LIGHT = [
    records.c[name]
    for name in ("source_id", "guid", "package_id", "name", "digest", "state", "vanished_at")
]
"""What is read of all the records of a source at once."""

MOST_AT_ONCE = 1000
"""Rows that are held while they are read: the database would send a whole source at once."""


@dataclass
class Rows:
    """The records of a source: those that have a dataset, those that have none, those that had
    one; and what those of services give."""

    known: dict[str, Known] = field(default_factory=dict[str, Known])
    quiet: dict[str, tuple[str, Line]] = field(default_factory=dict[str, tuple[str, Line]])
    former: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    couplings: dict[str, Any] = field(default_factory=dict[str, Any])


def rows_of(source_id: str) -> Rows:
    """Every record of a source."""
    quiet = records.c.state.in_(OUTCOME_STATES.values())
    problems = sa.case((quiet, records.c.problems)).label("problems")
    query = (
        sa.select(*LIGHT, records.c.couplings, problems, package.c.id.label("found"))
        .select_from(records.outerjoin(package, package.c.id == records.c.package_id))
        .where(records.c.source_id == source_id)
        .execution_options(yield_per=MOST_AT_ONCE)
    )
    found = Rows()
    for row in model.Session.execute(query).mappings():
        if row["state"] in OUTCOME_STATES.values():
            found.quiet[row["guid"]] = (row["digest"], _quiet_line(row))
        elif row["found"] is None and row["state"] != State.DELETED:
            # Made again, at its old address.
            found.former[row["guid"]] = (row["package_id"], row["name"])
        else:
            found.known[row["guid"]] = known_of(row)
            if row["couplings"] and row["state"] == State.ACTIVE:
                found.couplings[row["guid"]] = row["couplings"]
    return found


def take_over(source_id: str, guids: Collection[str], package_ids: Collection[str]) -> None:
    """The records and datasets are this source's now: forget what the others had of them."""
    let_go = records.c.guid.in_(guids) & records.c.state.in_((State.ARCHIVED, State.DELETED))
    theirs = (
        records.c.source_id != source_id,
        sa.or_(let_go, records.c.package_id.in_(package_ids)),
    )
    model.Session.execute(sa.delete(records).where(*theirs))


def has(source_id: str, guid: str) -> bool:
    """Whether the record is this source's; if so, nobody takes it before the transaction ends."""
    mine = (records.c.source_id == source_id) & (records.c.guid == guid)
    query = sa.select(records.c.guid).where(mine).with_for_update()
    return model.Session.execute(query).first() is not None


def keys(source_id: str) -> dict[str, tuple[str, ...]]:
    """What the datasets of a source are known by in other catalogues, by record."""
    query = sa.select(records.c.guid, records.c.known_as).where(
        records.c.source_id == source_id, records.c.known_as.is_not(None)
    )
    return {guid: tuple(found) for guid, found in model.Session.execute(query).tuples()}


def known_of(row: Mapping[Any, Any]) -> Known:
    """What a row says of a record."""
    return Known(
        guid=row["guid"],
        package_id=row["package_id"],
        name=row["name"],
        digest=row["digest"],
        state=State(row["state"]),
        vanished_at=row["vanished_at"],
    )


def _quiet_line(row: Mapping[Any, Any]) -> Line:
    outcome = next(o for o, state in OUTCOME_STATES.items() if state == row["state"])
    return Line(row["guid"], outcome, "", tuple(map(Remark.read, row["problems"])))


def original(guid: str) -> tuple[bytes, str] | None:
    """The original XML of a record and the id of its dataset; the active one of several."""
    query = (
        sa.select(records.c.xml, records.c.package_id)
        .where(records.c.guid == guid, records.c.xml.is_not(None))
        .order_by(records.c.state, records.c.written_at.desc())
        .limit(1)
    )
    row = model.Session.execute(query).first()
    return (zlib.decompress(row[0]), str(row[1])) if row else None


def written(package_ids: Iterable[str]) -> dict[str, Any]:
    """What the harvest last wrote of datasets, by their id; it may have written none of them."""
    query = sa.select(records.c.package_id, records.c.written).where(
        records.c.package_id.in_(list(package_ids)),
        records.c.state.in_((State.ACTIVE, State.ARCHIVED)),
        records.c.written.is_not(None),
    )
    return dict(model.Session.execute(query).tuples().all())


def xml_of(source_id: str, guid: str) -> bytes | None:
    """The original XML of a record of a source."""
    mine = (records.c.source_id == source_id) & (records.c.guid == guid)
    found = model.Session.execute(sa.select(records.c.xml).where(mine)).scalar()
    return zlib.decompress(found) if found else None


def unindexed(source_id: str, guids: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Those whose dataset the index does not have yet, with its id; of all, or among some."""
    query = sa.select(records.c.guid, records.c.package_id).where(
        records.c.source_id == source_id, records.c.indexed.is_(False)
    )
    if guids is not None:
        query = query.where(records.c.guid.in_(guids))
    return list(model.Session.execute(query).tuples())


def put(rows: Sequence[Row]) -> None:
    """Insert rows, or write over those of the same records."""
    statement = insert(records).values(list(rows))
    changed = {
        column.name: statement.excluded[column.name]
        for column in records.c
        if column.name not in KEYS
    }
    keys = [records.c[key] for key in KEYS]
    model.Session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def change(source_id: str, guids: Collection[str], **values: Any) -> None:
    """Set columns of some records."""
    mine = (records.c.source_id == source_id) & records.c.guid.in_(guids)
    model.Session.execute(sa.update(records).where(mine).values(**values))


def quiet_row(source_id: str, noted: Noted, now: datetime) -> Row:
    """The row of a record that gave no dataset."""
    return {
        "source_id": source_id,
        "guid": noted.line.guid,
        "package_id": None,
        "name": "",
        "digest": noted.digest,
        "state": OUTCOME_STATES[noted.line.outcome],
        "problems": [remark.stored for remark in noted.line.remarks],
        "vanished_at": None,
        "written_at": now,
        "indexed": True,
        "xml": None,
        "written": None,
        "known_as": None,
        "couplings": None,
    }
