"""Public datasets as the database has them at one instant: their ids, versions and contents.

One transaction, REPEATABLE READ and read-only, on a connection of its own: what is edited
meanwhile is not seen, and no edition waits. The dicts hold what `package_show` would give for the
fields that exports use (a test compares them), a hundred times faster.
"""

from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import plugins as lib_plugins
from ckan.model import meta
from ckan.plugins import plugin_loaded
from sqlalchemy import orm

from ckanext.grandpoitiers.interchange import queries, rows
from ckanext.grandpoitiers.interchange.portal import Organisation
from ckanext.grandpoitiers.interchange.rows import Dataset
from ckanext.grandpoitiers.interchange.scope import Kind, Scope

NOT_DATASETS = ("harvest", "showcase")
"""Types of CKAN packages that are no dataset, as ckanext-dcat has them."""
BATCH = 200
SCHEMAS = "scdl"
"""The plugin that checks files against their schemas."""


class Version(NamedTuple):
    """A public dataset at one instant: `mark` changes with anything its export is made of."""

    id: str
    mark: str
    modified: str


@dataclass(frozen=True, slots=True)
class Relation:
    """`subject` is in the series `value`, or serves the dataset `value`; both are ids."""

    subject: str
    property: str
    value: str


@contextmanager
def snapshot(patience: int = 60) -> "Generator[Snapshot]":
    """The database at this instant, until the block ends.

    A reader that stays silent for `patience` seconds is cut off: its transaction would keep the
    database from cleaning up.
    """
    if meta.engine is None:
        raise RuntimeError("CKAN's database engine is not ready")
    with meta.engine.connect() as connection:
        reading = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with reading.begin():
            limit = f"SET LOCAL idle_in_transaction_session_timeout = {patience * 1000:d}"
            reading.execute(sa.text(limit))
            yield Snapshot(reading)


