"""The planning in the database: one query whatever the number of datasets.

Harvested datasets are not planned here: their catalogue decides when they change. Nor is the
portal's own catalogue, which is written as it is asked for, nor what only a live feed fills:
nobody owes a file for them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from ckan import model
from ckan.plugins import plugin_loaded
from sqlalchemy.dialects.postgresql import JSONB, insert

from ckanext.grandpoitiers.interchange.own_catalogue import NAME as CATALOGUE
from ckanext.grandpoitiers.planning.due import Facts
from ckanext.grandpoitiers.planning.model import plans, reminders
from portal_kit.conformity import schemas_of

SEEN = ("audience", "embargo", "shared_with")
"""The fields of a dataset that say who sees it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in charge."""

    id: str
    name: str
    fullname: str


@dataclass(frozen=True, slots=True)
class Planned:
    """A dataset of the planning; `schemas` are names such as `scdl/subventions`."""

    id: str
    name: str
    title: str
    private: bool
    # What says who sees it, with `private` (see `visibility.levels`).
    level: Mapping[str, str]
    organisation: str
    organisation_title: str
    schemas: tuple[str, ...]
    facts: Facts
    referent: Person | None
    stand_in: Person | None

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of those who are told."""
        return tuple(one.id for one in (self.referent, self.stand_in) if one)


def planned(
    zone: ZoneInfo,
    *,
    organisations: Collection[str] | None = None,
    held: Collection[str] = (),
    ids: Collection[str] | None = None,
    of: str | None = None,
) -> list[Planned]:
    """The datasets of these organisations (ids; None: of all), and `held`, by their ids.

    `ids` are those of datasets, None for any; `of` is the id of a user: of all these, those alone
    that they are for. Dates are days in `zone`.
    """
    query = planning_query(zone, organisations, held)
    if of is not None:
        query = query.where(sa.or_(plans.c.referent == of, plans.c.stand_in == of))
    if ids is not None:
        query = query.where(_PACKAGE.c.id.in_(list(ids)))
    rows = model.Session.execute(query).mappings()
    return [_planned(cast("Mapping[str, Any]", row)) for row in rows]


def planning_query(
    zone: ZoneInfo, organisations: Collection[str] | None = None, held: Collection[str] = ()
) -> Any:
    """The query of `planned`, for who counts and cuts before reading; see `planning.paging`."""
    query = _query(zone)
    if organisations is None:
        return query
    mine = _PACKAGE.c.owner_org.in_(list(organisations))
    return query.where(sa.or_(mine, _PACKAGE.c.id.in_(list(held))))


def in_charge_of(user_id: str) -> list[tuple[str, str]]:
    """`(dataset's id, its organisation's id)` of those that somebody is for."""
    query = (
        sa.select(_PACKAGE.c.id, _PACKAGE.c.owner_org)
        .join(plans, plans.c.package_id == _PACKAGE.c.id)
        .where(
            sa.or_(plans.c.referent == user_id, plans.c.stand_in == user_id),
            _PACKAGE.c.state == model.State.ACTIVE,
        )
    )
    return [(str(row[0]), str(row[1])) for row in model.Session.execute(query)]


def handed_over(package_ids: Collection[str]) -> set[str]:
    """Those of these datasets of which a file waits for its validation already."""
    if not (package_ids and plugin_loaded("scdl")):
        return set()
    query = sa.text(
        "SELECT DISTINCT package_id FROM scdl_submission WHERE package_id = ANY(:ids)"
        " AND state IN ('submitted', 'scheduled', 'publishing')"
        " AND NOT jsonb_exists(wanted, 'restores')"
    )
    return {str(key) for (key,) in model.Session.execute(query, {"ids": list(package_ids)})}


def put_plan(package_id: str, **values: Any) -> None:
    """Change who is in charge of a dataset, or its date."""
    statement = insert(plans).values(package_id=package_id, **values)
    model.Session.execute(
        statement.on_conflict_do_update(index_elements=["package_id"], set_=values)
    )
    model.Session.commit()


def sent_steps(package_ids: Iterable[str]) -> dict[tuple[str, date], int]:
    """The last step that left, of each dataset and date."""
    query = sa.select(reminders).where(reminders.c.package_id.in_(list(package_ids)))
    rows = model.Session.execute(query).mappings()
    return {(row["package_id"], row["due"]): row["step"] for row in rows}


