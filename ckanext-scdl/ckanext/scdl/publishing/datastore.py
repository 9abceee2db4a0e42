"""Tables of the DataStore made by COPY beside the one that is read, and put in its place at once.

A reader sees the former table or the new one whole, never half of one. The words of CKAN's search
(``q``) cost ten times the rows: on large tables they come a second time, when all else is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import ckan.plugins.toolkit as tk
from ckanext.datastore.backend import DatastoreBackend
from ckanext.datastore.backend.postgres import get_write_engine
from psycopg2.sql import SQL, Composable, Identifier, Literal

from ckanext.scdl.columnar import pl
from ckanext.scdl.files.dictionary import Entry
from ckanext.scdl.files.figures import Figures

STAGING = "_scdl_"
"""Tables whose name begins with an underscore are in no list of the DataStore."""
WORDS_AT_ONCE = 20_000
"""Rows up to which the words of the search are made with the table."""
LOCK_TIMEOUT = "20s"
"""How long the exchange of tables waits for a reader that won't end."""


class Column(NamedTuple):
    """A column: name, PostgreSQL's type, and the comment in which CKAN keeps its dictionary."""

    name: str
    type: str
    comment: str = ""


class Copied:
    """Frames of texts as the CSV that COPY reads, where a null is an unquoted nothing."""

    def __init__(self, frames: Iterable[pl.DataFrame]) -> None:
        self._pieces = (frame.write_csv(include_header=False).encode() for frame in frames)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, nothing at the end: what psycopg2 asks of a file."""
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._left = piece
        size = len(self._left) if size < 0 else size
        piece, self._left = self._left[:size], self._left[size:]
        return piece


def load(
    resource_id: str, entries: Sequence[Entry], frames: Iterable[pl.DataFrame], *, words: bool
) -> int:
    """Make the table of a resource anew with the rows of ``frames``; the number of rows.

    ``frames`` have a column of texts for each of ``entries``, as PostgreSQL reads its type. What
    was there is replaced, or stays as it is when anything fails. Without ``words`` the search
    finds no word before `make_words`. Raises psycopg2's Error.
    """
    staging = f"{STAGING}{resource_id}"
    try:
        rows = stage(resource_id, staging, entries, frames, words=words)
        with exchanged(resource_id, staging, rows):
            pass
    finally:
        drop(staging)
    return rows


def stage(
    resource_id: str,
    staging: str,
    entries: Sequence[Entry],
    frames: Iterable[pl.DataFrame],
    *,
    words: bool,
) -> int:
    """Make table ``staging`` with what `load` would make of a resource's; the number of rows.

    Nobody reads it before `exchanged`. Raises psycopg2's Error.
    """
    columns = _with_comments(resource_id, entries)
    with _transaction() as cursor:
        _create(cursor, staging, columns)
        if words:
            _follow_words(cursor, staging)
        names = SQL(", ").join(Identifier(column.name) for column in columns)
        copy = SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)")
        cursor.copy_expert(copy.format(Identifier(staging), names), Copied(frames))
        rows = int(cursor.rowcount)
        if words:
            _index_words(cursor, staging)
    return rows


@contextmanager
def exchanged(resource_id: str, staging: str, rows: int) -> Generator[None]:
    """Table ``staging`` in the place of a resource's, once the block has ended well.

    Readers wait while it runs: they find the former table until then and the new one after.
    """
    with _transaction() as cursor:
        _put_in_place(cursor, staging, resource_id)
        cursor.execute(_COUNTED, {"name": resource_id, "rows": rows})
        yield


def make_words(resource_id: str) -> None:
    """Give a large table the words of the search, in a copy that then takes its place."""
    staging = f"{STAGING}{resource_id}"
    try:
        with _transaction() as cursor:
            columns = _describe(cursor, resource_id)
            _create(cursor, staging, columns)
            _follow_words(cursor, staging)
            names = SQL(", ").join(map(Identifier, ("_id", *(one.name for one in columns))))
            # The trigger fills the column of words.
            copy = SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY _id")
            source = Identifier(resource_id)
            cursor.execute(copy.format(Identifier(staging), names, names, source))
            _index_words(cursor, staging)
            last = SQL("SELECT setval({}, (SELECT coalesce(max(_id), 1) FROM {}))")
            cursor.execute(last.format(Literal(f'"{staging}__id_seq"'), Identifier(staging)))
        with _transaction() as cursor:
            _put_in_place(cursor, staging, resource_id)
    finally:
        drop(staging)


def figures(resource_id: str, names: Sequence[str]) -> dict[str, Figures]:
    """The number and the sum of the cells of columns of numbers of a resource's table."""
    asked = [SQL("count({0}), sum({0})::float8").format(Identifier(name)) for name in names]
    query = SQL("SELECT {} FROM {}").format(SQL(", ").join(asked), Identifier(resource_id))
    with _transaction() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    pairs = zip(names, row[::2], row[1::2], strict=True)
    return {name: Figures(int(count), float(total or 0)) for name, count, total in pairs}


def lacks_words(resource_id: str) -> bool:
    """Whether the table is there but CKAN's search can't find its words yet."""
    with _transaction() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = c.oid)"
            " FROM pg_class c WHERE c.oid = to_regclass(%s)",
            [f'"{resource_id}"'],
        )
        found = cursor.fetchone()
        return bool(found and found[0])


def exists(name: str) -> bool:
    """Whether there is such a table."""
    with _transaction() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'"{name}"'])
        return bool(cursor.fetchone()[0])


