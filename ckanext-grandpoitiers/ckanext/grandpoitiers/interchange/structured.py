"""Public datasets in the words of other people's programs: schema.org, and Croissant for tables.

Whoever asks, what is said is what everybody may see: nothing of a private dataset.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

import ckan.plugins.toolkit as tk
from ckan.plugins import plugin_loaded
from ckan.types import Context
from pyoxigraph import NamedNode

from ckanext.grandpoitiers.interchange import concepts, croissant, current, prepared, schema_org
from ckanext.grandpoitiers.interchange.croissant import Column, Table
from ckanext.grandpoitiers.interchange.graph import Graph
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.reading import Dataset, snapshot
from ckanext.grandpoitiers.interchange.schema_org import Document


def catalogue() -> Document:
    """The portal."""
    with snapshot() as reading:
        return schema_org.catalogue(current.portal(reading))


def dataset(name_or_id: str) -> Document | None:
    """A dataset; None when not everybody may see it, or when it can't be said."""
    found = _described(name_or_id)
    return None if found is None else schema_org.dataset(found[1], found[2], found[3])


def tables(name_or_id: str) -> Document | None:
    """A dataset and its tables, as Croissant; None without a table that everybody may see."""
    found = _described(name_or_id)
    if found is None:
        return None
    fields, graph, subject, portal = found
    return croissant.document(graph, subject, portal, _tables(fields, portal))


def _described(name_or_id: str) -> tuple[Dataset, Graph, NamedNode, Portal] | None:
    with snapshot() as reading:
        key = reading.find(name_or_id)
        if key is None:
            return None
        portal = current.portal(reading)
        (fields,) = reading.datasets([key])
    piece = prepared.make(fields, portal, Profile.DCAT_AP_3)
    subject = next((iri for name, iri in piece.links if name in ("dataset", "service")), None)
    if subject is None:
        return None
    shared = concepts.describe(piece.shared, portal, Profile.DCAT_AP_3)
    return fields, Graph(chain(piece.triples, shared)), NamedNode(subject), portal


def _tables(fields: Dataset, portal: Portal) -> Iterator[Table]:
    if not plugin_loaded("datastore"):
        return
    for resource in fields["resources"]:
        if not resource.get("datastore_active"):
            continue
        # A table may be gone, or its flag not yet.
        with suppress(tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
            yield _table(resource, portal)


def _table(resource: Dataset, portal: Portal) -> Table:
    key = str(resource["id"])
    anybody: Context = {"user": "", "auth_user_obj": None}
    asked = {"resource_id": key, "limit": 0, "include_total": False}
    found = tk.get_action("datastore_search")(anybody, asked)
    columns = [_column(one) for one in found["fields"] if one["id"] != "_id"]
    address = f"{portal.site}/datastore/dump/{key}"
    return Table(key, str(resource.get("name") or key), address, tuple(columns))


def _column(field: Dataset) -> Column:
    info = field.get("info") or {}
    return Column(
        str(field["id"]),
        str(field["type"]),
        str(info.get("label") or ""),
        str(info.get("notes") or ""),
    )
