"""A CSW 2.0.2 server made of records that a test can change, on `misbehaving`'s server.

It answers GetRecords (POST), the one request that our reader makes; stock harvesters need a real
one (pycsw).
"""

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from lxml import etree

from ckanext.grandpoitiers.catalogue.answers import identifier
from ckanext.grandpoitiers.catalogue.getrecords import CSW
from tests.misbehaving import Reply, Request, Server, serving


class Catalogue:
    """Records by identifier; `records` may be changed between two harvests."""

    def __init__(self, records: Iterable[bytes]) -> None:
        self.records: dict[str, bytes] = {}
        for record in records:
            self.put(record)
        self.answers = 0

    def put(self, record: bytes) -> str:
        """Add or replace a record; return its identifier."""
        root = etree.fromstring(record)
        guid = identifier(root)
        self.records[guid] = etree.tostring(root)
        return guid

    def __call__(self, request: Request) -> Reply:
        self.answers += 1
        start, size = (
            int(re.search(rf'{name}="(\d+)"'.encode(), request.body)[1])  # type: ignore[index]
            for name in ("startPosition", "maxRecords")
        )
        ordered = [self.records[guid] for guid in sorted(self.records)]
        page = ordered[start - 1 : start - 1 + size]
        following = start + size if start + size <= len(ordered) else 0
        head = (
            f'<csw:GetRecordsResponse xmlns:csw="{CSW}"><csw:SearchStatus/><csw:SearchResults '
            f'numberOfRecordsMatched="{len(ordered)}" numberOfRecordsReturned="{len(page)}" '
            f'nextRecord="{following}">'
        )
        tail = "</csw:SearchResults></csw:GetRecordsResponse>"
        return Reply(body=head.encode() + b"".join(page) + tail.encode())


@contextmanager
def catalogue_of(records: Iterable[bytes]) -> Generator[tuple[Catalogue, Server]]:
    """A running server and its records."""
    catalogue = Catalogue(records)
    with serving(catalogue) as server:
        yield catalogue, server
