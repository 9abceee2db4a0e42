"""Reads the tree of organisations from CKAN's own tables, in two queries whatever its size."""

from collections.abc import Mapping
from typing import Any, TypedDict

import ckan.plugins.toolkit as tk
from ckan import model
from sqlalchemy.orm import aliased

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.organisations.declared import Node, grow
from ckanext.grandpoitiers.pagecache.writes import remembered

FIGURES = ("groups", "organization")
"""The facets that `key_figures` reads."""


class Group(TypedDict):
    """What a page shows of a group."""

    name: str
    title: str
    description: str


def groups(kind: str = "group") -> list[Group]:
    """The active groups of CKAN, or its organisations (`organization`), in no order."""
    return remembered().get(("groups", kind), lambda: _groups(kind))


def _groups(kind: str) -> list[Group]:
    rows = model.Session.query(model.Group.name, model.Group.title, model.Group.description).filter(
        model.Group.type == kind, model.Group.state == "active"
    )
    return [
        Group(name=name, title=title or name, description=description or "")
        for name, title, description in rows
    ]


def parents_by_name() -> dict[str, str]:
    """`{organisation: its parent}`, by name, for the active ones that have a parent.

    CKAN keeps the parent as a member of the child, of kind `group` (`model/group.py`).
    """
    child, parent = aliased(model.Group), aliased(model.Group)
    rows = (
        model.Session.query(child.name, parent.name)
        .join(model.Member, model.Member.group_id == child.id)
        .join(parent, model.Member.table_id == parent.id)
        .filter(model.Member.table_name == "group", model.Member.state == "active")
        .filter(child.type == "organization", child.state == "active", parent.state == "active")
        .order_by(child.name, parent.name)
    )
    return dict(rows.tuples())


def organisation_tree() -> tuple[Node, ...]:
    """The active organisations with the number of datasets the visitor may see in each."""
    rows = (
        model.Session.query(model.Group.name, model.Group.title)
        .filter(model.Group.type == "organization", model.Group.state == "active")
        .all()
    )
    parents = parents_by_name()
    return grow(
        [(name, title or name, parents.get(name)) for name, title in rows],
        dataset_counts("organization")["organization"],
        town.commune_organisations(),
    )


def dataset_counts(*facets: str) -> dict[str, dict[str, int]]:
    """`{facet: {value: datasets}}`, as the search page counts them for this visitor."""
    found = counted(*facets)
    return {facet: found["facets"].get(facet, {}) for facet in facets}


def counted(*facets: str) -> dict[str, Any]:
    """The answer of a search for everything, without its datasets."""
    return tk.get_action("package_search")(
        {},
        {
            "rows": 0,
            "fq": "dataset_type:dataset",
            # As the search page: what one may see, private or not.
            "include_private": True,
            "facet.field": list(facets),
            "facet.limit": -1,
        },
    )


def key_figures(found: Mapping[str, Any]) -> dict[str, int]:
    """The size of the catalogue, from a search for everything with the facets of FIGURES."""
    files = (
        model.Session.query(model.Resource.id)
        .join(model.Package, model.Resource.package_id == model.Package.id)
        .filter(model.Resource.state == "active", model.Package.state == "active")
        .filter(model.Package.private.is_(False), model.Package.type == "dataset")
        .count()
    )
    return {
        "datasets": found["count"],
        "organizations": len(found["facets"].get("organization", {})),
        "themes": len(found["facets"].get("groups", {})),
        "files": files,
    }
