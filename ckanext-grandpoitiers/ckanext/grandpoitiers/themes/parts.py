"""What is in a part of a theme is in the theme: Solr says so, and follows administrators' changes.

A dataset's own record names the part alone; its Solr document names both, so that every count,
list and filter agree without knowing of parts.
"""

from collections.abc import Iterable

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.lib import search

from ckanext.grandpoitiers.pagecache.writes import generations
from ckanext.grandpoitiers.themes import current

PARENT = "theme_parent"


def with_wholes(names: Iterable[str]) -> list[str]:
    """These themes, then those that one of them is a part of, each once."""
    known = current.themes_by_name()
    held = list(names)
    above = (known[name].parent for name in held if name in known)
    return list(dict.fromkeys([*held, *(parent for parent in above if parent in known)]))


def place_of(group: str) -> tuple[str, str] | None:
    """What the index says because of a group (its id or name): its name, what it is a part of."""
    found = model.Group.get(group)
    if found is None:
        return None
    theme = current.themes_by_name().get(found.name)
    return found.name, theme.parent if theme else ""


def follow(group: str, before: tuple[str, str] | None) -> None:
    """After a group was changed: its datasets are indexed again when that changes where they are.

    `before` is its `place_of` then. Its parts keep it as their whole when it has another name.
    """
    after = place_of(group)
    if before is None or after is None or before == after:
        return
    if before[0] != after[0]:
        for part in _names_of_parts(before[0]):
            _move(part, after[0])
    index_later(after[0], datasets_of([after[0]]))


def datasets_of(groups: Iterable[str]) -> list[str]:
    """The ids of the datasets whose own record names one of these groups."""
    member, group = model.Member, model.Group
    ids = model.Session.scalars(
        sa.select(member.table_id)
        .join(group, group.id == member.group_id)
        .where(group.name.in_(list(groups)))
        .where(member.table_name == "package", member.state == "active")
        .distinct()
    )
    return [str(one) for one in ids]


def index_later(title: str, datasets: list[str]) -> None:
    """Give the worker these datasets to index again; `title` is for the list of jobs."""
    if datasets:
        tk.enqueue_job(index_again, [datasets], title=f"index {title}")


def index_again(datasets: list[str]) -> None:
    """What the worker calls."""
    search.rebuild(package_ids=datasets)
    search.commit()
    # Nothing was written in the database, and the pages show other numbers.
    generations().advance()


def _names_of_parts(name: str) -> list[str]:
    return [theme.name for theme in current.parts_of(name)]


def _move(part: str, whole: str) -> None:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    shown = tk.get_action("group_show")({"ignore_auth": True, "user": user}, {"id": part})
    extras = [
        {"key": one["key"], "value": whole if one["key"] == PARENT else one["value"]}
        for one in shown["extras"]
    ]
    tk.get_action("group_patch")(
        {"ignore_auth": True, "user": user}, {"id": part, "extras": extras}
    )
