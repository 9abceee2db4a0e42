"""The counts in the database: adding what was counted, reading totals.

A name in an address becomes the id of what has it now; what is not there is not counted.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import plugin_loaded
from sqlalchemy.dialects.postgresql import Insert, aggregate_order_by, insert
from sqlalchemy.exc import SQLAlchemyError

from ckanext.grandpoitiers.traffic import asked
from ckanext.grandpoitiers.traffic.model import searches, visits
from ckanext.grandpoitiers.traffic.tally import Counts, Tally

log = logging.getLogger(__name__)

PAGES = "grandpoitiers_page"
NAMED: Mapping[str, tuple[str, ...]] = {
    asked.DATASET: ("package",),
    asked.THEME: ("group",),
    asked.ORGANISATION: ("group",),
    asked.PAGE: (PAGES,),
    asked.RESOURCE_PAGE: ("resource",),
    asked.DOWNLOAD: ("resource",),
    asked.CALL: ("resource", "package"),
}
"""Where the key of each kind is looked up: by id, or by the name of the thing."""
NAMES = {"package": "name", "group": "name", PAGES: "slug", "resource": "id"}
"""The column of each table that addresses hold beside ids."""


@dataclass(frozen=True, slots=True)
class Total:
    """How often a thing was asked for over some days."""

    thing: str
    people: int
    robots: int


def flush(tally: Tally) -> None:
    """Write what was counted; kept for the next time when the database does not answer."""
    counts = tally.drain()
    if not counts:
        return
    try:
        add(counts)
    except SQLAlchemyError as error:
        log.warning("Counts wait for the database: %s", error)
        tally.put_back(counts)


def add(counts: Counts) -> None:
    """Add to the totals of each day, in one transaction."""
    with _engine().begin() as connection:
        known = _known(connection, counts.visits)
        people: Counter[tuple[date, str, str]] = Counter()
        robots: Counter[tuple[date, str, str]] = Counter()
        for (day, kind, key, robot), number in counts.visits.items():
            thing = known.get((kind, key))
            if thing:
                (robots if robot else people)[day, kind, thing] += number
        # In one order, so that two processes do not wait for each other.
        rows = [
            {"day": key[0], "kind": key[1], "thing": key[2], "people": people[key], "robots": n}
            for key in sorted(people.keys() | robots.keys())
            for n in (robots[key],)
        ]
        if rows:
            connection.execute(_adding(), rows)
        words = [
            {"day": key[0], "terms": key[1], "asked": number, "found": counts.found[key]}
            for key, number in sorted(counts.searches.items())
        ]
        if words:
            connection.execute(_adding_searches(), words)


def by_dataset(kinds: Collection[str], since: date, limit: int) -> list[Total]:
    """The datasets most asked for, whatever of theirs: page, file or rows."""
    resource = sa.table("resource", sa.column("id"), sa.column("package_id"))
    dataset = sa.func.coalesce(resource.c.package_id, visits.c.thing).label("thing")
    people = sa.func.sum(visits.c.people).label("people")
    asking = (
        sa.select(dataset, people, sa.func.sum(visits.c.robots).label("robots"))
        .select_from(visits.outerjoin(resource, resource.c.id == visits.c.thing))
        .where(visits.c.kind.in_(kinds), visits.c.day >= since)
        .group_by(dataset)
        .having(sa.func.sum(visits.c.people) > 0)
        .order_by(people.desc(), dataset)
        .limit(limit)
    )
    with _engine().connect() as connection:
        return [Total(row.thing, row.people, row.robots) for row in connection.execute(asking)]


def by_day(since: date) -> list[dict[str, Any]]:
    """`{"day", "kind", "people", "robots"}` for each day and kind, the oldest first."""
    asking = (
        sa.select(
            visits.c.day,
            visits.c.kind,
            sa.func.sum(visits.c.people).label("people"),
            sa.func.sum(visits.c.robots).label("robots"),
        )
        .where(visits.c.day >= since)
        .group_by(visits.c.day, visits.c.kind)
        .order_by(visits.c.day, visits.c.kind)
    )
    with _engine().connect() as connection:
        return [dict(row) for row in connection.execute(asking).mappings()]


def every_row(since: date) -> Iterable[Sequence[Any]]:
    """Each count with the name of its thing: day, kind, id, name, people, robots; for the CSV."""
    pairs = [_columns(table) for table in NAMES if _is_there(table)]
    names = [
        sa.select(named).where(key == visits.c.thing).scalar_subquery() for key, named in pairs
    ]
    name = sa.func.coalesce(*names, "").label("name")
    columns = (visits.c.day, visits.c.kind, visits.c.thing, name, visits.c.people, visits.c.robots)
    asking = sa.select(*columns).where(visits.c.day >= since).order_by(*columns[:3])
    with _engine().connect() as connection:
        yield from connection.execution_options(yield_per=1000).execute(asking)


def words(since: date, *, in_vain: bool, limit: int) -> list[dict[str, Any]]:
    """`{"terms", "asked", "found"}`: what was searched most; with `in_vain`, and not found."""
    number = sa.func.sum(searches.c.asked).label("asked")
    # What the latest day found: a search that was in vain may have its dataset by now.
    latest = sa.func.array_agg(aggregate_order_by(searches.c.found, searches.c.day.desc()))[1]
    found = latest.label("found")
    asking = (
        sa.select(searches.c.terms, number, found)
        .where(searches.c.day >= since)
        .group_by(searches.c.terms)
        .order_by(number.desc(), searches.c.terms)
        .limit(limit)
    )
    if in_vain:
        asking = asking.having(latest == 0)
    with _engine().connect() as connection:
        return [dict(row) for row in connection.execute(asking).mappings()]


def forget_searches(before: date) -> int:
    """Erase the words searched before a day; how many rows went."""
    with _engine().begin() as connection:
        return connection.execute(sa.delete(searches).where(searches.c.day < before)).rowcount


def _adding() -> Insert:
    adding = insert(visits)
    return adding.on_conflict_do_update(
        index_elements=["day", "kind", "thing"],
        set_={name: visits.c[name] + adding.excluded[name] for name in ("people", "robots")},
    )


def _adding_searches() -> Insert:
    adding = insert(searches)
    return adding.on_conflict_do_update(
        index_elements=["day", "terms"],
        set_={"asked": searches.c.asked + adding.excluded.asked, "found": adding.excluded.found},
    )


def _known(
    connection: sa.Connection, counted: Iterable[tuple[date, str, str, bool]]
) -> dict[tuple[str, str], str]:
    """`{(kind, key): id}` of what is there: one query a table, whatever the number of keys."""
    wanted: dict[str, set[str]] = {}
    pairs = {(kind, key) for _, kind, key, _ in counted}
    for kind, key in pairs:
        for table in NAMED[kind]:
            wanted.setdefault(table, set()).add(key)
    ids = {table: _ids(connection, table, sorted(keys)) for table, keys in wanted.items()}
    found: dict[tuple[str, str], str] = {}
    for kind, key in pairs:
        for table in NAMED[kind]:
            if key in ids[table]:
                found[kind, key] = ids[table][key]
                break
    return found


def _ids(connection: sa.Connection, name: str, keys: list[str]) -> dict[str, str]:
    if not _is_there(name):
        return {}
    identifier, named = _columns(name)
    asking = sa.select(identifier, named).where(sa.or_(identifier.in_(keys), named.in_(keys)))
    ids: dict[str, str] = {}
    for row in connection.execute(asking):
        ids[row[0]] = ids[row[1]] = row[0]
    return ids


def _is_there(table: str) -> bool:
    """Pages have a plugin of their own."""
    return table != PAGES or plugin_loaded("grandpoitiers_pages")


def _columns(table: str) -> tuple[sa.ColumnClause[Any], sa.ColumnClause[Any]]:
    """The id and the name in addresses, of one table."""
    columns = sa.table(table, *map(sa.column, dict.fromkeys(("id", NAMES[table])))).c
    return columns.id, columns[NAMES[table]]


def _engine() -> sa.Engine:
    engine = model.meta.engine
    if engine is None:
        raise SQLAlchemyError("CKAN has no database yet.")
    return engine
