"""Positions that a feed does not send, completed from a static dataset. Pure: no ``ckan``, no
HTTP client.
"""

from collections.abc import Iterable, Mapping

from ckanext.realtime.folding import folded
from ckanext.realtime.plausible import Report
from ckanext.realtime.problems import Kind
from ckanext.realtime.rows import CanonicalTable, Row
from ckanext.realtime.settings import Place


def places_of(rows: Iterable[Row]) -> dict[str, Place]:
    """Where the car parks of a static dataset are, by name folded and by identifier.

    ``rows`` are canonical rows of that dataset. Names go first in what is looked up: the static
    dataset of a town seldom has the identifiers of its parking operator, and a number may be
    another car park there. A name met at two places is nobody's.
    """
    found: dict[str, Place] = {}
    for row in rows:
        if _has_position(row):
            place = Place(row["latitude"], row["longitude"], row.get("commune"))
            found.setdefault(str(row["id"]), place)
            name = f"={folded(row.get('name') or '')}"
            if found.setdefault(name, place) != place:
                found[name] = NOWHERE
    return {key: place for key, place in found.items() if place is not NOWHERE and key != "="}


NOWHERE = Place(0, 0)


def complete(
    table: CanonicalTable, rows: Iterable[Row], places: Mapping[str, Place], report: Report
) -> None:
    """Fill the positions (and communes) that ``rows`` lack; say which, and which stay empty.

    0, 0 counts as no position when a place is known, and stays otherwise.
    """
    for row in rows:
        place = places.get(f"={folded(row.get('name') or '')}") or places.get(str(row["id"]))
        if place is not None and row.get("commune") is None:
            row["commune"] = place.commune
        if _has_position(row):
            continue
        if place is not None:
            row["latitude"], row["longitude"] = place.latitude, place.longitude
            report(table.key_text(row), "latitude", Kind.COMPLETED_POSITION)
        elif row["latitude"] is None or row["longitude"] is None:
            report(table.key_text(row), "latitude", Kind.NO_POSITION)


def _has_position(row: Row) -> bool:
    return bool(row["latitude"] or row["longitude"]) and None not in (
        row["latitude"],
        row["longitude"],
    )
