"""The options of the geocatalogue: one reader for each, and no other place reads them."""

import ckan.plugins.toolkit as tk

PREFIX = "ckanext.grandpoitiers.harvest."


def queue() -> str:
    """The queue of background jobs that harvests wait in."""
    return tk.config[PREFIX + "queue"]


def time_limit() -> int:
    """How long one run may take, in seconds."""
    return tk.config[PREFIX + "time_limit"]


def memory_limit() -> int:
    """How much memory one run may take, in megabytes."""
    return tk.config[PREFIX + "memory_limit"]


def request_limit() -> int:
    """How long a catalogue may take for one page, in seconds."""
    return tk.config[PREFIX + "request_limit"]


def history() -> int:
    """How many runs of a source keep their report."""
    return tk.config[PREFIX + "history"]
