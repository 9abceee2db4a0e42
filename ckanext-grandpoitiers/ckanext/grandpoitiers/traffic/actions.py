"""The actions of the counts: `grandpoitiers_traffic_show`, `grandpoitiers_most_used`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import AuthResult, Context, DataDict

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.traffic import asked, store

VIEWS, CALLS = (asked.DATASET, asked.RESOURCE_PAGE), (asked.CALL, asked.DOWNLOAD)
USES = {"viewed": VIEWS, "called": CALLS}
DAYS = 30
LONGEST = 800
MOST = 100


def actions() -> dict[str, Any]:
    """The actions, for IActions."""
    return {
        "grandpoitiers_traffic_show": grandpoitiers_traffic_show,
        "grandpoitiers_most_used": grandpoitiers_most_used,
    }


def auth_functions() -> dict[str, Any]:
    """The functions, for IAuthFunctions."""
    return {"grandpoitiers_traffic_show": _administrators}


def today() -> date:
    """The portal's day."""
    return datetime.now(tk.h.get_display_timezone()).date()


def forget_searches() -> int:
    """Erase the words of searches kept long enough; how many rows went."""
    return store.forget_searches(today() - config.searches_kept())


@tk.side_effect_free
def grandpoitiers_traffic_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """What the portal was used for, without anything about who used it.

    :param days: how many days back (optional, 30; 800 at most)

    :returns: ``since``; ``days``, a list of ``{"day", "kind", "people", "robots"}``;
        ``viewed`` and ``called``, the datasets most asked for, as ``grandpoitiers_most_used``
        gives them; ``searches`` and ``in_vain``, lists of ``{"terms", "asked", "found"}``
    :rtype: dictionary
    """
    tk.check_access("grandpoitiers_traffic_show", context, data_dict)
    since = _since(data_dict)
    return {
        "since": since.isoformat(),
        "days": [{**row, "day": row["day"].isoformat()} for row in store.by_day(since)],
        **rankings(context, list(USES), since, 20),
        "searches": store.words(since, in_vain=False, limit=50),
        "in_vain": store.words(since, in_vain=True, limit=50),
    }


@tk.side_effect_free
def grandpoitiers_most_used(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The datasets people use most, among those the caller may see.

    :param use: ``viewed`` (pages) or ``called`` (files taken and calls of the API)
    :param days: how many days back (optional, 30; 800 at most)
    :param limit: how many (optional, 5; 100 at most)

    :returns: the most used first: ``id``, ``name``, ``title``, ``number``
    :rtype: list of dictionaries
    """
    use = data_dict.get("use", "viewed")
    if use not in USES:
        raise tk.ValidationError({"use": [tk._("One of: {uses}").format(uses=", ".join(USES))]})
    limit = _number(data_dict, "limit", 5, MOST)
    return rankings(context, [use], _since(data_dict), limit)[use]


def _administrators(context: Context, data_dict: DataDict) -> AuthResult:
    """Only the portal's administrators; CKAN lets them pass before it asks here."""
    return {"success": False, "msg": tk._("Only administrators see what the portal is used for.")}


def rankings(
    context: Context, uses: Sequence[str], since: date, limit: int
) -> dict[str, list[dict[str, Any]]]:
    """The most used datasets by use: one question to Solr for all the uses."""
    # Private ones may be among the first: asked for twice as many, one question whatever happens.
    found = {use: store.by_dataset(USES[use], since, 2 * limit) for use in uses}
    ids = sorted({one.thing for listed in found.values() for one in listed})
    if not ids:
        return {use: [] for use in uses}
    named = " OR ".join(f'"{one}"' for one in ids)
    visible = tk.get_action("package_search")(
        tk.fresh_context(context),
        {"fq": f"id:({named})", "rows": len(ids), "fl": "id,name,title", "facet": False},
    )["results"]
    shown = {one["id"]: one for one in visible}
    return {
        use: [
            {
                **{key: shown[one.thing][key] for key in ("id", "name", "title")},
                "number": one.people,
            }
            for one in listed
            if one.thing in shown
        ][:limit]
        for use, listed in found.items()
    }


def lately() -> date:
    """The first of the days that rankings are of."""
    return _since({})


def _since(data_dict: DataDict) -> date:
    return today() - timedelta(days=_number(data_dict, "days", DAYS, LONGEST) - 1)


def _number(data_dict: DataDict, name: str, default: int, most: int) -> int:
    said = data_dict.get(name, default)
    try:
        number = int(said)
    except (TypeError, ValueError):
        number = 0
    if not 1 <= number <= most:
        sentence = tk._("A whole number from 1 to {most}.").format(most=most)
        raise tk.ValidationError({name: [sentence]})
    return number
