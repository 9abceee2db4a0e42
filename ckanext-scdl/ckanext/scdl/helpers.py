"""What templates ask of files and schemas; every name begins with ``scdl_``."""

from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.scdl.publishing import following, sources, state, words
from ckanext.scdl.registry import JSON, TABLE, Registry


def scdl_file(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Where the file of a resource stands; None when no table is to be expected of it."""
    if not sources.loadable(resource):
        return None
    found = state.file_of(resource["id"])
    if found is None:
        return None
    reason = words.said(found["reason"], tk._) if found["reason"] else ""
    notes = [words.said(note, tk._) for note in found["notes"]]
    return {**found, "reason": reason, "notes": notes}


def scdl_schemas() -> list[dict[str, str]]:
    """The schemas that files can be checked by, for a list to choose from."""
    return [
        {"name": schema.name, "title": schema.title, "description": schema.description}
        for schema in Registry.standard()
        if schema.kind in (TABLE, JSON)
    ]


def scdl_verdict(verdict: str) -> str:
    """What people read for a verdict."""
    return following.verdicts().get(verdict, verdict)


def scdl_schema_title(name: str) -> str:
    """The title of a schema, by its name with or without a version."""
    plain = name.partition("@")[0]
    titles = {schema.name: schema.title for schema in Registry.standard()}
    return titles.get(plain, plain)


def scdl_types() -> dict[str, str]:
    """What people read for the type of a column."""
    return {
        "string": tk._("text"),
        "integer": tk._("whole number"),
        "number": tk._("number"),
        "date": tk._("date"),
        "datetime": tk._("date and time"),
        "boolean": tk._("yes or no"),
    }


def scdl_encodings() -> dict[str, str]:
    """The encodings that a person may have to choose from."""
    return {
        "utf-8": "UTF-8",
        "cp1252": "Windows (cp1252)",
        "iso8859-15": "ISO 8859-15",
        "mac_roman": "Mac (mac-roman)",
        "cp850": "DOS (cp850)",
        "utf-16": "UTF-16",
    }


def scdl_separators() -> dict[str, str]:
    """The separators that a person may have to choose from."""
    return {
        ";": tk._("semicolon ;"),
        ",": tk._("comma ,"),
        "\t": tk._("tabulation"),
        "|": tk._("bar |"),
    }


def scdl_may_deposit() -> bool:
    """Whether the visitor publishes for an organisation."""
    if not tk.current_user.is_authenticated:
        return False
    return bool(tk.h.organizations_available("create_dataset"))
