"""The car parks at a moment: as full as their kind is at that hour, give or take a little.

Pure: imports neither CKAN nor an HTTP client; the clock is an argument.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal_kit.simulator import SEED, ZONE
from portal_kit.simulator.chance import chance, wander

MINUTE = timedelta(minutes=1)
# How full in percent, hour by hour of the town's clocks.
WORKDAY: Mapping[str, tuple[int, ...]] = {
    "ouvrage": (22, 20, 19, 18, 18, 20, 26, 38, 58, 74, 86, 90, 80, 78, 86, 90, 88, 82, 72, 58, 50,
                44, 36, 28),
    "enclos": (30, 30, 30, 30, 30, 32, 40, 62, 84, 92, 94, 94, 88, 90, 94, 92, 84, 68, 52, 42, 38,
               36, 34, 32),
    "parc relais": (6, 5, 5, 5, 5, 8, 20, 52, 76, 82, 84, 84, 82, 82, 82, 80, 66, 40, 22, 14, 10, 8,
                    7, 6),
}  # fmt: skip
SATURDAY = {"ouvrage": 1.05, "enclos": 0.6, "parc relais": 0.4}
SUNDAY = {"ouvrage": 0.45, "enclos": 0.4, "parc relais": 0.15}


@dataclass(frozen=True, slots=True)
class CarPark:
    """A car park of the demonstration; degrees WGS84."""

    id: str
    name: str
    kind: str
    capacity: int
    latitude: float
    longitude: float
    open_at_night: bool


def car_parks(text: str) -> list[CarPark]:
    """Those of ``config/demo/tables/parkings.csv``."""
    return [
        CarPark(
            _slug(line["nom"]),
            line["nom"],
            line["type"],
            int(line["capacite"]),
            float(line["latitude"]),
            float(line["longitude"]),
            line["ouvert_la_nuit"] == "true",
        )
        for line in csv.DictReader(io.StringIO(text, newline=""))
    ]


def free_places(park: CarPark, now: datetime, seed: int = SEED) -> int:
    """How many places are free at ``now`` (aware)."""
    local = now.astimezone(ZoneInfo(ZONE))
    hours = WORKDAY[park.kind]
    share = (local.minute + local.second / 60) / 60
    full = hours[local.hour] + (hours[(local.hour + 1) % 24] - hours[local.hour]) * share
    full *= _of_day(park, local.weekday())
    # Each has its own success, each day its own crowd.
    full *= 0.82 + 0.32 * chance(seed, park.id)
    full *= 0.94 + 0.12 * chance(seed, park.id, local.date())
    full += 5 * wander(seed, park.id, now.timestamp())
    return max(0, min(park.capacity, round(park.capacity * (1 - full / 100))))


def document(parks: Iterable[CarPark], now: datetime, seed: int = SEED) -> dict[str, Any]:
    """The feed's answer: measures of the last whole minute."""
    moment = now.astimezone(UTC).replace(second=0, microsecond=0)
    return {"parkings": [_record(park, moment, seed) for park in parks]}


def _record(park: CarPark, moment: datetime, seed: int) -> dict[str, Any]:
    free = free_places(park, moment, seed)
    local = moment.astimezone(ZoneInfo(ZONE))
    closed = not park.open_at_night and 1 <= local.hour < 6
    return {
        "id": park.id,
        "nom": park.name,
        "capacite": park.capacity,
        "places_restantes": free,
        "statut": "fermé" if closed else "ouvert" if free else "complet",
        "latitude": park.latitude,
        "longitude": park.longitude,
        "derniere_mise_a_jour": moment.isoformat().replace("+00:00", "Z"),
    }


def _of_day(park: CarPark, weekday: int) -> float:
    return {5: SATURDAY, 6: SUNDAY}.get(weekday, {}).get(park.kind, 1.0)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))
