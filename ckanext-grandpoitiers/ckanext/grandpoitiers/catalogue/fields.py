"""Where a field of a dataset comes from in a metadata record, in words. Pure: no ``ckan``, no HTTP.

The names are those that editors of geocatalogues show, which follow ISO 19115: who mends a record
looks for them there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.grandpoitiers.catalogue.problems import N_


@dataclass(frozen=True, slots=True)
class Place:
    """The name of a field here, and where it is in the record (msgids)."""

    label: str
    where: str


WHOLE = Place(N_("The whole record"), "")

FIELDS: Mapping[str, Place] = {
    "": WHOLE,
    "identifier": Place(N_("Identifier"), N_("Metadata › Metadata identifier")),
    "alternate_identifier": Place(
        N_("Other identifier"), N_("Identification › Citation › Resource identifier")
    ),
    "iso_type": Place(N_("Type"), N_("Metadata › Hierarchy level")),
    "name": Place(N_("Address of the dataset"), ""),
    "owner_org": Place(N_("Organisation"), ""),
    "url": Place(N_("Address of a page about it"), ""),
    "territory": Place(N_("Territory"), N_("Identification › Extent › Geographic bounding box")),
    "title": Place(N_("Title"), N_("Identification › Citation › Title")),
    "alternate_title": Place(N_("Other title"), N_("Identification › Citation › Alternate title")),
    "notes": Place(N_("Description"), N_("Identification › Abstract")),
    "tags": Place(N_("Keywords"), N_("Identification › Keywords")),
    "groups": Place(N_("Theme"), N_("Identification › INSPIRE theme, topic category, keywords")),
    "inspire_theme": Place(N_("INSPIRE theme"), N_("Identification › Keywords of GEMET")),
    "topic_category": Place(N_("Topic category"), N_("Identification › Topic category")),
    "frequency": Place(N_("Update frequency"), N_("Identification › Maintenance")),
    "issued": Place(N_("Published on"), N_("Identification › Citation › Date of publication")),
    "modified": Place(N_("Data updated on"), N_("Identification › Citation › Date of revision")),
    "temporal_coverage": Place(
        N_("Period covered"), N_("Identification › Extent › Temporal extent")
    ),
    "spatial_coverage": Place(N_("Places"), N_("Identification › Extent › Description")),
    "spatial": Place(N_("Extent"), N_("Identification › Extent › Geographic bounding box")),
    "spatial_resolution": Place(N_("Scale"), N_("Identification › Spatial resolution")),
    "reference_system": Place(N_("Reference system"), N_("Reference system")),
    "language": Place(N_("Language"), N_("Identification › Language of the resource")),
    "license_id": Place(N_("Licence"), N_("Identification › Legal constraints")),
    "use_constraints": Place(N_("Conditions of use"), N_("Identification › Legal constraints")),
    "access_rights": Place(N_("Access"), N_("Identification › Legal constraints")),
    "contact": Place(N_("Contact"), N_("Identification › Point of contact")),
    "publisher": Place(N_("Publisher"), N_("Identification › Point of contact")),
    "creator": Place(N_("Author"), N_("Identification › Point of contact")),
    "provenance": Place(N_("Origin"), N_("Data quality › Lineage")),
    "conforms_to": Place(N_("Conforms to"), N_("Data quality › Conformity")),
    "resources": Place(N_("Links"), N_("Distribution › Online resources")),
    "operates_on": Place(N_("Coupled datasets"), N_("Identification › Coupled resources")),
    "parent_identifier": Place(N_("Parent record"), N_("Metadata › Parent identifier")),
    "thumbnail": Place(N_("Thumbnail"), N_("Identification › Graphic overview")),
}


def place(field: str) -> Place:
    """Where a field is found; one we know nothing of is called by its code."""
    return FIELDS.get(field, Place(field, ""))