def first_rows(name: str, limit: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The columns of a table (``id``, ``type``, ``info``: its dictionary) and its first rows."""
    with _transaction() as cursor:
        columns = [
            {"id": one.name, "type": one.type, "info": json.loads(one.comment or "{}").get("_info")}
            for one in _describe(cursor, name)
        ]
        names = SQL(", ").join(Identifier(one["id"]) for one in columns)
        query = SQL("SELECT {} FROM {} ORDER BY _id LIMIT %s").format(names, Identifier(name))
        cursor.execute(query, [limit])
        keys = [one["id"] for one in columns]
        rows = [dict(zip(keys, row, strict=True)) for row in cursor.fetchall()]
    return columns, rows


def named(prefix: str) -> list[str]:
    """The tables whose names begin so."""
    with _transaction() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND starts_with(relname, %s)",
            [prefix],
        )
        return [str(row[0]) for row in cursor.fetchall()]


def drop(name: str) -> None:
    """Drop a table, if it is there."""
    with _transaction() as cursor:
        cursor.execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(Identifier(name)))


@contextmanager
def _transaction() -> Generator[Any]:
    """A cursor of psycopg2; its transaction is kept at the end, or undone by an error."""
    with get_write_engine().begin() as connection:
        cursor = connection.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()


# -- the new table


def _with_comments(resource_id: str, entries: Sequence[Entry]) -> list[Column]:
    """The columns of ``entries``; what other plugins keep in comments stays."""
    known = DatastoreBackend.get_active_backend().resource_plugin_data(resource_id)
    columns: list[Column] = []
    for entry in entries:
        said = {"label": entry.label, "notes": entry.description, "unit": entry.unit}
        former = known.get(entry.id, {})
        info = {**former.get("_info", {}), **{key: text for key, text in said.items() if text}}
        comment = json.dumps({**former, "_info": info}, ensure_ascii=False)
        # CKAN tells the present form of its comments by the space in front.
        columns.append(Column(entry.id, entry.store_type, f" {comment}"))
    return columns


def _create(cursor: Any, name: str, columns: Sequence[Column]) -> None:
    table = Identifier(name)
    cursor.execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(table))
    said: list[Composable] = [SQL("_id serial PRIMARY KEY"), SQL("_full_text tsvector")]
    said += [SQL("{} {}").format(Identifier(one.name), SQL(one.type)) for one in columns]
    cursor.execute(SQL("CREATE TABLE {} ({})").format(table, SQL(", ").join(said)))
    comment = SQL("COMMENT ON COLUMN {}.{} IS {}")
    for one in columns:
        if one.comment:
            text = Literal(one.comment)
            cursor.execute(comment.format(table, Identifier(one.name), text))


def _describe(cursor: Any, name: str) -> list[Column]:
    cursor.execute(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod),"
        " coalesce(col_description(a.attrelid, a.attnum), '')"
        " FROM pg_attribute a WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0"
        " AND NOT a.attisdropped AND NOT starts_with(a.attname, '_') ORDER BY a.attnum",
        [f'"{name}"'],
    )
    return [Column(*row) for row in cursor.fetchall()]


# -- the words of the search


def _follow_words(cursor: Any, name: str) -> None:
    """CKAN's own trigger, that fills ``_full_text`` whenever a row is written."""
    cursor.execute(
        SQL(
            "CREATE TRIGGER zfulltext BEFORE INSERT OR UPDATE ON {}"
            " FOR EACH ROW EXECUTE PROCEDURE populate_full_text_trigger()"
        ).format(Identifier(name))
    )


def _index_words(cursor: Any, name: str) -> None:
    method = tk.config["ckan.datastore.default_fts_index_method"]
    index = SQL("CREATE INDEX {} ON {} USING {} (_full_text)")
    names = Identifier(_words_index(name)), Identifier(name)
    cursor.execute(index.format(*names, Identifier(method)))


def _words_index(name: str) -> str:
    """The name that CKAN gives to this index: it makes another when it doesn't find it."""
    return hashlib.sha1(f'{name}"_full_text"'.encode(), usedforsecurity=False).hexdigest()


# -- the exchange


def _put_in_place(cursor: Any, staging: str, name: str) -> None:
    """``staging`` takes the name, the place and the aliases of table ``name``."""
    cursor.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(LOCK_TIMEOUT)))
    cursor.execute('SELECT name FROM "_table_metadata" WHERE alias_of = %s', [name])
    aliases = [row[0] for row in cursor.fetchall()]
    table = Identifier(name)
    cursor.execute(SQL("DROP TABLE IF EXISTS {} CASCADE").format(table))
    cursor.execute(SQL("ALTER TABLE {} RENAME TO {}").format(Identifier(staging), table))
    rename = SQL("ALTER {} IF EXISTS {} RENAME TO {}")
    for kind, former, now in (
        ("SEQUENCE", f"{staging}__id_seq", f"{name}__id_seq"),
        ("INDEX", f"{staging}_pkey", f"{name}_pkey"),
        ("INDEX", _words_index(staging), _words_index(name)),
    ):
        cursor.execute(rename.format(SQL(kind), Identifier(former), Identifier(now)))
    for alias in aliases:
        view = SQL("CREATE VIEW {} AS SELECT * FROM {}").format(Identifier(alias), table)
        cursor.execute(view)


_COUNTED = """
    INSERT INTO "_table_stats" VALUES (%(name)s, jsonb_build_object('rows', %(rows)s))
    ON CONFLICT ("resource_id") DO UPDATE SET "stats" = EXCLUDED."stats"
"""
"""The number of rows, that CKAN would otherwise count at the first search."""
