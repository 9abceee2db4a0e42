"""What templates ask of files and schemas; every name begins with ``scdl_``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.scdl.dataset_type import dataset_type
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.publishing import following, prefilled, sources, state, waiting, words
from ckanext.scdl.queue import clock, home, rights
from ckanext.scdl.queue import words as queue_words
from ckanext.scdl.registry import JSON, TABLE, Registry


def scdl_file(resource: dict[str, Any]) -> dict[str, Any] | None:
    """Where the file of a resource stands; None when no table is to be expected of it."""
    if "scdl_staged" in resource:
        # A file that is seen before it is on line (see `queue.previewing`).
        return resource["scdl_staged"]
    if not sources.loadable(resource):
        return None
    found = state.file_of(resource["id"])
    if found is None:
        return None
    reason = words.said(found["reason"], tk._) if found["reason"] else ""
    notes = [words.said(note, tk._) for note in found["notes"]]
    kept = found["state"] == "failed" and found["reason"].get("kind") == "unreadable"
    told = {"waits": waiting.is_held_back(found), "unreadable": kept}
    return {**found, "reason": reason, "notes": notes, **told}


def scdl_waiting(resource_id: str) -> list[dict[str, Any]]:
    """The files sent for a resource that wait for the visitor's decision."""
    if not tk.current_user.is_authenticated:
        return []
    return waiting.seen_by(tk.current_user.name, [resource_id])


def scdl_pending(package: dict[str, Any]) -> list[dict[str, str]]:
    """What waits for the visitor's decision in a dataset: ``resource_id`` and ``name`` of each."""
    if not tk.h.check_access("package_update", {"id": package["id"]}):
        return []
    return waiting.pending(tk.current_user.name, package.get("resources") or [])


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


def scdl_facets(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the rows of a resource are best filtered by, as its schema declares it.

    Each has ``title`` (may be empty) and either ``column`` and ``by`` (``value`` or ``year``) or
    ``cases``, a list of ``title`` and ``filters`` (``{column__operator: text}``).
    """
    followed = str(resource.get("scdl_schema") or "")
    if not followed:
        return []
    try:
        found = dataset_type(Registry.standard().find(followed)).facets
    except ScdlError:
        return []
    return [one.as_dict() for one in found]


def scdl_facet_titles(resource: Mapping[str, Any]) -> list[str]:
    """The same in words, for a link to the table."""
    found = scdl_facets(resource)
    if not found:
        return []
    columns = dataset_type(Registry.standard().find(resource["scdl_schema"])).columns
    labels = {one.id: one.label for one in columns}
    return [one["title"] or labels.get(one["column"]) or one["column"] for one in found]


def scdl_form_help(data: dict[str, Any], action: str) -> prefilled.Help | None:
    """Fill in the form of a new dataset that follows a schema; what to show above it."""
    return prefilled.of_form(data, action)


def scdl_file_help(dataset: str) -> prefilled.Help | None:
    """What to show above the form of a file of a dataset that follows a schema."""
    return prefilled.of_dataset(dataset) if dataset else None


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


def scdl_has_home() -> bool:
    """Whether a page of deposits concerns the visitor: they deposit, or are in charge of data."""
    if not tk.current_user.is_authenticated:
        return False
    return scdl_may_deposit() or home.is_in_charge(tk.current_user.name)


def scdl_queue_state(state: str) -> str:
    """What people read for the state of a deposit."""
    return queue_words.states().get(state, state)


def scdl_queue_step(step: dict[str, Any]) -> str:
    """What people read for a step of a deposit's history."""
    said = str(queue_words.steps().get(step["step"], step["step"]))
    moment = scdl_moment(step["comment"]) if step["step"] == "schedule" else ""
    return said.format(moment=moment, number=step["comment"].partition(" ")[0])


def scdl_queue_filters() -> dict[str, str]:
    """The states that the queue can be seen by."""
    return queue_words.filters()


def scdl_queue_modes() -> dict[str, str]:
    """What an organisation may want before a file is public."""
    return queue_words.modes()


def scdl_moment(iso: str) -> str:
    """A moment on the portal's clocks, from its ISO form."""
    return clock.shown(datetime.fromisoformat(iso))


def scdl_ago(iso: str) -> str:
    """How long ago a moment was, from its ISO form."""
    moment = datetime.fromisoformat(iso).astimezone(UTC).replace(tzinfo=None)
    return str(tk.h.time_ago_from_timestamp(moment))


def scdl_publishes_directly(owner_org: str, resource_id: str = "") -> bool:
    """Whether the visitor's files for an organisation need nobody else's eyes."""
    return rights.publishes_directly(tk.current_user.name, owner_org, resource_id)


def scdl_validates() -> bool:
    """Whether the visitor validates deposits."""
    return tk.current_user.is_authenticated and rights.is_validator(tk.current_user.name)
