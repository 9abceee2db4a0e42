"""The feeds that a file of the configuration declares, brought into the portal; can be repeated.

A feed whose entry has not changed since it was last read is left alone, whatever administrators
have made of it on screen; one that they declared themselves is never touched.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.realtime import declaration, registry
from ckanext.realtime.errors import RealtimeError
from ckanext.realtime.feed import BadFeed
from ckanext.realtime.problems import N_
from portal_kit.configuration import read_yaml

DEMO = "{demo}"

NO_LIST = N_("{file} holds no list named “feeds”.")
BAD_ENTRY = N_("In {file}, the feed “{name}” can’t be used: {reason}")


class BadFeeds(RealtimeError):
    """A file of feeds that can't be used; ``template`` is a msgid with ``params``."""

    def __init__(self, template: str, **params: str) -> None:
        super().__init__(template.format(**params))
        self.template, self.params = template, params


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one entry: ``created``, ``updated``, ``unchanged`` or ``kept`` (on screen)."""

    name: str
    outcome: str


def load(file: str, demo: str = "") -> list[Loaded]:
    """Bring the feeds of ``file`` into the portal; ``demo`` is the simulator's address.

    Raises BadFeeds before anything is written, PortalError when the file can't be read.
    """
    document = read_yaml(file)
    listed = document.get("feeds") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise BadFeeds(NO_LIST, file=file)
    entries = [_entry(item, demo) for item in cast("list[Any]", listed)]
    for entry in entries:
        _check(file, entry)
    return [_bring(file, entry) for entry in entries]


def _entry(item: Any, demo: str) -> dict[str, Any]:
    entry = dict(item) if isinstance(item, Mapping) else {}
    entry["address"] = str(entry.get("address") or "").replace(DEMO, demo)
    return entry


def _check(file: str, entry: Mapping[str, Any]) -> None:
    try:
        declaration.read(entry)
    except BadFeed as error:
        sentences = (
            f"{fault.field}: {tk._(fault.message).format(**fault.params)}" for fault in error.faults
        )
        raise _bad(file, entry, " ".join(sentences)) from error


def _bad(file: str, entry: Mapping[str, Any], reason: str) -> BadFeeds:
    return BadFeeds(BAD_ENTRY, file=file, name=str(entry.get("name") or "…"), reason=reason)


def _bring(file: str, entry: dict[str, Any]) -> Loaded:
    name, mark = str(entry["name"]), _mark(entry)
    known = registry.find(name)
    if known is None:
        action, outcome = "realtime_feed_create", "created"
    else:
        former = registry.mark_of(known.id)
        if not former or former == mark:
            return Loaded(name, "unchanged" if former else "kept")
        action, outcome = "realtime_feed_update", "updated"
        entry = {**declaration.write(declaration.read(entry)), "id": known.id}
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Context = {"ignore_auth": True, "user": user}
    try:
        feed = tk.get_action(action)(context, entry)
    except tk.ValidationError as error:
        model.Session.rollback()
        raise _bad(file, entry, json.dumps(error.error_dict, ensure_ascii=False)) from error
    registry.declare(feed["id"], mark)
    model.Session.commit()
    return Loaded(name, outcome)


def _mark(entry: Mapping[str, Any]) -> str:
    text = json.dumps(entry, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
