"""What decoding one answer gives. Pure: imports neither ``ckan`` nor an HTTP client."""

from dataclasses import dataclass, field
from datetime import datetime

from ckanext.realtime.gtfs.timetable import Timetable
from ckanext.realtime.problems import Problem
from ckanext.realtime.rows import Row


@dataclass(frozen=True, slots=True)
class Decoded:
    """The rows of one answer and what is wrong with them.

    ``complete`` is False when something of the answer was left out: then a row that is absent
    may still exist, and must not be closed. ``source_time`` is the time the answer as a whole
    gives itself (GTFS-RT header), if any. ``timetable`` is what a GTFS zip holds beside its stops.
    """

    rows: list[Row]
    problems: list[Problem] = field(default_factory=list[Problem])
    complete: bool = True
    source_time: datetime | None = None
    timetable: Timetable | None = None
