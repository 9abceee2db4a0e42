"""The extension's options: one reader for each, and no other place reads them."""

import ckan.plugins.toolkit as tk

PREFIX = "ckanext.realtime."


def pushes_per_minute() -> int:
    """How many requests a minute a key may push to its feed."""
    return tk.config[PREFIX + "pushes_per_minute"]
