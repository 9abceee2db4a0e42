"""The planning as it stands today: what is due and late, of whom, under the filters of a page.

`lines_for` reads everything that somebody sees, for an export; a page asks `planning.paging`.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import authz, model

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.planning import due, store
from ckanext.grandpoitiers.planning.due import Due, Standing
from ckanext.grandpoitiers.planning.store import Planned, planned

NOBODY = "-"
"""The filter that finds the datasets nobody is in charge of."""


@dataclass(frozen=True, slots=True)
class Line:
    """A dataset of the planning, its date and how it stands today."""

    dataset: Planned
    due: Due | None
    standing: Standing

    def as_dict(self) -> dict[str, Any]:
        """For JSON and the table: days are ISO dates, people the names of users."""
        one = self.dataset
        return {
            "id": one.id,
            "name": one.name,
            "title": one.title,
            "private": one.private,
            **one.level,
            "organization": one.organisation,
            "organization_title": one.organisation_title,
            "referent": one.referent.name if one.referent else "",
            "referent_title": one.referent.fullname if one.referent else "",
            "stand_in": one.stand_in.name if one.stand_in else "",
            "stand_in_title": one.stand_in.fullname if one.stand_in else "",
            "frequency": one.facts.frequency,
            "updated": one.facts.updated.isoformat(),
            "due": self.due.on.isoformat() if self.due else None,
            "why": str(self.due.why) if self.due else None,
            "standing": str(self.standing),
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters: names of an organisation and of a person, a standing, a month as `2026-11` or
    one day of it as `2026-11-13`."""

    organisation: str = ""
    person: str = ""
    standing: str = ""
    month: str = ""

    def keeps(self, line: Line) -> bool:
        """Whether a line is wanted."""
        one = line.dataset
        day = line.due.on.isoformat() if line.due else ""
        names = [who.name for who in (one.referent, one.stand_in) if who]
        return (
            (not self.organisation or one.organisation == self.organisation)
            and (not self.person or self.person in (names or [NOBODY]))
            and (not self.standing or line.standing == self.standing)
            and day.startswith(self.month)
        )


EVERYTHING = Wanted()


def today() -> date:
    """The day on the town's clock."""
    return now().astimezone(zone()).date()


@dataclass(frozen=True, slots=True)
class Mine:
    """What somebody may see of the planning: the datasets of `organisations` (ids; None: of all)
    and those of which they are in charge, `held` (ids of datasets)."""

    organisations: tuple[str, ...] | None = ()
    held: tuple[str, ...] = ()


def mine(user: str | None) -> Mine:
    """Administrators see all; the others what they may update, and what they are in charge of."""
    known = model.User.get(user or "")
    if known is None:
        return Mine()
    if known.sysadmin:
        return Mine(None, tuple(key for key, _ in store.in_charge_of(known.id)))
    found = tk.get_action("organization_list_for_user")(
        {"user": user or ""}, {"permission": "update_dataset"}
    )
    return Mine(tuple(one["id"] for one in found), tuple(sorted(held_by(known))))


def held_by(user: model.User) -> set[str]:
    """The ids of the datasets that somebody is for, or stands in for, and still has a part in.

    Whoever leaves an organisation keeps nothing of it, even before another is put in charge.
    """
    found = store.in_charge_of(user.id)
    if not found:
        return set()
    mine = tk.get_action("organization_list_for_user")({"user": user.name}, {"permission": "read"})
    owners = {one["id"] for one in mine}
    return {key for key, owner in found if owner in owners or _updates(user, key)}


def has_part(user: model.User, package: Mapping[str, Any]) -> bool:
    """Whether somebody may be in charge of a dataset: of its organisation, or let in to edit it.

    A plain member is enough: whoever is in charge deposits its files, and those who validate
    publish them.
    """
    owner = package["owner_org"]
    member = authz.has_user_permission_for_group_or_org(owner, user.name, "read")
    return bool(member) or _updates(user, package["id"])


def _updates(user: model.User, package_id: str) -> bool:
    try:
        tk.check_access("package_update", {"user": user.name}, {"id": package_id})
    except tk.NotAuthorized:
        return False
    return True


def lines_for(user: str | None, wanted: Wanted = EVERYTHING) -> list[Line]:
    """All that somebody may see of the planning under these filters, the soonest first, what is
    not planned last."""
    seen, of = mine(user), None
    if wanted.person not in ("", NOBODY):
        person = model.User.by_name(wanted.person)
        if person is None:
            return []
        of = person.id
    found = planned(zone(), organisations=seen.organisations, held=seen.held, of=of)
    return [line for line in lines(found) if wanted.keeps(line)]


def lines_of(user: model.User) -> list[Line]:
    """The datasets of the planning that somebody has in charge, or stands in for."""
    return lines(planned(zone(), organisations=(), held=held_by(user)))


def line_of(package_id: str) -> Line | None:
    """The line of one dataset; None when it is not planned here (harvested, say)."""
    found = lines(planned(zone(), ids=[package_id]))
    return found[0] if found else None


def lines(datasets: Iterable[Planned], day: date | None = None) -> list[Line]:
    """These datasets as they stand on a day (None: today), in order."""
    day = day or today()
    found = [_line(one, day) for one in datasets]
    return sorted(found, key=_order)


def _line(one: Planned, day: date) -> Line:
    obligation = town.planning().obligation(one.schemas)
    facts = dataclasses.replace(one.facts, obligation=obligation) if obligation else one.facts
    found = due.due(facts)
    return Line(one, found, due.standing(found, day))


def _order(line: Line) -> tuple[date, str]:
    return line.due.on if line.due else date.max, line.dataset.title.lower()
