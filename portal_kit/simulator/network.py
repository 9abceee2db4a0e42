"""The simulated bus network: its stops, its lines, every trip of a day, how late each is.

Pure: imports neither CKAN nor an HTTP client; the clock is an argument.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from portal_kit.simulator import SEED, ZONE
from portal_kit.simulator.chance import chance

DWELL = 25
"""Seconds at each stop."""
EARLIEST, LATEST = -40, 420
"""Between how many seconds early and late a trip may end."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop; degrees WGS84."""

    id: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line, there and back; ``color`` is six hexadecimal digits."""

    id: str
    name: str
    color: str
    stops: tuple[Stop, ...]

    def way(self, direction: int) -> tuple[Stop, ...]:
        """Its stops in the order of a direction (0 or 1)."""
        return self.stops if direction == 0 else self.stops[::-1]


@dataclass(frozen=True, slots=True)
class Alert:
    """A disturbance of a line, at a stop if it is at one."""

    line: str
    cause: str
    effect: str
    header: str
    text: str
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """A run of a line; ``times`` are seconds of the day at each stop, ``vehicle`` who drives it."""

    id: str
    line: Line
    direction: int
    times: tuple[int, ...]
    vehicle: str

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Its stops, in order."""
        return self.line.way(self.direction)

    def delay(self, day: date, rank: int | float, seed: int = SEED) -> int:
        """Seconds late at the stop of a rank (from 0), on a day: it builds up on the way."""
        share = rank / (len(self.times) - 1)
        end = EARLIEST + (LATEST - EARLIEST) * chance(seed, self.id, day) ** 2
        return round(end * share)


@dataclass(frozen=True, slots=True)
class Network:
    """All of it; seconds, and metres a second."""

    agency: str
    stops: Mapping[str, Stop]
    lines: tuple[Line, ...]
    alerts: tuple[Alert, ...]
    headway: int
    first: int
    last: int
    speed: float

    def trips(self) -> Iterator[Trip]:
        """Every trip of a day: all days are the same."""
        for line in self.lines:
            for direction in (0, 1):
                yield from self._trips(line, direction)

    def _trips(self, line: Line, direction: int) -> Iterator[Trip]:
        offsets = self._offsets(line.way(direction))
        # A bus comes back only once it has reached the end, as late as it may be.
        buses = math.ceil((offsets[-1] + LATEST) / self.headway) + 1
        for rank, start in enumerate(range(self.first, self.last + 1, self.headway)):
            times = tuple(start + offset for offset in offsets)
            clock = f"{start // 3600:02}{start % 3600 // 60:02}"
            vehicle = f"bus-{line.id}{direction + 1}{rank % buses + 1:02}"
            yield Trip(f"{line.id}-{direction}-{clock}", line, direction, times, vehicle)

    def _offsets(self, stops: tuple[Stop, ...]) -> list[int]:
        offsets = [0]
        for one, other in pairwise(stops):
            offsets.append(offsets[-1] + DWELL + round(metres(one, other) / self.speed))
        return offsets


def read(document: Mapping[str, Any]) -> Network:
    """The network of ``config/demo/network.yaml``."""
    stops = {key: Stop(key, **held) for key, held in document["stops"].items()}
    return Network(
        agency=document["agency"],
        stops=stops,
        lines=tuple(
            Line(one["id"], one["name"], one["color"], tuple(stops[key] for key in one["stops"]))
            for one in document["lines"]
        ),
        alerts=tuple(Alert(**one) for one in document["alerts"]),
        headway=document["headway"],
        first=_seconds(document["first"]),
        last=_seconds(document["last"]),
        speed=document["speed"],
    )


def metres(one: Stop, other: Stop) -> float:
    """As the crow flies, on a sphere."""
    up = math.radians(other.latitude - one.latitude)
    across = math.radians(other.longitude - one.longitude)
    across *= math.cos(math.radians((one.latitude + other.latitude) / 2))
    return 6_371_000 * math.hypot(up, across)


def second_of_day(now: datetime) -> tuple[date, int]:
    """The day of the town's clocks, and the seconds since its noon minus twelve hours (GTFS)."""
    local = now.astimezone(ZoneInfo(ZONE))
    noon = local.replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)
    return local.date(), round((now - noon).total_seconds()) + 43_200


def moment(day: date, second: int) -> datetime:
    """A second of a day, in UTC."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    return noon + timedelta(seconds=second - 43_200)


def _seconds(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    return hours * 3600 + minutes * 60
