"""A feed's place in the catalogue: its dataset, its resource, its table in the DataStore.

Through CKAN's actions, in the name of whoever asks. The rows are never written by them.
"""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.datastore.backend.postgres import get_write_engine

from ckanext.realtime.feed import Feed
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.rows import CanonicalTable
from ckanext.realtime.store import ledger
from ckanext.realtime.store.live import CLOSED
from ckanext.realtime.store.preparing import prepare
from ckanext.realtime.store.schema import ensure

RENAMED = {"organisation": "owner_org", "licence": "license_id"}
"""The words of feeds.yaml, where CKAN's own are others."""
FORMER = "old_identifier"
"""What a former platform called the resource: a field of the resource, not of its dataset."""


def dataset(context: Context, feed: Feed) -> str:
    """The id of the feed's dataset, made when the declaration says enough to make it.

    Raises ObjectNotFound when it is missing and only named, NotAuthorized, ValidationError.
    """
    name = feed.dataset["name"]
    try:
        return tk.get_action("package_show")(tk.fresh_context(context), {"id": name})["id"]
    except tk.ObjectNotFound:
        if not feed.dataset.get("title"):
            raise
    made = tk.get_action("package_create")(tk.fresh_context(context), _fields(feed.dataset))
    return made["id"]


def resource(context: Context, feed: Feed, package_id: str, table: CanonicalTable) -> str:
    """Make the resource and its table, empty, with the data dictionary; the resource's id."""
    former = feed.dataset.get(FORMER)
    made = tk.get_action("datastore_create")(
        tk.fresh_context(context),
        {
            "resource": {
                "package_id": package_id,
                "name": feed.title,
                "description": _description(feed),
                "format": "CSV",
                **({FORMER: former} if former else {}),
            },
            "fields": fields(table),
        },
    )
    return made["resource_id"]


def make_ready(known: KnownFeed) -> None:
    """Turn the table into a live one, with its history and its line in the ledger."""
    with write_session() as session:
        ensure(session)
        with session.cursor() as cursor:
            state = ledger.register(cursor, known.id, known.resource_id)
            prepare(cursor, known.live(state.number))
        session.commit()


def fields(table: CanonicalTable) -> list[dict[str, Any]]:
    """The columns as ``datastore_create`` takes them, with labels and units of the language."""
    return [
        {
            "id": column.name,
            "type": column.type,
            "info": {
                "label": tk._(column.label),
                **({"unit": tk._(column.unit)} if column.unit else {}),
            },
        }
        for column in (*table.columns, CLOSED)
    ]


class write_session:  # noqa: N801  (used as a function)
    """A session on the DataStore's database from CKAN's own pool, for a ``with``.

    It is psycopg2's, as ``store`` wants it; what isn't committed is undone.
    """

    def __enter__(self) -> Any:
        self._lent: Any = get_write_engine().raw_connection()
        return self._lent.driver_connection

    def __exit__(self, *error: object) -> None:
        # Rolls back, and gives it back to the pool.
        self._lent.close()


def _fields(declared: Mapping[str, Any]) -> dict[str, Any]:
    given = {RENAMED.get(key, key): value for key, value in declared.items() if key != FORMER}
    theme = given.pop("theme", None)
    if theme:
        given["groups"] = [{"name": theme}]
    tags = given.get("tags")
    if tags and all(isinstance(tag, str) for tag in tags):
        given["tags"] = [{"name": tag} for tag in tags]
    return given


def _description(feed: Feed) -> str:
    return tk._(
        "Live rows, kept up to date by the portal: read them by the API, by their stable key."
    )
