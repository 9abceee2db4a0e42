"""What makes a dataset open, internal or restricted, and from when.

Pure: must import neither CKAN nor an HTTP client. CKAN's own `private` says whether a dataset is
open; what is below only says for whom it is not. So CKAN's own pages and actions, and whatever
sets `private` alone, never show more than the level allows.

Stored in the dataset's fields, each absent when it says nothing:
`audience`: `internal`, `restricted`, or `open` under an embargo: what it is once that is over;
`shared_with`: ids of organisations and groups, as a JSON list, of a restricted dataset;
`embargo`: the minute it opens on the town's clock, as `2026-12-01T08:00`.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

FIELDS = ("visibility", "audience", "shared_with", "embargo")
AGENTS = "agents"
"""The label of internal datasets, and of who is an agent."""


class Level(StrEnum):
    """Who may see a dataset."""

    OPEN = "open"
    INTERNAL = "internal"
    RESTRICTED = "restricted"
    EMBARGO = "embargo"


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a dataset decides who sees it; `embargo` is aware."""

    private: bool
    audience: str
    shared_with: tuple[str, ...]
    embargo: datetime | None

    def level(self, now: datetime) -> Level:
        """Its level: under embargo it has no other yet."""
        if not self.private:
            return Level.OPEN
        if self.embargo is not None and self.embargo > now:
            return Level.EMBARGO
        if self.audience == Level.INTERNAL:
            return Level.INTERNAL
        if self.audience == Level.OPEN and self.embargo is not None:
            return Level.OPEN
        return Level.RESTRICTED


def seen(private: bool | None, fields: Mapping[str, object], zone: tzinfo) -> Seen:
    """What the stored fields say; what can't be read says nothing, and shows nobody more."""
    written = fields.get("shared_with")
    try:
        listed: object = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        listed = None
    names = tuple(str(one) for one in listed) if isinstance(listed, list) else ()
    moment = fields.get("embargo")
    return Seen(
        private=bool(private),
        audience=str(fields.get("audience") or ""),
        shared_with=names,
        embargo=read_moment(str(moment), zone) if moment else None,
    )


def settle(
    private: bool | None, fields: Mapping[str, str], now: datetime, zone: tzinfo
) -> tuple[bool, dict[str, str]]:
    """`private` and the fields to keep, from what a form or a program sent.

    `visibility`, the word of the form, decides when it is there and is not kept: `private` alone
    is told to whoever reads the dataset, so that changing one of them never contradicts the other.
    """
    kept = {name: value for name, value in fields.items() if name not in FIELDS}
    found = seen(private, fields, zone)
    said = fields.get("visibility") or ""
    hidden, audience = found.private, found.audience
    if said:
        hidden, audience = said != Level.OPEN, said
    elif not hidden:
        audience = Level.OPEN
    if found.embargo is not None and found.embargo > now:
        hidden = True
        kept["embargo"] = written_moment(found.embargo, zone)
    elif audience == Level.OPEN and (said or found.embargo is not None or not hidden):
        hidden = False
    elif audience == Level.OPEN:
        # An embargo that was taken away from a dataset that stayed private.
        audience = Level.RESTRICTED
    if hidden and audience:
        kept["audience"] = audience
    if hidden and found.shared_with and audience != Level.INTERNAL:
        kept["shared_with"] = json.dumps(found.shared_with)
    return hidden, kept


def labels(
    found: Seen, state: str, package_id: str, owner: str | None, creator: str | None, now: datetime
) -> list[str]:
    """The permission labels of a dataset: whoever has one of them may see it.

    As CKAN's own, for a level that CKAN knows; `editor-` and `editing-` are those of who may edit
    for their organisation, or as a collaborator.
    """
    level = found.level(now)
    if state == "active" and level is Level.OPEN:
        return ["public"]
    if state == "active" and level is Level.EMBARGO:
        editors = [f"editing-{package_id}"]
        return [*editors, f"editor-{owner}" if owner else f"creator-{creator}"]
    mine = [
        f"collaborator-{package_id}",
        f"member-{owner}" if owner else f"creator-{creator}",
    ]
    if state == "active" and level is Level.INTERNAL:
        mine.append(AGENTS)
    if state == "active" and level is Level.RESTRICTED:
        mine += [f"member-{one}" for one in found.shared_with]
    return mine


def read_moment(written: str, zone: tzinfo) -> datetime | None:
    """`2026-12-01`, `2026-12-01T08:00`, with or without an offset; in UTC. None for another text.

    A moment without an offset is on the clock of `zone`, and a day begins at midnight.
    """
    try:
        found = datetime.fromisoformat(written.strip())
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def written_moment(moment: datetime, zone: tzinfo) -> str:
    """The minute as it is stored."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def same(names: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))
