"""What the town decided about pages and events: its clock, types, frames, and who sees what."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.events.types import EventSettings, read_event_settings
from ckanext.grandpoitiers.pages.page import Rules
from ckanext.grandpoitiers.policy.text import read
from portal_kit.configuration import read_yaml


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The clock that people read: CKAN's `ckan.display_timezone`."""
    return ZoneInfo(str(tk.h.get_display_timezone()))


@cache
def event_settings() -> EventSettings:
    """events.yaml. Raises EventTypesError, or PortalError for an unreadable file."""
    return read_event_settings(read_yaml("events.yaml"))


def rules() -> Rules:
    """What a page is read by."""
    allowed = [str(tk.config["ckan.site_url"]), *read(config.more_sources()).get("img-src", ())]
    hosts = [host for one in allowed if (host := urlsplit(one).hostname)]
    return Rules(zone(), event_settings().types, config.page_frames(), hosts)


def unknown_datasets(names: Sequence[str]) -> list[str]:
    """Those of these names that no dataset bears."""
    if not names:
        return []
    named = model.Session.query(model.Package.name).filter(
        model.Package.name.in_(names), model.Package.state == model.State.ACTIVE
    )
    known = {name for (name,) in named}
    return [name for name in names if name not in known]


def may_write(user: str | None) -> bool:
    """Whether somebody writes pages: those who may create a dataset in some organisation."""
    return bool(user) and authz.has_user_permission_for_some_org(user, "create_dataset")


def audiences(user: str | None) -> tuple[str, ...]:
    """The audiences that somebody belongs to: all are `public`, those signed in are `agents`."""
    if not user:
        return ("public",)
    return ("public", "agents", "referents") if may_write(user) else ("public", "agents")
