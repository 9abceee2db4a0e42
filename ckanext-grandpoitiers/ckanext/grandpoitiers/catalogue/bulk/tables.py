"""CKAN's tables, read and written a batch of datasets at a time. Nothing here commits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.dictization import model_dictize, table_dictize
from ckan.lib.helpers import helper_functions
from ckan.model.license import LicenseRegister
from ckan.types import Context

from ckanext.grandpoitiers.catalogue.bulk.form import Valid
from ckanext.grandpoitiers.catalogue.bulk.rows import TABLES, Facts, Row, Rows, Stored, make_id
from ckanext.grandpoitiers.catalogue.bulk.shown import Around

package: Any = model.package_table
resource: Any = model.resource_table
tag: Any = model.tag_table
package_tag: Any = model.package_tag_table
member: Any = model.member_table
group: Any = model.group_table
relationship: Any = model.package_relationship_table

_TABLES = dict(zip(TABLES, (package, resource, package_tag, member), strict=True))
_TAGS_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('grandpoitiers_tags', 0))")


def facts(valids: Sequence[Valid]) -> Facts:
    """The ids of the groups, organisations and tags that datasets name; new tags are made."""
    owners = {valid.owner for valid in valids}
    groups = {name for valid in valids for name in valid.groups}
    return Facts(
        groups=_group_ids(group.c.name.in_(groups)),
        organisations=_organisation_ids(owners),
        tags=_tag_ids({name for valid in valids for name in valid.tags}),
    )


def _group_ids(chosen: Any) -> dict[str, str]:
    return _pairs(sa.select(group.c.name, group.c.id).where(chosen))


def group_names() -> dict[str, str]:
    """The names of the groups that are not organisations, by id."""
    return _pairs(sa.select(group.c.id, group.c.name).where(group.c.is_organization.is_(False)))


def _organisation_ids(owners: Collection[str]) -> dict[str, str]:
    """By name and by id: a dataset may give either."""
    chosen = group.c.is_organization & sa.or_(group.c.name.in_(owners), group.c.id.in_(owners))
    found = _group_ids(chosen)
    return found | {id: id for id in found.values()}


def _tag_ids(names: Collection[str]) -> dict[str, str]:
    query = sa.select(tag.c.name, tag.c.id).where(
        tag.c.vocabulary_id.is_(None), tag.c.name.in_(names)
    )
    found = _pairs(query)
    if found.keys() < set(names):
        # PostgreSQL sees no conflict between tags without a vocabulary: two runs that make the
        # same tag at once would make two. They take turns.
        model.Session.execute(_TAGS_LOCK)
        found = _pairs(query)
        made = {name: make_id() for name in names if name not in found}
        if made:
            rows = [{"id": id, "name": name} for name, id in made.items()]
            model.Session.execute(sa.insert(tag), rows)
        found |= made
    return found


def taken(valids: Sequence[Valid]) -> tuple[dict[str, str], dict[str, str]]:
    """The addresses and resource ids already there: name → dataset's id, resource → dataset's."""
    names = {valid.name for valid in valids}
    ids = {one.id for valid in valids for one in valid.resources}
    return (
        _pairs(sa.select(package.c.name, package.c.id).where(package.c.name.in_(names))),
        _pairs(sa.select(resource.c.id, resource.c.package_id).where(resource.c.id.in_(ids))),
    )


def existing(package_ids: Iterable[str]) -> set[str]:
    """Those of the datasets that are in the database."""
    query = sa.select(package.c.id).where(package.c.id.in_(list(package_ids)))
    return set(model.Session.execute(query).scalars())


def write(rows: Rows) -> None:
    """Insert and update, one statement a table and kind."""
    for name, table in _TABLES.items():
        if rows.new[name]:
            model.Session.execute(sa.insert(table), rows.new[name])
        if rows.changed[name]:
            _update(table, rows.changed[name])


def _update(table: Any, rows: Sequence[Row]) -> None:
    columns = {column: sa.bindparam(f"_{column}") for column in rows[0] if column != "id"}
    statement = sa.update(table).where(table.c.id == sa.bindparam("_id")).values(columns)
    values = [{f"_{column}": value for column, value in row.items()} for row in rows]
    model.Session.connection().execute(statement, values)


def read(package_ids: Collection[str]) -> dict[str, Stored]:
    """The rows of datasets; those with relationships are left out, CKAN shows them."""
    related = _related(package_ids)
    ids = [id for id in package_ids if id not in related]
    packages = _rows(sa.select(package).where(package.c.id.in_(ids)))
    resources = _by(
        "package_id",
        sa.select(resource).where(resource.c.package_id.in_(ids)).order_by(resource.c.position),
    )
    tags = _by(
        "package_id",
        sa.select(
            package_tag.c.id, package_tag.c.package_id, package_tag.c.tag_id,
            package_tag.c.state, tag.c.name, tag.c.vocabulary_id,
        )
        .join(tag, tag.c.id == package_tag.c.tag_id)
        .where(package_tag.c.package_id.in_(ids)),
    )  # fmt: skip
    groups = _by("table_id", sa.select(member).where(member.c.table_id.in_(ids)))
    return {
        one["id"]: Stored(
            one, resources.get(one["id"], ()), tags.get(one["id"], ()), groups.get(one["id"], ())
        )
        for one in packages
    }


def _related(package_ids: Collection[str]) -> set[str]:
    ends = (relationship.c.subject_package_id, relationship.c.object_package_id)
    query = sa.union(*(sa.select(end).where(end.in_(package_ids)) for end in ends))
    return set(model.Session.execute(query).scalars())


def around(found: Iterable[Stored]) -> Around:
    """The groups, organisations and licences that datasets show."""
    found = list(found)
    group_ids = {one["group_id"] for stored in found for one in stored.groups}
    owner_ids = {stored.package["owner_org"] for stored in found}
    context: Context = {"session": model.Session, "with_capacity": False}
    plain: Any = model.Session.execute(
        sa.select(group).where(group.c.id.in_(group_ids), group.c.is_organization.is_(False))
    ).all()
    # CKAN's own dict of a group, in the order that it gives to groups.
    groups = model_dictize.group_list_dictize(
        plain, context, with_package_counts=False, with_member_counts=False
    )
    return Around(
        groups={one["id"]: one for one in groups},
        organisations=_organisations(owner_ids, context),
        licences={id: _licence(id) for id in {one.package["license_id"] for one in found}},
        group_order={one["id"]: rank for rank, one in enumerate(groups)},
    )


def _organisations(ids: Collection[str | None], context: Context) -> dict[str, Mapping[str, Any]]:
    query = sa.select(group).where(group.c.id.in_(ids), group.c.state == "active")
    found = [table_dictize(row, context) for row in model.Session.execute(query)]
    for one in found:
        del one["extras"]
    return {one["id"]: one for one in found}


def _licence(license_id: str | None) -> dict[str, Any]:
    register: LicenseRegister = model.Package.get_license_register()
    licence = register.get(license_id) if license_id else None
    if licence is None:
        return {"isopen": False, "license_title": license_id}
    found = {"isopen": licence.isopen(), "license_title": licence.title}
    if licence.url:
        found |= {"license_title": licence.title.split("::")[-1], "license_url": licence.url}
    return found


def _pairs(query: Any) -> dict[str, str]:
    return dict(model.Session.execute(query).tuples().all())


def _rows(query: Any) -> list[Mapping[str, Any]]:
    # Plain dicts: SQLAlchemy's mappings look each column up again at every access.
    return [dict(row) for row in model.Session.execute(query).mappings()]


def _by(column: str, query: Any) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in _rows(query):
        found.setdefault(row[column], []).append(row)
    return found


def format_name(text: str) -> str:
    """A format as CKAN writes it."""
    return helper_functions.unified_resource_format(text)
