"""What other sources have, as far as it matters to one. Nothing here commits."""

from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckanext.harvest.model import HarvestSource

from ckanext.grandpoitiers.catalogue.merging import Standing, Twin, twins
from ckanext.grandpoitiers.catalogue.model import records
from ckanext.grandpoitiers.catalogue.plan import State
from ckanext.grandpoitiers.catalogue.record_rows import LIGHT, MOST_AT_ONCE, known_of
from ckanext.grandpoitiers.catalogue.source_config import ConfigError, read_config

package: Any = model.package_table


@dataclass(frozen=True, slots=True)
class Others:
    """By identifier of record: who has those that are not ours to take, and those that are.

    `twins` are all of them, by what their datasets are known by.
    """

    elsewhere: dict[str, str] = field(default_factory=dict[str, str])
    free: dict[str, Twin] = field(default_factory=dict[str, Twin])
    twins: dict[str, Twin] = field(default_factory=dict[str, Twin])


@dataclass(frozen=True, slots=True)
class _Rank:
    title: str = ""
    preference: int = 0


def others(source_id: str) -> Others:
    """What the other sources have."""
    rows: list[Any] = model.Session.query(HarvestSource).all()
    ranks: dict[str, _Rank] = {row.id: _rank(row) for row in rows}
    mine = ranks.get(source_id, _Rank())
    query = (
        sa.select(*LIGHT, records.c.known_as)
        .select_from(records.join(package, package.c.id == records.c.package_id))
        .where(
            records.c.source_id != source_id,
            records.c.state.in_((State.ACTIVE, State.ARCHIVED)),
        )
        .execution_options(yield_per=MOST_AT_ONCE)
    )
    found = Others()
    pairs: list[tuple[list[str], Twin]] = []
    for row in model.Session.execute(query).mappings():
        theirs = ranks.get(row["source_id"], _Rank(row["source_id"]))
        standing = _standing(row, mine, theirs)
        twin = Twin(known_of(row), theirs.title, standing)
        if standing is Standing.OURS:
            found.free[row["guid"]] = twin
        else:
            found.elsewhere[row["guid"]] = theirs.title
        pairs.append((row["known_as"] or [], twin))
    for guid in found.elsewhere.keys() & found.free.keys():
        del found.free[guid]
    return replace(found, twins=twins(pairs))


def _standing(row: Any, mine: _Rank, theirs: _Rank) -> Standing:
    gone = row["state"] != State.ACTIVE or row["vanished_at"] is not None
    if gone or mine.preference > theirs.preference:
        return Standing.OURS
    return Standing.EQUAL if mine.preference == theirs.preference else Standing.THEIRS


def _rank(row: Any) -> _Rank:
    try:
        preference = read_config(row.config).preference
    except ConfigError:  # of another type, or broken: its own run says so
        preference = 0
    return _Rank(row.title or row.id, preference)
