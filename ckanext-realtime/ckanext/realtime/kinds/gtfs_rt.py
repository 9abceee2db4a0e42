"""What the three GTFS-RT kinds share: the message, its entities, its clock.

Pure: imports neither ``ckan`` nor an HTTP client. Follows gtfs-realtime.proto 2.0
(https://gtfs.org/documentation/realtime/reference/).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as pb

from ckanext.realtime.decoded import Decoded
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.kinds import wire
from ckanext.realtime.problems import Kind, Problem
from ckanext.realtime.rows import Row
from ckanext.realtime.settings import DecodeSettings, Limits
from ckanext.realtime.times import iso

_OLDEST, _NEWEST = 631_152_000, 4_102_444_800  # 1990 and 2100: beyond, it is no time
FUTURE_SECONDS = 60
"""A measure may be this far ahead of its reception (rule E050 of the GTFS-RT validator)."""


@dataclass(slots=True)
class Reader:
    """One message being read; ``problems`` grows as it goes."""

    received: float
    received_at: str
    limits: Limits
    header_time: int = 0
    problems: list[Problem] = field(default_factory=list[Problem])
    complete: bool = True

    def report(self, key: str, name: str, kind: Kind, **params: object) -> None:
        """Note a problem."""
        self.problems.append(Problem.of(key, name, kind, **params))

    def lose(self, key: str, kind: Kind, **params: object) -> None:
        """Note that an entity is left out."""
        self.complete = False
        self.report(key, "", kind, **params)

    def clock(self, key: str, timestamp: int) -> Row:
        """The three columns of time for an entity measured at ``timestamp`` (0: the header's)."""
        measured = timestamp or self.header_time
        written = self.time(key, "measured_at", measured)
        if written is None:
            self.report(key, "measured_at", Kind.NO_TIME)
            return {"measured_at": None, "received_at": self.received_at, "clock_skew": None}
        ahead = round(measured - self.received, 3)
        if ahead > FUTURE_SECONDS:
            self.report(key, "measured_at", Kind.FUTURE_TIME, seconds=round(ahead))
        return {"measured_at": written, "received_at": self.received_at, "clock_skew": ahead}

    def time(self, key: str, name: str, seconds: int) -> str | None:
        """POSIX ``seconds`` as a row holds them; milliseconds and nonsense are flagged."""
        if not seconds:
            return None
        if not _OLDEST <= seconds < _NEWEST:
            self.report(key, name, Kind.BAD_TIME, value=seconds)
            return None
        return _written(seconds)

    def text(self, key: str, name: str, value: str | bytes) -> str | None:
        """A text without what a database refuses, cut where it is too long; None when blank."""
        if isinstance(value, bytes):  # what the bindings give for a text that is not UTF-8
            self.report(key, name, Kind.NOT_UTF8)
            value = value.decode(errors="replace")
        if len(value) > self.limits.text:
            self.report(key, name, Kind.TOO_LONG, limit=self.limits.text)
            value = value[: self.limits.text - 1] + "…"
        return value.replace("\x00", "").strip() or None


@lru_cache(maxsize=4096)
def _written(seconds: int) -> str:
    # A feed says few different times, thousands of times each.
    return iso(datetime.fromtimestamp(seconds, UTC))


def decode_with(
    rows_of: "Callable[[Reader, Any], Iterator[Row]]",
    payload: bytes,
    now: datetime,
    settings: DecodeSettings,
) -> Decoded:
    """The rows that ``rows_of(reader, entity)`` gives for each entity of the message.

    Raises Undecodable for what is not a whole message, or beyond the limits.
    """
    reader = Reader(now.timestamp(), iso(now), settings.limits)
    parts = list(wire.fields(payload, settings.limits.entities))
    _read_header(reader, [bytes(content) for number, content in parts if number == wire.HEADER])
    rows: list[Row] = []
    for number, content in parts:
        if number == wire.ENTITY:
            entity = _entity(reader, content)
            if entity is not None and not entity.is_deleted:
                rows.extend(rows_of(reader, entity))
            if len(rows) > settings.limits.rows:
                raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=settings.limits.rows)
    source = datetime.fromtimestamp(reader.header_time, UTC) if reader.header_time else None
    return Decoded(rows, reader.problems, reader.complete, source)


def _read_header(reader: Reader, found: list[bytes]) -> None:
    header = pb.FeedHeader()
    try:
        for content in found:  # protobuf merges a message given in several pieces
            header.MergeFromString(content)
    except DecodeError as error:
        raise Undecodable.because(Kind.NOT_PROTOBUF, reason=error) from error
    if not header.gtfs_realtime_version:
        raise Undecodable.because(Kind.NOT_PROTOBUF, reason="no header")
    if header.incrementality == pb.FeedHeader.DIFFERENTIAL:
        reader.lose("", Kind.DIFFERENTIAL)
    if reader.time("", "measured_at", header.timestamp):
        reader.header_time = header.timestamp


def _entity(reader: Reader, content: memoryview) -> Any:
    if len(content) > reader.limits.entity_bytes:
        limit = reader.limits.entity_bytes
        return reader.lose("", Kind.TOO_LONG_ENTITY, size=len(content), limit=limit)
    entity = pb.FeedEntity()
    try:
        entity.MergeFromString(bytes(content))
    except DecodeError as error:
        return reader.lose("", Kind.BAD_ENTITY, reason=error)
    return entity
