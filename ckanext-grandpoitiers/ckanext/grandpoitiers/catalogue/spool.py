"""The records to be written, on disk between the reading and the writing.

A run reads the whole catalogue before it writes anything; held in memory, 100,000 records would
take gigabytes. Pure: must import neither `ckan` nor an HTTP client.
"""

import json
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, BinaryIO, cast

from ckanext.grandpoitiers.catalogue.report import Remark

Key = tuple[str, str]
"""Identifier and digest: two records of one identifier are both kept until the plan chooses."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A record ready to be written: `xml` is compressed (zlib)."""

    dataset: Mapping[str, Any]
    remarks: tuple[Remark, ...]
    xml: bytes


class Spool:
    """A temporary file without a name: nothing is left of it, even after `kill -9`."""

    def __init__(self) -> None:
        self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="harvest-"))  # noqa: SIM115
        self._places: dict[Key, tuple[int, int, int]] = {}

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def put(
        self, key: Key, dataset: Mapping[str, Any], remarks: tuple[Remark, ...], xml: bytes
    ) -> None:
        """Keep a record; `xml` as it was received."""
        head = json.dumps([dataset, [remark.stored for remark in remarks]]).encode()
        body = zlib.compress(xml, 6)
        packed = zlib.compress(head, 1)
        start = self._file.seek(0, 2)
        self._file.write(packed)
        self._file.write(body)
        self._places[key] = (start, len(packed), len(body))

    def get(self, key: Key) -> Mapped:
        """Read a record back. Raises KeyError when it was never put."""
        start, head, body = self._places[key]
        self._file.seek(start)
        dataset, remarks = json.loads(zlib.decompress(self._file.read(head)))
        return Mapped(dataset, tuple(map(Remark.read, remarks)), self._file.read(body))
