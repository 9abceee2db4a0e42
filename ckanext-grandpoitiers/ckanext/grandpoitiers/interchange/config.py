"""The options of the exports: one reader for each, and no other place reads them."""

import ckan.plugins.toolkit as tk

PREFIX = "ckanext.grandpoitiers.export."


def page_size() -> int:
    """Datasets on one page of a catalogue."""
    return tk.config[PREFIX + "page_size"]


def prepared() -> list[str]:
    """The profiles that are prepared in the background."""
    return tk.config[PREFIX + "prepared"]


def refresh_delay() -> int:
    """Seconds between a change and the preparation of what changed."""
    return tk.config[PREFIX + "refresh_delay"]


def publisher() -> str:
    """The name of the organisation that answers for the catalogue."""
    return tk.config[PREFIX + "publisher"]


def base_uri() -> str:
    """The start of every identifier, when it differs from the portal's address."""
    return tk.config.get("ckanext.dcat.base_uri") or ""
