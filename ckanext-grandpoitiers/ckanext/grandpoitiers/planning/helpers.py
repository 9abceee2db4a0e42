"""Template helpers of the planning."""

from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.planning.due import Standing
from ckanext.grandpoitiers.planning.standing import line_of
from ckanext.grandpoitiers.visibility.permission import is_agent


def functions() -> dict[str, Any]:
    """The helpers, for ITemplateHelpers."""
    return {
        "grandpoitiers_day": day,
        "grandpoitiers_is_agent": agent,
        "grandpoitiers_month": month,
        "grandpoitiers_public_due": public_due,
        "grandpoitiers_standings": standings,
    }


def day(value: date | str) -> str:
    """“31 décembre 2026”, of a date or its ISO form."""
    when = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(when, "long", locale=tk.h.lang())


def agent() -> bool:
    """Whether who reads is an agent, who may open the directory."""
    return bool(tk.current_user.is_authenticated and is_agent(tk.current_user.name))


def month(value: str) -> str:
    """“décembre 2026”, of `2026-12`."""
    return format_date(date.fromisoformat(f"{value}-01"), "MMMM y", locale=tk.h.lang())


def public_due(package_id: str) -> dict[str, Any] | None:
    """What visitors are told of a dataset's date, as the administrators chose; None for nothing."""
    shown = config.planning_shown()
    line = line_of(package_id) if shown != "nothing" else None
    if line is None or line.due is None:
        return None
    if shown == "late" and line.standing is not Standing.LATE:
        return None
    return {"due": line.due.on, "late": line.standing is Standing.LATE}


def standings() -> dict[str, str]:
    """How a dataset may stand, and what people read."""
    return {
        "late": tk._("Late"),
        "soon": tk._("Soon due"),
        "fine": tk._("Up to date"),
        "unplanned": tk._("Without a date"),
    }
