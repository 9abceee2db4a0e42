"""Template helpers of the rights to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.visibility import levels
from ckanext.grandpoitiers.visibility.levels import Level


def functions() -> dict[str, Any]:
    """The helpers, for ITemplateHelpers."""
    return {
        "grandpoitiers_seen_by": seen_by,
        "grandpoitiers_visibility": visibility,
        "grandpoitiers_visibilities": visibilities,
        "grandpoitiers_sharing_choices": sharing_choices,
    }


@dataclass(frozen=True, slots=True)
class SeenBy:
    """A level, its word, and a sentence that says who sees the dataset."""

    level: str
    word: str
    sentence: str


def seen_by(package: Mapping[str, Any]) -> SeenBy | None:
    """Who sees a dataset, for its badge; None for an open one that a visitor reads."""
    found = levels.seen(package.get("private"), package, zone())
    level = found.level(now())
    if level is Level.OPEN and not tk.current_user.is_authenticated:
        return None
    return SeenBy(str(level), words()[level], _sentence(found, level))


def _sentence(found: levels.Seen, level: Level) -> str:
    if level is Level.EMBARGO and found.embargo is not None:
        day = tk.h.render_datetime(found.embargo.astimezone(zone()), with_hours=True)
        after = visibilities().get(found.audience) or visibilities()["restricted"]
        sentence = tk._("Only those who may edit it see it until {moment}. Then: {after}")
        return sentence.format(moment=day, after=after[1])
    if level is Level.RESTRICTED and found.shared_with:
        names = [model.Group.get(one) for one in found.shared_with]
        titles = ", ".join(one.title or one.name for one in names if one)
        return tk._("Its organisation, {names}, and the people who were let in.").format(
            names=titles
        )
    return visibilities()[level][1]


def words() -> dict[str, str]:
    """`{level: word}` of the badges."""
    return {
        "open": tk._("Open to all"),
        "internal": tk._("Internal"),
        "restricted": tk._("Restricted"),
        "embargo": tk._("Under embargo"),
    }


def visibilities() -> dict[str, tuple[str, str]]:
    """`{value of the form: (word, sentence)}`."""
    return {
        "open": (tk._("Open to all"), tk._("Everybody sees it.")),
        "internal": (
            tk._("Internal"),
            tk._("Agents see it: the members of any organisation of the portal."),
        ),
        "restricted": (
            tk._("Restricted"),
            tk._("Its organisation, the groups named below and its collaborators see it."),
        ),
    }


def visibility(data: Mapping[str, Any]) -> str:
    """What the form of a dataset has chosen; a new one begins restricted, as CKAN's do."""
    said = data.get("visibility")
    if said:
        return str(said)
    private = tk.asbool(data.get("private", True))
    audience = str(data.get("audience") or "")
    if not private:
        return "open"
    return audience if audience in visibilities() else "restricted"


def sharing_choices(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The organisations and groups that a restricted dataset may be shared with."""
    written = data.get("shared_with")
    chosen = set(levels.seen(True, {"shared_with": written}, zone()).shared_with)
    chosen |= {written} if isinstance(written, str) else set()
    group = model.Group
    query = model.Session.query(group.id, group.title, group.name, group.is_organization).filter(
        group.state == model.State.ACTIVE
    )
    rows = sorted(query, key=lambda row: (not row[3], (row[1] or row[2]).lower()))
    return [
        {"id": key, "title": title or name, "organization": own, "chosen": key in chosen}
        for key, title, name, own in rows
    ]
