"""The communes that a record is about, and the rule that decided. Pure.

By decreasing certainty: the INSEE code of the commune in a keyword or an extent; its name there;
the extent, when it is that of one commune; the communes whose town is in the extent; the one
around an extent too small to hold a town. Must import neither ``ckan`` nor an HTTP client.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ckanext.grandpoitiers.catalogue.extent import shared_area, widened
from ckanext.grandpoitiers.catalogue.record import Box, Record
from ckanext.grandpoitiers.catalogue.text import fold

Point = tuple[float, float]

_PREFIX = re.compile(r"^(?:commune|ville|mairie) (?:de |des |du |d )?")
# A box is that of a commune when they share this much of what they cover together.
_SAME = 0.7
# A name alone is believed when the extent comes this near to the commune: there is a Saint-Benoît
# in each department.
_NEAR_KM = 20.0
# An extent that holds no town belongs to the nearest one, if it is a place in it (kilometres).
_AROUND_KM = 5.0
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune: INSEE code, name, and where it is as far as that is known.

    ``bbox`` is its extent, ``centre`` the point of its town (longitude, latitude);
    ``aliases`` are names and codes of former communes that are part of it now.
    """

    insee: str
    name: str
    bbox: Box | None = None
    centre: Point | None = None
    aliases: tuple[str, ...] = ()

    @property
    def point(self) -> Point | None:
        """Its town, or failing that the middle of its extent."""
        return self.centre or (_middle(self.bbox) if self.bbox else None)


class CommuneMatch(NamedTuple):
    """A commune, the rule that chose it (code, name, extent, town, around) and on what value."""

    insee: str
    rule: str
    value: str


def match_communes(record: Record, communes: Sequence[Commune]) -> list[CommuneMatch]:
    """The communes of ``record``, each once, in the order of their codes."""
    found = _named(record, communes) or [
        match for box in record.boxes for match in _covered(widened(box), communes)
    ]
    first = {match.insee: match for match in reversed(found)}
    return [first[insee] for insee in sorted(first)]


def _named(record: Record, communes: Sequence[Commune]) -> list[CommuneMatch]:
    texts = _texts(record)
    by_code = [
        CommuneMatch(c.insee, "code", code)
        for c in communes
        for code in (c.insee, *c.aliases)
        if code[:1].isdigit() and fold(code) in texts
    ]
    return by_code or [
        CommuneMatch(c.insee, "name", texts[fold(name)])
        for c in communes
        for name in (c.name, *c.aliases)
        if not name[:1].isdigit() and fold(name) in texts and _is_plausible(c, record.boxes)
    ]


def _texts(record: Record) -> dict[str, str]:
    """What may name a commune, as compared → as written."""
    texts = [keyword.text for group in record.keyword_sets for keyword in group.keywords]
    texts += [keyword.href for group in record.keyword_sets for keyword in group.keywords]
    texts += [extent.description for extent in record.extents]
    texts += [identifier for extent in record.extents for identifier in extent.identifiers]
    # The last part of an address is a code: http://id.insee.fr/geo/commune/86194
    lasts = [text.rstrip("/").rpartition("/")[2] for text in texts if "://" in text]
    return {_PREFIX.sub("", fold(text)): text for text in (*lasts, *texts) if text}


def _is_plausible(commune: Commune, boxes: Iterable[Box]) -> bool:
    """Whether the extents, if there are any, do not say that another place has this name."""
    known = list(boxes)
    point = commune.point
    if point is None or not known:
        return True
    return any(_distance(point, _nearest(box, point)) <= _NEAR_KM for box in known)


def _covered(box: Box, communes: Sequence[Commune]) -> list[CommuneMatch]:
    shown = ", ".join(f"{side:g}" for side in (box.west, box.south, box.east, box.north))
    same = [(_likeness(box, c.bbox), c.insee) for c in communes if c.bbox is not None]
    best = max(same, default=(0.0, ""))
    if best[0] >= _SAME:
        return [CommuneMatch(best[1], "extent", shown)]
    towns = [c for c in communes if c.point and _nearest(box, c.point) == c.point]
    if towns:
        return [CommuneMatch(commune.insee, "town", shown) for commune in towns]
    nearest = min(
        ((_distance(point, _middle(box)), c) for c in communes if (point := c.point)),
        default=None,
        key=lambda pair: pair[0],
    )
    is_around = (
        nearest is not None
        and nearest[0] <= _reach(nearest[1])
        and _diagonal(box) <= (2 * _AROUND_KM)
    )
    return [CommuneMatch(nearest[1].insee, "around", shown)] if nearest and is_around else []


def _reach(commune: Commune) -> float:
    """How far from its town a commune may go, in kilometres."""
    return _diagonal(commune.bbox) / 2 if commune.bbox else _AROUND_KM


def _likeness(first: Box, second: Box) -> float:
    """The area that both boxes share, as a part of what they cover together."""
    shared = shared_area(first, second)
    return shared / (_area(first) + _area(second) - shared) if shared else 0.0


def _area(box: Box) -> float:
    return (box.east - box.west) * (box.north - box.south)


def _middle(box: Box) -> Point:
    return (box.west + box.east) / 2, (box.south + box.north) / 2


def _nearest(box: Box, point: Point) -> Point:
    """The point of ``box`` nearest to ``point``: itself when it is inside."""
    longitude, latitude = point
    return max(box.west, min(box.east, longitude)), max(box.south, min(box.north, latitude))


def _diagonal(box: Box) -> float:
    return _distance((box.west, box.south), (box.east, box.north))


def _distance(first: Point, second: Point) -> float:
    """Kilometres between two points not far apart, on a plane tangent to the Earth."""
    parallel = math.cos(math.radians((first[1] + second[1]) / 2))
    east, north = (first[0] - second[0]) * parallel, first[1] - second[1]
    return math.hypot(east, north) * _KM_PER_DEGREE
