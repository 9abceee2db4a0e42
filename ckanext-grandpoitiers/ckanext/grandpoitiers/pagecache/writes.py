"""Notices, in every CKAN process, that a transaction which wrote something has ended.

SQLAlchemy tells: of each statement, of the commit (just before it) and of the connection's return
to its pool (just after). Both are told on: a page made between the two is only kept briefly
(`generation.YOUNG`).
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import ckan.plugins.toolkit as tk
from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import Pool

from ckanext.grandpoitiers.pagecache.generation import Generations
from ckanext.grandpoitiers.pagecache.remembered import Remembered

WRITING = re.compile(
    r"\s*(?:insert|update|delete|merge|copy|truncate|alter|create|drop)\b"
    r"|\s*with\b.*\b(?:insert\s+into|update|delete\s+from)\b",
    re.IGNORECASE | re.DOTALL,
)
QUIET = re.compile(
    r'\s*(?:update\s+(?:api_token\s+set\s+last_access|"user"\s+set\s+last_active)'
    r"|insert\s+into\s+grandpoitiers_traffic)",
    re.IGNORECASE,
)
"""Notes on who was here: no page shows them."""
WROTE, ENDED = "portal_wrote", "portal_ended"


def is_change(statement: str) -> bool:
    """Whether what a visitor sees may be another after this SQL statement."""
    return WRITING.match(statement) is not None and QUIET.match(statement) is None


@cache
def generations() -> Generations:
    """This portal's, from CKAN's settings."""
    return Generations.at(tk.config["ckan.redis.url"], tk.config["ckan.site_id"])


@cache
def remembered() -> Remembered:
    """What this process keeps until the next change."""
    return Remembered(generations())


def watch() -> None:
    """Listen to every engine of this process; once, however often it is asked."""
    for target, name, listener in LISTENERS:
        if not event.contains(target, name, listener):
            event.listen(target, name, listener)


def _statement(connection: Connection, cursor: Any, statement: str, *_rest: Any) -> None:
    if is_change(statement):
        connection.info[WROTE] = True


def _commit(connection: Connection) -> None:
    if connection.info.pop(WROTE, False):
        connection.info[ENDED] = True
        generations().advance()


def _rollback(connection: Connection) -> None:
    connection.info.pop(WROTE, None)


def _returned(dbapi_connection: Any, record: Any) -> None:
    record.info.pop(WROTE, None)
    if record.info.pop(ENDED, False):
        generations().advance()


LISTENERS: tuple[tuple[type[Any], str, Callable[..., None]], ...] = (
    (Engine, "before_cursor_execute", _statement),
    (Engine, "commit", _commit),
    (Engine, "rollback", _rollback),
    (Pool, "checkin", _returned),
)
