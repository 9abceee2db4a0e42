"""Which records of a catalogue a source wants. Pure: imports neither `ckan` nor an HTTP client.

The filters are applied here, record by record, whatever the catalogue was asked for
(getrecords.py): catalogues disagree too much on how to filter.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from ckanext.grandpoitiers.catalogue.record import Box, Record
from ckanext.grandpoitiers.catalogue.report import Remark
from ckanext.grandpoitiers.catalogue.sources import Filters
from ckanext.grandpoitiers.catalogue.text import fold
from portal_kit.outbound.errors import N_

OUTSIDE = N_("The record is outside the area that this source is limited to.")
OTHER_ORGANISATION = N_("None of the record's organisations is among those this source wants.")
OTHER_KEYWORDS = N_("None of the record's keywords is among those this source wants.")
OTHER_TYPE = N_("Records of type {type} are not among those this source wants.")


def unwanted(record: Record, filters: Filters) -> Remark | None:
    """Why the record is left out, or None when it meets every filter that is given."""
    kind = record.hierarchy_level
    rules: tuple[tuple[Collection[object] | None, Callable[[], bool], Remark], ...] = (
        (
            filters.iso_types,
            lambda: kind in filters.iso_types,
            Remark("", OTHER_TYPE, {"type": kind}),
        ),
        (
            filters.bbox,
            lambda: _meets(filters.bbox or (), record.boxes),
            Remark("spatial", OUTSIDE),
        ),
        (
            filters.organisations,
            lambda: _common(filters.organisations, (c.organisation for c in record.contacts)),
            Remark("publisher", OTHER_ORGANISATION),
        ),
        (
            filters.keywords,
            lambda: _common(
                filters.keywords, (k.text for s in record.keyword_sets for k in s.keywords)
            ),
            Remark("tags", OTHER_KEYWORDS),
        ),
    )
    return next((remark for given, keeps, remark in rules if given and not keeps()), None)


def _common(wanted: Sequence[str], found: Iterable[str]) -> bool:
    return not {fold(text) for text in wanted}.isdisjoint(fold(text) for text in found)


def _meets(area: Sequence[float], boxes: Sequence[Box]) -> bool:
    """Whether one of the boxes touches the area; a record that says nowhere is not kept."""
    west, south, east, north = area
    return any(
        box.west <= east and box.east >= west and box.south <= north and box.north >= south
        for box in boxes
    )
