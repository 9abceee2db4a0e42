"""The last good answer of each feed, byte for byte. Must not import CKAN."""

import gzip
from dataclasses import dataclass
from datetime import datetime
from typing import Any

COLUMNS = "content, size, media_type, digest, received_at, confirmed_at, modified_at"


@dataclass(frozen=True, slots=True)
class Original:
    """An answer: ``gzipped`` as it is stored; ``received_at`` when these bytes came first,
    ``confirmed_at`` when the source last gave the same or said that nothing changed."""

    gzipped: bytes
    size: int
    media_type: str
    digest: str
    received_at: datetime
    confirmed_at: datetime
    modified_at: datetime | None

    def content(self) -> bytes:
        """The bytes as the source sent them."""
        return gzip.decompress(self.gzipped)


def keep(cursor: Any, feed_id: str, content: bytes, media_type: str, digest: str,
         now: datetime) -> None:  # fmt: skip
    """Replace the last good answer."""
    # Level 1: three times faster than the usual one, for a tenth more bytes.
    packed = gzip.compress(content, 1, mtime=0)
    cursor.execute(
        "INSERT INTO realtime.original "
        "(feed_id, content, size, media_type, digest, received_at, confirmed_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (feed_id) DO UPDATE SET "
        "content = excluded.content, size = excluded.size, media_type = excluded.media_type, "
        "digest = excluded.digest, received_at = excluded.received_at, "
        "confirmed_at = excluded.confirmed_at",
        (feed_id, packed, len(content), media_type[:200], digest, now, now),
    )


def confirm(cursor: Any, feed_id: str, now: datetime) -> None:
    """The source gave the same bytes again."""
    cursor.execute(
        "UPDATE realtime.original SET confirmed_at = %s WHERE feed_id = %s", (now, feed_id)
    )


def last(cursor: Any, feed_id: str) -> Original | None:
    """The last good answer of a feed."""
    cursor.execute(f"SELECT {COLUMNS} FROM realtime.original WHERE feed_id = %s", (feed_id,))
    found = cursor.fetchone()
    return Original(bytes(found[0]), *found[1:]) if found else None
