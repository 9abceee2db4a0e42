"""Which published files follow which schema, and how they stand: for pages that anybody reads."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model

from ckanext.scdl.coverage import Published
from ckanext.scdl.model import reports


def followers(schema: str = "") -> list[dict[str, Any]]:
    """The judged files of public datasets, of one schema or of all, by dataset title.

    Each has ``schema``, ``version``, ``verdict``, ``errors``, ``modified``, ``resource``,
    ``dataset`` (its name), ``title``, ``organisation`` (its id) and ``organisation_title``.
    """
    package, resource, organisation = model.Package, model.Resource, model.Group
    query = (
        sa.select(
            reports.c.schema.label("follows"),
            reports.c.verdict,
            reports.c.errors,
            sa.func.coalesce(
                resource.last_modified, resource.metadata_modified, resource.created
            ).label("modified"),
            resource.id.label("resource"),
            package.name.label("dataset"),
            package.title.label("title"),
            package.owner_org.label("organisation"),
            organisation.title.label("organisation_title"),
        )
        .join(resource, resource.id == reports.c.resource_id)
        .join(package, package.id == resource.package_id)
        .outerjoin(organisation, organisation.id == package.owner_org)
        .where(
            resource.state == "active", package.state == "active", package.private.is_(other=False)
        )
        .order_by(package.title)
    )
    if schema:
        query = query.where(reports.c.schema.startswith(f"{schema}@", autoescape=True))
    return [_row(dict(row)) for row in model.Session.execute(query).mappings()]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    name, _, version = row.pop("follows").partition("@")
    # CKAN keeps its moments in UTC and does not say so.
    modified: datetime = row["modified"].replace(tzinfo=UTC)
    return {**row, "schema": name, "version": version, "modified": modified}


def published(row: dict[str, Any]) -> Published:
    """The same for the table of who publishes what."""
    return Published(
        row["organisation"] or "", row["schema"], row["verdict"], row["modified"], row["dataset"]
    )


def organisations() -> dict[str, str]:
    """``{id: title}`` of every organisation, in the order of their titles."""
    group = model.Group
    query = sa.select(group.id, group.title, group.name).where(
        group.is_organization.is_(other=True), group.state == "active"
    )
    found = {row.id: row.title or row.name for row in model.Session.execute(query)}
    return dict(sorted(found.items(), key=lambda item: item[1].lower()))


def codes() -> dict[str, str]:
    """``{id: INSEE code}`` of the organisations that have one in their form (``insee``)."""
    columns = model.group_table.c
    code = columns["extras"]["insee"].astext
    query = sa.select(columns["id"], code.label("code")).where(
        columns["is_organization"].is_(other=True), columns["state"] == "active", code != ""
    )
    return {row.id: row.code for row in model.Session.execute(query)}
