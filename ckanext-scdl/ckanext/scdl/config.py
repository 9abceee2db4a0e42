"""The extension's options: one reader for each, and no other place reads them."""

import ckan.plugins.toolkit as tk

PREFIX = "ckanext.scdl."
MEGABYTE = 1_000_000


def loads() -> bool:
    """Whether files become tables by themselves."""
    return tk.config[PREFIX + "load"]


def largest_file() -> int:
    """Bytes of the largest file that is read."""
    return tk.config[PREFIX + "largest_file"] * MEGABYTE


def largest_checked() -> int:
    """Bytes of the largest file that anybody may have checked without an account."""
    return tk.config[PREFIX + "largest_checked"] * MEGABYTE


def fetch_seconds() -> int:
    """How long an address may take to give its file."""
    return tk.config[PREFIX + "fetch_seconds"]


def versions_kept() -> int:
    """How many versions of a file are kept, the published one included."""
    return tk.config[PREFIX + "versions_kept"]


def policy(schema: str, organisation: str) -> str:
    """What an invalid file meets: ``block``, ``badge`` or ``inform``.

    The most precise line of the option decides: of a schema and an organisation, of either.
    """
    said = dict(line.partition("=")[::2] for line in tk.config[PREFIX + "policy"])
    for key in (f"{schema}@{organisation}", f"@{organisation}", schema, "*"):
        if said.get(key) in ("block", "badge", "inform"):
            return said[key]
    return "badge"


def replacements(organisation: str) -> str:
    """What a file that takes something away from a table meets: ``ask`` or ``accept``."""
    said = dict(line.partition("=")[::2] for line in tk.config[PREFIX + "replacements"])
    for key in (f"@{organisation}", "*"):
        if said.get(key) in ("ask", "accept"):
            return said[key]
    return "ask"


def drop_rules() -> str:
    """The file of rules by which dropped files find their dataset; "" for none."""
    return tk.config[PREFIX + "drop_rules"]
