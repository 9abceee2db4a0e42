"""What gtfs-rt-validator finds in a message against a timetable. Pure: no ``ckan``, no HTTP.

The validator (MIT, pure Python) takes files: they are written beside each other for as long as it
reads. Reading a timetable costs a hundred times a message's check: it is read once for all the
messages of a network.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile

from gtfs_rt_validator import api

from ckanext.realtime.quality.verdict import Finding, Verdict

SHAPED = 4 * 2**20
"""Bytes of a zip past which shapes are not looked at: held whole, those of a region take gigabytes.
Rule E029, a vehicle far from its shape, is then not checked."""
EXAMPLES = 3
EXAMPLE = 200
"""Characters of one."""


class NoVerdict(Exception):
    """The validator can't read the timetable, or fails on the message."""


class Judge:
    """The validator with one timetable."""

    def __init__(self, folder: Path, timetable: bytes) -> None:
        """Raises NoVerdict."""
        self._folder = folder
        self._without_shapes = len(timetable) > SHAPED
        archive = folder / "gtfs.zip"
        archive.write_bytes(timetable)
        try:
            self._feed = api.prepare_feed(
                archive, mode=api.Mode.MODERN, ignore_shapes=self._without_shapes
            )
        except (api.ValidatorError, api.StaticLoadError, BadZipFile, OSError, ValueError) as error:
            raise NoVerdict(str(error) or type(error).__name__) from error

    def verdict(self, message: bytes, received: datetime) -> Verdict:
        """What is wrong with a message received at that time. Raises NoVerdict."""
        path = self._folder / "message.pb"
        path.write_bytes(message)
        request = api.Request(
            mode=api.Mode.MODERN,
            gtfs=self._feed,
            inputs=api.resolve(str(path)),
            at=received,
            ignore_shapes=self._without_shapes,
        )
        try:
            notices = api.validate(request).run.notices
        except Exception as error:  # the boundary of one message: another's code on any bytes
            raise NoVerdict(type(error).__name__) from error
        found = [
            Finding(
                rule,
                rule.startswith("E"),
                notices.count_for(rule),
                tuple(one.prefix[:EXAMPLE] for one in notices.samples_for(rule)[:EXAMPLES]),
            )
            for rule in notices.rule_ids()
        ]
        return Verdict(tuple(sorted(found, key=lambda one: (not one.error, one.rule))))


@contextmanager
def judging(timetable: bytes) -> Generator[Judge]:
    """A judge with this timetable, and the folder that it needs. Raises NoVerdict."""
    with TemporaryDirectory(prefix="gtfs-rt-") as folder:
        yield Judge(Path(folder), timetable)