def note_sent(package_id: str, due: date, step: int) -> None:
    """Note that a reminder left."""
    values = {"step": step, "sent": datetime.now(UTC)}
    statement = insert(reminders).values(package_id=package_id, due=due, **values)
    model.Session.execute(
        statement.on_conflict_do_update(index_elements=["package_id", "due"], set_=values)
    )
    model.Session.commit()


_PACKAGE = model.package_table
_GROUP = model.group_table
_REFERENT = model.user_table.alias("referent")
_STAND_IN = model.user_table.alias("stand_in")


def _query(zone: ZoneInfo) -> Any:
    resource = model.resource_table
    # One look-up a dataset: a page reads a hundred of them, a dataset's own page one.
    files = (
        sa.select(sa.func.max(sa.func.coalesce(resource.c.last_modified, resource.c.created)))
        .where(resource.c.package_id == _PACKAGE.c.id, resource.c.state == model.State.ACTIVE)
        .scalar_subquery()
    )
    extras = sa.cast(_PACKAGE.c.extras, JSONB)
    return (
        sa.select(
            _PACKAGE.c.id,
            _PACKAGE.c.name,
            _PACKAGE.c.title,
            _PACKAGE.c.private,
            _PACKAGE.c.owner_org,
            _GROUP.c.name.label("organisation"),
            _GROUP.c.title.label("organisation_title"),
            extras["frequency"].astext.label("frequency"),
            *(extras[one].astext.label(one) for one in SEEN),
            extras["conforms_to"].astext.label("conforms_to"),
            # Moments are kept in UTC and do not say so; people count days on their own clock.
            sa.cast(
                sa.func.timezone(
                    zone.key,
                    sa.func.timezone("UTC", sa.func.coalesce(files, _PACKAGE.c.metadata_created)),
                ),
                sa.Date,
            ).label("updated"),
            plans.c.by_hand,
            plans.c.set_on,
            *_person_columns(_REFERENT, "referent"),
            *_person_columns(_STAND_IN, "stand_in"),
        )
        .select_from(
            _PACKAGE.join(_GROUP, _GROUP.c.id == _PACKAGE.c.owner_org)
            .outerjoin(plans, plans.c.package_id == _PACKAGE.c.id)
            .outerjoin(_REFERENT, _REFERENT.c.id == plans.c.referent)
            .outerjoin(_STAND_IN, _STAND_IN.c.id == plans.c.stand_in)
        )
        .where(
            _PACKAGE.c.state == model.State.ACTIVE,
            _PACKAGE.c.type == "dataset",
            # PostgreSQL takes “has a key” for rare, “is null” too: it would expect a few datasets
            # of thousands, and join them one by one.
            ~extras.has_key("harvest_guid"),
            _PACKAGE.c.name != CATALOGUE,
            *(sa.text(one) for one in _by_themselves()),
        )
    )


def _by_themselves() -> list[str]:
    """Conditions on what other plugins bring up to date; their tables are theirs."""
    found: list[str] = []
    if plugin_loaded("harvest"):
        found.append(
            "NOT EXISTS (SELECT 1 FROM harvest_object o"
            " WHERE o.package_id = package.id AND o.current)"
        )
    if plugin_loaded("realtime"):
        # A dataset with a feed and a file that somebody deposits is still theirs.
        found.append(
            "(package.id NOT IN (SELECT f.package_id FROM realtime_feed f)"
            " OR EXISTS (SELECT 1 FROM resource r WHERE r.package_id = package.id"
            " AND r.state = 'active' AND r.url_type = 'upload'))"
        )
    return found


def _person_columns(table: Any, label: str) -> list[Any]:
    return [table.c[key].label(f"{label}_{key}") for key in ("id", "name", "fullname")]


def _planned(row: Mapping[str, Any]) -> Planned:
    return Planned(
        id=row["id"],
        name=row["name"],
        title=row["title"] or row["name"],
        private=bool(row["private"]),
        level={one: row[one] for one in SEEN if row[one]},
        organisation=row["organisation"],
        organisation_title=row["organisation_title"] or row["organisation"],
        schemas=tuple(dict.fromkeys(one.name for one in schemas_of(row["conforms_to"]))),
        facts=Facts(
            updated=row["updated"],
            frequency=row["frequency"] or "",
            by_hand=row["by_hand"],
            set_on=row["set_on"],
        ),
        referent=_person(row, "referent"),
        stand_in=_person(row, "stand_in"),
    )


def _person(row: Mapping[str, Any], label: str) -> Person | None:
    if not row[f"{label}_id"]:
        return None
    name = row[f"{label}_name"]
    return Person(row[f"{label}_id"], name, row[f"{label}_fullname"] or name)
