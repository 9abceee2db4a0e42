"""What a producer sent → rows, and problems that name the row. Pure: no ``ckan``, no HTTP client.

JSON (an object or a list), NDJSON, CSV with a header, or the protobuf of GTFS-RT. Columns have the
table's own names; car parks may have any usual ones, as in the feeds that are pulled.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.decoding import decode
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.kinds.canonical import canonical_rows
from ckanext.realtime.kinds.documents import read_json, text_of
from ckanext.realtime.kinds.parking import decode_records
from ckanext.realtime.kinds.records import PREFERRED, Record, flattened
from ckanext.realtime.kinds.tabular import read_table
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.newest import newest
from ckanext.realtime.problems import Kind, Problem
from ckanext.realtime.push.completing import Key, Stored, completed, nothing_stored
from ckanext.realtime.rows import PARKING

PROTOBUF = frozenset(
    ("application/x-protobuf", "application/protobuf", "application/x-google-protobuf",
     "application/octet-stream", "application/vnd.google.protobuf")
)  # fmt: skip
NDJSON = frozenset(("application/x-ndjson", "application/ndjson", "application/jsonl"))
CSV = frozenset(("text/csv", "application/csv"))
EXPLAINED = 2000
"""Rows up to which each problem is traced to its row."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem and the rank of its row: the first is 1, or 2 under the header of a CSV; None for
    the whole."""

    row: int | None
    problem: Problem


@dataclass(frozen=True, slots=True)
class Pushed:
    """What was read; ``is_message`` says that it is a whole GTFS-RT message."""

    decoded: Decoded
    problems: tuple[RowProblem, ...]
    is_message: bool = False


def read(
    known: KnownFeed,
    content: bytes,
    media_type: str,
    now: datetime,
    whole: bool,
    stored: Stored = nothing_stored,
) -> Pushed:
    """The rows of a body. ``whole`` says that what it doesn't hold is no longer there; otherwise
    what a row doesn't name is as it is ``stored``.

    Raises Undecodable when nothing of it can be used.
    """
    told = media_type.partition(";")[0].strip().lower()
    limit = known.settings.limits.bytes
    if len(content) > limit:
        raise Undecodable.because(Kind.TOO_LARGE, size=len(content), limit=limit)
    if told in PROTOBUF and known.feed.kind.startswith("gtfs-rt"):
        decoded = decode(known.feed.kind, content, now, known.settings)
        return Pushed(decoded, tuple(RowProblem(None, one) for one in decoded.problems), True)
    if told in CSV:
        records: Sequence[Mapping[str, Any]] = read_table(content, known.settings.limits)
        return of_records(known, records, now, whole, stored, first=2)
    found = _lines(content) if told in NDJSON else _objects(read_json(content))
    return of_records(known, found, now, whole, stored)


def of_records(
    known: KnownFeed,
    records: Sequence[Mapping[str, Any]],
    now: datetime,
    whole: bool,
    stored: Stored = nothing_stored,
    first: int = 1,
) -> Pushed:
    """The rows of records; ``first`` is the rank of the first one. Raises Undecodable."""
    if not whole:
        records = _completed(known, records, now, stored)
    found = _decoded(known, records, now)
    rows, repeated = newest(known.table, found.rows)
    problems = [
        *_traced(known, records, now, first, found),
        *(RowProblem(None, p) for p in repeated),
    ]
    decoded = replace(
        found,
        rows=rows,
        problems=[one.problem for one in problems],
        complete=whole and found.complete,
    )
    return Pushed(decoded, tuple(problems))


def _completed(
    known: KnownFeed, records: Sequence[Mapping[str, Any]], now: datetime, stored: Stored
) -> Sequence[Mapping[str, Any]]:
    if len(records) > known.settings.limits.rows:
        raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=known.settings.limits.rows)
    keys: list[Key | None] = []
    for record in records:
        rows = _decoded(known, [record], now).rows
        keys.append(known.table.key_of(rows[0]) if rows else None)
    held = stored([key for key in keys if key is not None])
    return [
        completed(known.table, record, held.get(key) if key is not None else None)
        for key, record in zip(keys, records, strict=True)
    ]


def _decoded(known: KnownFeed, records: Sequence[Mapping[str, Any]], now: datetime) -> Decoded:
    if known.table is PARKING:
        parks = (Record(flattened(one)) for one in records)
        return decode_records(parks, now, known.settings)
    return canonical_rows(known.table, records, now, known.settings)


def _traced(
    known: KnownFeed,
    records: Sequence[Mapping[str, Any]],
    now: datetime,
    first: int,
    found: Decoded,
) -> list[RowProblem]:
    """Each problem with its row, by reading the rows one by one where there is any."""
    if not found.problems or len(records) > EXPLAINED:
        return [RowProblem(None, one) for one in found.problems]
    return [
        RowProblem(rank, problem)
        for rank, record in enumerate(records, first)
        for problem in _decoded(known, [record], now).problems
    ]


def _objects(document: Any) -> list[dict[str, Any]]:
    if isinstance(document, dict):
        held = cast("dict[str, Any]", document)
        document = next((held[k] for k in PREFERRED if isinstance(held.get(k), list)), [held])
    if not isinstance(document, list) or not all(
        isinstance(item, dict) for item in cast("list[Any]", document)
    ):
        raise Undecodable.because(Kind.NO_RECORDS)
    return cast("list[dict[str, Any]]", document)


def _lines(content: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text_of(content).splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Undecodable.because(Kind.NOT_JSON, reason=f"{number}: {error}") from error
        if not isinstance(item, dict):
            raise Undecodable.because(Kind.NOT_JSON, reason=f"{number}: {line[:40]}")
        found.append(cast("dict[str, Any]", item))
    return found
