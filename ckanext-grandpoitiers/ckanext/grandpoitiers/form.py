"""How long forms are cut: the common fields in sight, the others in parts that fold.

Pure: must not import CKAN. A field that no part names stays in sight, so that a town's own
fields are never hidden.
"""

from collections.abc import Iterable, Mapping
from typing import Any

PARTS: dict[str, tuple[str, ...]] = {
    "dates": ("issued", "temporal_coverage", "version"),
    "people": ("contact", "publisher", "creator"),
    "rights": ("use_constraints", "access_rights"),
    "place": (
        "spatial_coverage",
        "spatial",
        "spatial_resolution",
        "spatial_resolution_in_meters",
        "reference_system",
    ),
    "subjects": (
        "alternate_title",
        "topic_category",
        "inspire_theme",
        "theme",
        "hvd_category",
        "language",
    ),
    "quality": ("provenance", "conforms_to", "documentation", "url", "thumbnail"),
    "programs": (
        "iso_type",
        "identifier",
        "alternate_identifier",
        "parent_identifier",
        "operates_on",
        "harvest_guid",
        "harvest_source_title",
    ),
}
"""The parts of a dataset's form, in their order, and their fields."""

RESOURCE_PARTS: dict[str, tuple[str, ...]] = {
    "service": ("protocol", "layer_name", "function", "access_services"),
    "file": ("mimetype", "size", "hash", "hash_algorithm", "license", "availability"),
}
"""The same for a file or link."""

Field = Mapping[str, Any]


def cut(
    fields: Iterable[Field], parts: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, list[Field]]]:
    """`(part, fields)`, each field once in the schema's order; part "" is what stays in sight.

    That one comes first, even empty; other parts without a field are left out.
    """
    of = {name: part for part, names in parts.items() for name in names}
    found: dict[str, list[Field]] = {"": [], **{part: [] for part in parts}}
    for field in fields:
        found[of.get(field["field_name"], "")].append(field)
    return [(part, held) for part, held in found.items() if held or not part]


def has_value(value: Any) -> bool:
    """Whether a field of a form holds something: `[{"name": ""}]` and `[""]` hold nothing."""
    if isinstance(value, Mapping):
        return any(has_value(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(has_value(part) for part in value)
    return bool(value)