class Snapshot:
    """Reads from one transaction; see `snapshot`."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection

    def versions(self, scope: Scope, ids: Collection[str] | None = None) -> list[Version]:
        """The public datasets of a catalogue, by id; `ids` limits the answer."""
        parameters: dict[str, Any] = {"not_datasets": list(NOT_DATASETS), "id": scope.id}
        where = queries.PUBLIC + self._condition(scope, parameters)
        if ids is not None:
            where += " AND p.id = ANY(:ids)"
            parameters["ids"] = list(ids)
        checked = plugin_loaded(SCHEMAS)
        within = queries.WITHIN if ids is not None else ""
        query = sa.text(
            queries.VERSIONS.format(
                where=where,
                mark=queries.CHECKED_MARK if checked else "",
                join=queries.CHECKED_JOIN.format(within=within) if checked else "",
                within=within,
                member_within=queries.MEMBER_WITHIN if ids is not None else "",
            )
        )
        found = [
            Version(str(key), f"{mark}-{modified.isoformat()}", modified.isoformat())
            for key, mark, modified in self.connection.execute(query, parameters)
        ]
        seen = set(self._seen([one.id for one in found]))
        return [one for one in found if one.id in seen]

    def _condition(self, scope: Scope, parameters: dict[str, Any]) -> str:
        if scope.kind is Kind.COMMUNE:
            parameters["quoted"] = f'%"{scope.id}"%'
        if scope.kind is Kind.OFFERED:
            parameters["withheld"] = self._withheld()
            return queries.SCOPES[scope.kind] if parameters["withheld"] else ""
        return queries.SCOPES[scope.kind]

    def _withheld(self) -> list[str]:
        """The harvest sources whose records data.gouv.fr has by another way."""
        if not plugin_loaded("grandpoitiers_harvest"):
            return []
        sources = self.connection.execute(sa.text("SELECT id, config FROM harvest_source"))
        return [str(key) for key, written in sources if not rows.offered(written)]

    def visible(self, ids: Sequence[str]) -> set[str] | None:
        """Those that a visitor may see, where a plugin decides it; None for CKAN's own rule, which
        the query already follows."""
        labels = lib_plugins.get_permission_labels()
        if type(labels) is lib_plugins.DefaultPermissionLabels or getattr(
            labels, "visitors_see_what_is_not_private", False
        ):
            return None
        anybody = set(labels.get_user_dataset_labels(None))
        with orm.Session(bind=self.connection) as session:
            query = session.query(model.Package).filter(model.Package.id.in_(ids)).yield_per(BATCH)
            return {
                package.id for package in query if anybody & set(labels.get_dataset_labels(package))
            }

    def _seen(self, ids: Sequence[str]) -> Sequence[str]:
        visible = self.visible(ids)
        return ids if visible is None else [one for one in ids if one in visible]

    def find(self, name_or_id: str) -> str | None:
        """The id of a public dataset by its name or id."""
        known = {"key": name_or_id, "not_datasets": list(NOT_DATASETS)}
        ids = [str(key) for (key,) in self.connection.execute(sa.text(queries.FIND), known)]
        return next(iter(self._seen(ids)), None)

    def group(self, name_or_id: str, organisation: bool) -> tuple[str, str, str] | None:
        """`(id, name, title)` of an active organisation or theme."""
        query = sa.text(
            'SELECT id, name, title FROM "group" WHERE (name = :key OR id = :key)'
            " AND state = 'active' AND is_organization = :organisation AND type = :type"
        )
        kind = "organization" if organisation else "group"
        parameters = {"key": name_or_id, "organisation": organisation, "type": kind}
        row = self.connection.execute(query, parameters).first()
        return None if row is None else (str(row[0]), str(row[1]), str(row[2] or row[1]))

    def datasets(self, ids: Sequence[str]) -> Iterable[Dataset]:
        """The datasets of these ids, in the order of the ids."""
        for start in range(0, len(ids), BATCH):
            yield from self._read(ids[start : start + BATCH])

    def _read(self, ids: Sequence[str]) -> list[Dataset]:
        resources, tags, groups = (
            self._by_package(query, ids)
            for query in (queries.RESOURCES, queries.TAGS, queries.GROUPS)
        )
        lists, checked = self._listed, self._checked(ids)
        found: dict[str, Dataset] = {}
        for row in self._rows(queries.PACKAGES, ids):
            key = str(row["id"])
            dataset = {name: value for name, value in row.items() if name != "extras"}
            dataset.update(rows.loaded(row["extras"] or {}, lists))
            dataset["resources"] = [
                {**rows.resource(one, lists), **checked.get(one["id"], {})}
                for one in resources[key]
            ]
            dataset["tags"] = [{"name": one["name"]} for one in tags[key]]
            dataset["groups"] = [{"name": one["name"]} for one in groups[key]]
            found[key] = rows.dated(dataset)
        return [found[key] for key in ids if key in found]

    def _checked(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What the check of each file against its schema found."""
        if not plugin_loaded(SCHEMAS):
            return {}
        return {
            row["resource_id"]: {name: row[name] for name in row if name.startswith("scdl_")}
            for row in self._rows(queries.CHECKED, ids)
        }

    def _rows(self, query: str, ids: Sequence[str]) -> list[dict[str, Any]]:
        result = self.connection.execute(sa.text(query), {"ids": list(ids)})
        names = list(result.keys())
        return [dict(zip(names, row, strict=True)) for row in result.all()]

    def _by_package(self, query: str, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows(query, ids):
            found[str(row["package_id"])].append(row)
        return found

    @cached_property
    def _listed(self) -> frozenset[str]:
        return listed_fields()

    def relations(self, ids: Sequence[str]) -> list[Relation]:
        """What binds these datasets to other public ones: their series, and what services serve."""
        known = {"ids": list(ids), "not_datasets": list(NOT_DATASETS)}
        series = [
            Relation(str(child), "inSeries", str(parent))
            for child, parent in self.connection.execute(sa.text(queries.SERIES), known)
        ]
        seen = set(self._seen([one.value for one in series]))
        return [one for one in series if one.value in seen] + self._served(known)

    def _served(self, known: Mapping[str, Sequence[str]]) -> list[Relation]:
        wanted = {
            str(key): [str(one) for one in rows.as_list(written) if rows.storable(str(one))]
            for key, written in self.connection.execute(sa.text(queries.SERVING), known)
        }
        identifiers = list({one for ones in wanted.values() for one in ones})
        parameters = {**known, "identifiers": identifiers}
        if not identifiers:
            return []
        served = self.connection.execute(sa.text(queries.IDENTIFIED), parameters).all()
        seen = set(self._seen([str(key) for _, key in served]))
        datasets = {str(identifier): str(key) for identifier, key in served if str(key) in seen}
        return [
            Relation(service, "servesDataset", datasets[one])
            for service, ones in wanted.items()
            for one in dict.fromkeys(ones)
            if one in datasets and datasets[one] != service
        ]

    def organisations(self) -> list[Organisation]:
        """The active organisations, with what people wrote in their additional fields."""
        return [
            Organisation(
                str(key), str(name), str(title or name), *(value or "" for value in numbers)
            )
            for key, name, title, *numbers in self.connection.execute(
                sa.text(queries.ORGANISATIONS)
            )
        ]


def listed_fields() -> frozenset[str]:
    """Fields that the dataset types keep as JSON: lists, and repeating sub-fields.

    Lists among the sub-fields of a field are named `field.subfield`.
    """
    found: set[str] = set()
    try:
        schemas = tk.get_action("scheming_dataset_schema_list")({}, {})
    except KeyError:
        return frozenset()
    for name in schemas:
        schema = tk.get_action("scheming_dataset_schema_show")({}, {"type": name})
        found.update(_listed([*schema["dataset_fields"], *schema["resource_fields"]]))
    return frozenset(found)


def _listed(fields: list[dict[str, Any]], within: str = "") -> Iterator[str]:
    for field in fields:
        path = within + field["field_name"]
        if "multiple" in f"{field.get('validators', '')}{field.get('preset', '')}":
            yield path
        if "repeating_subfields" in field:
            yield path
            yield from _listed(field["repeating_subfields"], f"{path}.")
