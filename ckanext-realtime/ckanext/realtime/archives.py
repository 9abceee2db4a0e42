"""Zip files opened under limits. Pure: imports neither ``ckan`` nor an HTTP client.

The sizes that a zip announces are the attacker's own: every member is decompressed once against a
budget, before anything else reads the archive.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from ckanext.realtime.errors import Undecodable
from ckanext.realtime.problems import Kind

_STEP = 2**20


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """The most that one archive may hold."""

    members: int = 200
    bytes: int = 256 * 2**20


def open_zip(payload: bytes, limits: ZipLimits) -> ZipFile:
    """The archive, every member of which decompresses to what it says within the budget.

    Raises Undecodable for what is not a zip, is damaged or encrypted, or swells beyond limits.
    """
    try:
        archive = ZipFile(BytesIO(payload))
        if len(archive.infolist()) > limits.members:
            raise Undecodable.because(Kind.TOO_MANY_ROWS, limit=limits.members)
        _spend(archive, limits.bytes)
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise Undecodable.because(Kind.NOT_ZIP, reason=error) from error
    return archive


def _spend(archive: ZipFile, budget: int) -> None:
    left = budget
    for member in archive.infolist():
        # zipfile stops at the size announced and then compares checksums: a member that hides
        # more than it says is refused there.
        with archive.open(member) as stream:
            while piece := stream.read(_STEP):
                left -= len(piece)
                if left < 0:
                    raise Undecodable.because(Kind.BOMB, limit=budget)
