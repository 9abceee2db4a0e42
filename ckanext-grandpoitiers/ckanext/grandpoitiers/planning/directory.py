"""The directory of référents: who is in charge of what, in which service, and who stands in.

A reader is told of the datasets that they may see, and of no other: neither title nor count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model

from ckanext.grandpoitiers.pages.rules import now, zone
from ckanext.grandpoitiers.planning.due import Standing
from ckanext.grandpoitiers.planning.standing import Line, lines
from ckanext.grandpoitiers.planning.store import planned
from ckanext.grandpoitiers.visibility import levels
from ckanext.grandpoitiers.visibility.permission import Labels
from portal_kit.ordering import alphabetical


@dataclass(slots=True)
class Referent:
    """Somebody, with the datasets of which they are in charge and those they stand in for."""

    id: str
    name: str
    fullname: str
    services: list[str] = field(default_factory=list[str])
    charge: list[Line] = field(default_factory=list[Line])
    stands_in: list[Line] = field(default_factory=list[Line])

    @property
    def late(self) -> int:
        """How many of their datasets are late."""
        return sum(one.standing is Standing.LATE for one in self.charge)

    @property
    def stand_ins(self) -> list[str]:
        """Who stands in for them."""
        found = {one.dataset.stand_in.fullname for one in self.charge if one.dataset.stand_in}
        return sorted(found)


def directory(reader: str) -> list[Referent]:
    """Everybody who edits for an organisation, or is in charge of something, by name."""
    found = {key: Referent(key, name, title) for key, name, title in _editors()}
    for line in seen_by(reader, lines(planned(zone()))):
        one = line.dataset
        for who, held in ((one.referent, "charge"), (one.stand_in, "stands_in")):
            if who is not None:
                person = found.setdefault(who.id, Referent(who.id, who.name, who.fullname))
                getattr(person, held).append(line)
    for user_id, title in _services(found):
        found[user_id].services.append(title)
    return sorted(found.values(), key=lambda one: (alphabetical(one.fullname), one.name))


def seen_by(reader: str, everything: Iterable[Line]) -> list[Line]:
    """The lines of datasets that somebody, by name, may see."""
    user = model.User.get(reader)
    if user is not None and user.sysadmin:
        return list(everything)
    mine = set(Labels().get_user_dataset_labels(user))
    hidden = {package_id for package_id, labels in _private_labels() if not mine & set(labels)}
    return [line for line in everything if line.dataset.id not in hidden]


def _private_labels() -> Iterable[tuple[str, list[str]]]:
    table = model.package_table
    query = sa.select(table.c.id, table.c.owner_org, table.c.creator_user_id, table.c.extras).where(
        table.c.state == "active", table.c.private.is_(True), table.c.type == "dataset"
    )
    for key, owner, creator, extras in model.Session.execute(query):
        found = levels.seen(True, extras or {}, zone())
        yield key, levels.labels(found, "active", key, owner, creator, now())


def _editors() -> list[tuple[str, str, str]]:
    """Those who may update datasets of some organisation; the portal's own account is nobody."""
    member, user, group = model.Member, model.User, model.Group
    query = (
        sa.select(user.id, user.name, user.fullname)
        .join(member, member.table_id == user.id)
        .join(group, group.id == member.group_id)
        .where(
            *_membership(member, group), member.capacity.in_(["editor", "admin"]),
            user.state == "active", user.name != tk.config["ckan.site_id"],
        )
        .distinct()
    )  # fmt: skip
    return [(key, name, title or name) for key, name, title in model.Session.execute(query)]


def _services(people: Iterable[str]) -> list[tuple[str, str]]:
    member, group = model.Member, model.Group
    query = (
        sa.select(member.table_id, sa.func.coalesce(group.title, group.name))
        .join(group, group.id == member.group_id)
        .where(*_membership(member, group), member.table_id.in_(list(people)))
        .order_by(group.title)
    )
    return [(str(row[0]), str(row[1])) for row in model.Session.execute(query)]


def _membership(member: Any, group: Any) -> list[Any]:
    return [
        member.table_name == "user",
        member.state == "active",
        group.is_organization.is_(True),
        group.state == "active",
    ]
