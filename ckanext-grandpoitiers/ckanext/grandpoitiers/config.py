"""The portal's options: one reader for each, and no other place reads them."""

from datetime import timedelta

import ckan.plugins.toolkit as tk

PREFIX = "ckanext.grandpoitiers."


def config_dir() -> str | None:
    """The folder of the town's own files, when the ini file names one."""
    return tk.config.get(PREFIX + "config_dir") or None


def latest_on_home() -> int:
    """How many datasets the home page shows."""
    return tk.config[PREFIX + "home.latest"]


def trusted_proxies() -> int:
    """How many proxies in front of the portal are believed."""
    return tk.config[PREFIX + "trusted_proxies"]


def frame_ancestors() -> str:
    """Who may show our pages in a frame, as Content-Security-Policy writes it."""
    return tk.config[PREFIX + "frame_ancestors"]


def more_sources() -> str:
    """What pages may load beside ours, as Content-Security-Policy writes it."""
    return tk.config[PREFIX + "policy.more"]


def rate_limits_enabled() -> bool:
    """Whether requests are counted at all."""
    return tk.config[PREFIX + "limits.enabled"]


def login_rate_limit() -> str:
    """The limit on login, registration and password forms, in the notation of `front.limits`."""
    return tk.config[PREFIX + "limits.login"]


def registration_rate_limit() -> str:
    """The limit on registrations to events, in the notation of `front.limits`."""
    return tk.config[PREFIX + "limits.registrations"]


def api_rate_limit() -> str:
    """The limit on the API, in the notation of `front.limits`."""
    return tk.config[PREFIX + "limits.api"]


def export_rate_limit() -> str:
    """The limit on the documents of the exports, in the notation of `front.limits`."""
    return tk.config[PREFIX + "limits.exports"]


def pages_kept() -> int:
    """How many seconds a page of a visitor is given again without asking CKAN; 0 for never."""
    return tk.config[PREFIX + "cache.seconds"]


def kept_pages_size() -> int:
    """How many bytes of them each process keeps."""
    return tk.config[PREFIX + "cache.megabytes"] * 1_000_000


def visits_counted() -> bool:
    """Whether what is asked of the portal is counted."""
    return tk.config[PREFIX + "traffic.count"]


def searches_kept() -> timedelta:
    """How long the words of searches are kept."""
    return timedelta(days=tk.config[PREFIX + "traffic.keep_searches"])


def page_frames() -> list[str]:
    """The hosts whose pages may be framed in a page."""
    return tk.config[PREFIX + "pages.frames"]


def pictures_kept() -> timedelta:
    """How long a picture is kept after the last day that something showed it."""
    return timedelta(days=tk.config[PREFIX + "pages.keep_pictures"])


def registrations_kept() -> timedelta:
    """How long the name and address of who registered are kept after the event."""
    return timedelta(days=tk.config[PREFIX + "events.keep_registrations"])


def reminded_before() -> timedelta:
    """How long before an event those who registered are reminded."""
    return timedelta(hours=tk.config[PREFIX + "events.remind_hours"])


def attendance_kept() -> timedelta:
    """How long it is kept that an agent attended a meeting."""
    return timedelta(days=tk.config[PREFIX + "referents.keep_attendance"])


def planning_shown() -> str:
    """What visitors see of a dataset's date: ``nothing``, ``late`` ones only, or every ``date``."""
    return tk.config[PREFIX + "planning.shown"]
