"""Which alerts are in force now, and for whom. Pure: imports neither ``ckan`` nor an HTTP client.

An alert informs whoever one of its selectors names; the fields of a selector hold together
(https://gtfs.org/documentation/realtime/reference/#message-entityselector).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

Row = Mapping[str, Any]


def in_force(rows: Iterable[Row], now: datetime, language: str) -> list[Row]:
    """One row per alert in force at ``now``: in ``language``, else in none, else in any.

    ``active_from`` and ``active_to`` are aware or None; without them an alert is always in force.
    """
    best: dict[str, Row] = {}
    for row in rows:
        begins, ends = row["active_from"], row["active_to"]
        if (begins and begins > now) or (ends and ends <= now):
            continue
        kept = best.get(row["id"])
        if kept is None or _rank(row, language) < _rank(kept, language):
            best[row["id"]] = row
    return [best[name] for name in sorted(best)]


def informs(row: Row, stops: Sequence[str], routes: Sequence[str]) -> bool:
    """Whether an alert is for whoever waits at one of these stops for one of these lines."""
    return any(_names(one, stops, routes) for one in row["informed"] or [{}])


def _names(selector: Mapping[str, Any], stops: Sequence[str], routes: Sequence[str]) -> bool:
    stop, route = selector.get("stop_id"), selector.get("route_id")
    if stop is not None and stop not in stops:
        return False
    if route is not None and route not in routes:
        return False
    # An alert for one trip is told where that trip is, not at every stop of the network.
    return stop is not None or route is not None or "trip_id" not in selector


def _rank(row: Row, language: str) -> int:
    said = str(row["language"] or "").partition("-")[0].lower()
    return 0 if said == language else 1 if not said else 2
