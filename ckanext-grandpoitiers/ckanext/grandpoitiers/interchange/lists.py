"""CKAN's lists without the datasets that the reader may not see, or not any more.

CKAN 2.12 tells everybody, whole, the datasets that were public once and are deleted or private now
(activities), the ids of all that an organisation or a theme holds, all keywords and all formats.
"""

from collections.abc import Callable, Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import authz, model
from ckan.plugins import plugin_loaded
from ckan.types import Context, DataDict

LISTS = (
    *("organization_activity_list", "group_activity_list", "user_activity_list"),
    *("package_activity_list", "recently_changed_packages_activity_list"),
)
MOST, SUGGESTED = 1000, 10
"""Keywords considered, and given, to who types the beginning of one."""
KEYWORDS = """
SELECT DISTINCT t.name FROM tag t JOIN package_tag l ON l.tag_id = t.id
JOIN package p ON p.id = l.package_id
WHERE t.name = ANY(:names) AND l.state = 'active' AND p.state = 'active'
  AND p.private IS NOT TRUE
"""
FORMATS = """
SELECT lower(r.format) FROM resource r JOIN package p ON p.id = r.package_id
WHERE r.state = 'active' AND p.state = 'active' AND p.private IS NOT TRUE
  AND position(lower(:word) IN lower(r.format)) > 0
GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT :limit
"""


def actions() -> dict[str, Any]:
    """The actions that are mended; those of activities where their plugin is loaded."""
    found: dict[str, Any] = {
        "member_list": member_list,
        "format_autocomplete": format_autocomplete,
        "tag_list": tag_list,
        "tag_search": tag_search,
        "tag_autocomplete": tag_autocomplete,
    }
    for name in LISTS if plugin_loaded("activity") else ():
        found[name] = _without_hidden()
    return found


@tk.chained_action
@tk.side_effect_free
def member_list(original: Callable[..., Any], context: Context, data_dict: DataDict) -> Any:
    """CKAN's, with the datasets that the caller may see."""
    found = original(context, data_dict)
    user = str(context.get("user") or "")
    if context.get("ignore_auth"):
        return found
    return [one for one in found if str(one[1]).lower() != "package" or _may_see(one[0], user)]


@tk.chained_action
@tk.side_effect_free
def format_autocomplete(
    original: Callable[..., Any], context: Context, data_dict: DataDict
) -> list[str]:
    """Formats of public files that contain `q`, the most frequent first; at most `limit`."""
    tk.check_access("format_autocomplete", context, data_dict)
    word = str(tk.get_or_bust(data_dict, "q"))
    try:
        limit = min(100, max(1, int(data_dict.get("limit") or 5)))
    except (TypeError, ValueError):
        limit = 5
    rows = model.Session.execute(sa.text(FORMATS), {"word": word, "limit": limit})
    return [str(row[0]) for row in rows]


@tk.chained_action
@tk.side_effect_free
def tag_list(original: Callable[..., Any], context: Context, data_dict: DataDict) -> Any:
    """CKAN's, with the keywords of public datasets; by name, CKAN having no order."""
    found: list[Any] = _public(original(context, data_dict))
    return sorted(found, key=lambda one: str(one["name"] if isinstance(one, dict) else one))


@tk.chained_action
@tk.side_effect_free
def tag_search(original: Callable[..., Any], context: Context, data_dict: DataDict) -> Any:
    """CKAN's, with the keywords of public datasets; they alone are counted."""
    asked = {name: value for name, value in data_dict.items() if name not in ("limit", "offset")}
    found = _public(original(context, asked)["results"])
    return {"count": len(found), "results": _part(found, data_dict, len(found))}


@tk.chained_action
@tk.side_effect_free
def tag_autocomplete(original: Callable[..., Any], context: Context, data_dict: DataDict) -> Any:
    """CKAN's, with the keywords of public datasets."""
    asked = {**data_dict, "limit": MOST, "offset": 0}
    return _part(_public(original(context, asked)), data_dict, SUGGESTED)


def _part(found: list[Any], asked: DataDict, limit: int) -> list[Any]:
    try:
        start = max(0, int(asked.get("offset") or 0))
        return found[start : start + max(0, int(asked.get("limit") or limit))]
    except (TypeError, ValueError):
        return found[:limit]


def _public(tags: list[Any]) -> list[Any]:
    """Those of names or dicts that some public dataset has."""
    names = [str(one["name"] if isinstance(one, dict) else one) for one in tags]
    rows = model.Session.execute(sa.text(KEYWORDS), {"names": names})
    kept = {str(row[0]) for row in rows}
    return [one for one, name in zip(tags, names, strict=True) if name in kept]


def _without_hidden() -> Any:
    @tk.chained_action
    @tk.side_effect_free
    def listed(original: Callable[..., Any], context: Context, data_dict: DataDict) -> Any:
        found = original(context, data_dict)
        user = str(context.get("user") or "")
        packages = {one["object_id"] for one in found if _of_package(one)}
        seen = {key for key in packages if _may_see(key, user)}
        return [one for one in found if not _of_package(one) or one["object_id"] in seen]

    return listed


def _of_package(activity: Mapping[str, Any]) -> bool:
    return str(activity.get("activity_type")).endswith("package")


def _may_see(key: str, user: str) -> bool:
    package = model.Package.get(key)
    if package is not None and package.state == "active" and not package.private:
        return True
    if package is None or not user:
        return False
    asked: Context = {"user": user}
    if package.state == "active":
        return authz.is_authorized_boolean("package_show", asked, {"id": key})
    return authz.is_authorized_boolean("package_update", asked, {"id": key})
