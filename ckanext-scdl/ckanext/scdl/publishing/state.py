"""Where files stand, as rows of the database: read and written here and nowhere else."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.scdl.model import deposits, files, matchings, reports, versions
from ckanext.scdl.queue.model import submissions

Row = dict[str, Any]


def _one(table: sa.Table, **keys: Any) -> Row | None:
    where = [table.c[key] == value for key, value in keys.items()]
    row = model.Session.execute(sa.select(table).where(*where)).mappings().first()
    return dict(row) if row else None


def _put(table: sa.Table, values: Mapping[str, Any], **new: Any) -> None:
    """Insert a row, or change what ``values`` says of the one with the same key.

    ``new`` is what only a new row needs.
    """
    keys = [column.name for column in table.primary_key]
    changed = {key: value for key, value in values.items() if key not in keys}
    statement = insert(table).values(**{**new, **values})
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    model.Session.execute(statement)


def _now() -> datetime:
    return datetime.now(UTC)


# -- files


def file_of(resource_id: str) -> Row | None:
    """Where the file of a resource stands."""
    return _one(files, resource_id=resource_id)


def files_of(resource_ids: Iterable[str]) -> dict[str, Row]:
    """The same for several resources, by their ids."""
    query = sa.select(files).where(files.c.resource_id.in_(list(resource_ids)))
    rows = model.Session.execute(query).mappings()
    return {row["resource_id"]: dict(row) for row in rows}


def put_file(resource_id: str, **values: Any) -> None:
    """Change what is known of a file; it is new if nothing was."""
    _put(files, {**values, "resource_id": resource_id, "updated": _now()}, state="waiting")


def due(before: Mapping[str, datetime]) -> list[str]:
    """The resources whose address is to be asked again: ``{refresh: last time allowed}``."""
    asked = [
        sa.and_(files.c.refresh == refresh, files.c.updated < moment)
        for refresh, moment in before.items()
    ]
    query = sa.select(files.c.resource_id).where(sa.or_(*asked))
    return list(model.Session.execute(query).scalars())


def held_back() -> list[Row]:
    """The files whose address gives less than the table has, until somebody accepts it."""
    where = (files.c.state == "failed", files.c.reason["kind"].astext == "takes-away")
    rows = model.Session.execute(sa.select(files).where(*where)).mappings()
    return [dict(row) for row in rows]


def forget(resource_ids: Iterable[str]) -> None:
    """Remove all that is known of resources which are no more."""
    gone = list(resource_ids)
    for table in (files, versions, reports):
        model.Session.execute(sa.delete(table).where(table.c.resource_id.in_(gone)))


# -- versions


def versions_of(resource_id: str) -> list[Row]:
    """Every version kept, the newest first."""
    query = sa.select(versions).where(versions.c.resource_id == resource_id)
    rows = model.Session.execute(query.order_by(versions.c.number.desc())).mappings()
    return [dict(row) for row in rows]


def add_version(resource_id: str, number: int, **values: Any) -> None:
    """Note a version whose files are kept."""
    row = {**values, "resource_id": resource_id, "number": number, "created": _now()}
    _put(versions, row)


def drop_version(resource_id: str, number: int) -> None:
    """Forget a version."""
    where = (versions.c.resource_id == resource_id, versions.c.number == number)
    model.Session.execute(sa.delete(versions).where(*where))


# -- reports


def report_of(resource_id: str) -> Row | None:
    """The last report of a resource."""
    return _one(reports, resource_id=resource_id)


def reports_of(resource_ids: Iterable[str]) -> dict[str, Row]:
    """What the reports of several resources conclude, by their ids; not what they list."""
    columns = [reports.c[name] for name in ("resource_id", "schema", "verdict", "errors", "rows")]
    query = sa.select(*columns).where(reports.c.resource_id.in_(list(resource_ids)))
    rows = model.Session.execute(query).mappings()
    return {row["resource_id"]: dict(row) for row in rows}


def without_schema(before: datetime) -> list[str]:
    """The resources whose schema could not be had, when it was last asked for before then."""
    asked = reports.c.body["missing"].astext == "true"
    query = sa.select(reports.c.resource_id).where(asked, reports.c.checked < before)
    return list(model.Session.execute(query).scalars())


def put_report(resource_id: str, **values: Any) -> None:
    """Keep a report, in place of the one before."""
    _put(reports, {**values, "resource_id": resource_id, "checked": _now()})


def drop_report(resource_id: str) -> None:
    """Forget the report of a resource that follows no schema any more."""
    model.Session.execute(sa.delete(reports).where(reports.c.resource_id == resource_id))


# -- deposits


def deposit(deposit_id: str) -> Row | None:
    """A file being deposited."""
    return _one(deposits, id=deposit_id)


def deposits_of(user_id: str) -> list[Row]:
    """The files that a person is depositing, the last touched first."""
    query = sa.select(deposits).where(deposits.c.user_id == user_id)
    rows = model.Session.execute(query.order_by(deposits.c.touched.desc())).mappings()
    return [dict(row) for row in rows]


def replacements(resource_ids: Iterable[str] | None = None) -> list[Row]:
    """The files being deposited that would take the place of one of these resources' (None: of
    any) and were never handed over, the last first."""
    handed = sa.exists().where(submissions.c.id == deposits.c.id)
    query = sa.select(deposits).where(deposits.c.resource_id != "", ~handed)
    if resource_ids is not None:
        query = query.where(deposits.c.resource_id.in_(list(resource_ids)))
    rows = model.Session.execute(query.order_by(deposits.c.touched.desc())).mappings()
    return [dict(row) for row in rows]


def put_deposit(deposit_id: str, **values: Any) -> None:
    """Note a deposit, or change it."""
    known = deposit(deposit_id)
    if known is None:
        values = {"created": _now(), **values}
        model.Session.execute(sa.insert(deposits).values(**values, id=deposit_id, touched=_now()))
        return
    statement = sa.update(deposits).where(deposits.c.id == deposit_id)
    model.Session.execute(statement.values(**values, touched=_now()))


def drop_deposit(deposit_id: str) -> None:
    """Forget a deposit."""
    model.Session.execute(sa.delete(deposits).where(deposits.c.id == deposit_id))


def stale_deposits(before: datetime) -> list[str]:
    """Deposits that nobody has touched since ``before``."""
    query = sa.select(deposits.c.id).where(deposits.c.touched < before)
    return list(model.Session.execute(query).scalars())


# -- matchings


def matching(owner_org: str, schema: str) -> dict[str, str]:
    """How the files of an organisation name the columns of a schema."""
    row = _one(matchings, owner_org=owner_org, schema=schema)
    return row["columns"] if row else {}


def remember_matching(owner_org: str, schema: str, columns: Mapping[str, str]) -> None:
    """Add to what is remembered of an organisation's columns."""
    known = {**matching(owner_org, schema), **columns}
    _put(matchings, {"owner_org": owner_org, "schema": schema, "columns": known})
