"""The clock that people read: CKAN's `ckan.display_timezone`."""

from datetime import datetime
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk


def zone() -> ZoneInfo:
    """The portal's time zone."""
    return ZoneInfo(str(tk.h.get_display_timezone()))


def shown(moment: datetime) -> str:
    """“31 décembre 2026 à 08:30” on the portal's clocks."""
    return str(tk.h.render_datetime(moment.astimezone(zone()), with_hours=True))
