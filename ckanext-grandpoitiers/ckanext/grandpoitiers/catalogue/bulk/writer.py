"""A batch of datasets written in bulk, inside the transaction of its caller.

`BulkWriter.write` leaves out the datasets that only CKAN's validators can judge, or that the
database forbids (an address taken): those are for CKAN's actions, which have the words to say
what is wrong. What it does write is complete: rows, hooks, default views; `Batch.documents` and
`Batch.record_activities` follow once the caller has written rows of its own. An exception means
that nothing of the batch may be committed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from ckan import logic, model
from ckan.types import Context

from ckanext.grandpoitiers.catalogue.bulk import hooks, tables
from ckanext.grandpoitiers.catalogue.bulk.form import Form, Json, Valid
from ckanext.grandpoitiers.catalogue.bulk.plain import NotPlain
from ckanext.grandpoitiers.catalogue.bulk.rows import Facts, Rows, Stored, changed, created
from ckanext.grandpoitiers.catalogue.bulk.shown import shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dataset to write: `data` as an action would get it, with the id of the one to change."""

    data: Json
    is_new: bool


@dataclass(slots=True)
class Done:
    """A dataset that was written, or was found to be as it should: `action` is then ""."""

    package_id: str
    name: str
    action: str
    data: Json
    of_type: Json = field(default_factory=dict[str, Any])
    default: Json = field(default_factory=dict[str, Any])
    stored: Stored | None = None
    """Its rows, once written; None where only CKAN can show it."""


@dataclass(slots=True)
class Batch:
    """What became of a batch: by the rank of each dataset in it; the others are left to CKAN."""

    done: dict[int, Done]
    packages: dict[str, model.Package]
    _hooks: hooks.Hooks
    _user: model.User
    views: list[Json] = field(default_factory=list[Json])

    def written(self) -> list[Done]:
        """Those that were created or changed."""
        return [one for one in self.done.values() if one.action]

    def documents(self) -> list[Json]:
        """Their Solr documents, not sent; one that is in CKAN's bin has none."""
        return hooks.documents([(one.default, one.of_type) for one in self.written()])

    def record_activities(self, documents: Iterable[Json]) -> None:
        """The activities that tell of them."""
        if not hooks.has_activities():
            return
        by_id = {document["id"]: document for document in documents}
        made: list[tuple[str, model.Package, Json]] = []
        for one in self.written():
            package = self.packages[one.package_id]
            document = by_id.get(one.package_id)
            shown = self._hooks.read_back(package, document) if document else one.of_type
            made.append((one.action, package, shown))
        hooks.record_activities(made, self.views, self._user)

    def forget(self) -> None:
        """Keep of the datasets what `announce` tells only."""
        self.packages, self.views = {}, []
        for one in self.done.values():
            one.of_type, one.default, one.stored = {}, {}, None

    def announce(self, context: Context) -> None:
        """Tell other plugins, after the commit and the index."""
        for one in self.written():
            changed = {"packages": {one.package_id}}
            own = cast(Context, {**context, "changed_entities": changed})
            hooks.announce(one.action, own, one.data, one.package_id)


class BulkWriter:
    """Writes datasets of one type, signed by one user."""

    def __init__(self, form: Form, user_name: str) -> None:
        self._form = form
        self._hooks = hooks.Hooks(form)
        self._user_name = user_name

    def write(self, wanted: Sequence[Wanted], context: Context) -> Batch:
        """Write the datasets that can be; `context` is what an action would be given."""
        user = model.User.by_name(self._user_name)
        if user is None:
            raise LookupError(self._user_name)
        valids = self._checked(wanted)
        changing = [
            one.data["id"] for rank, one in enumerate(wanted) if _changes(rank, one, valids)
        ]
        stored = tables.read(changing) if changing else {}
        facts = tables.facts(list(valids.values()))
        allowed = _allowed(wanted, valids)
        rows, done = Rows(), dict[int, Done]()
        now = datetime.now(UTC).replace(tzinfo=None)
        for rank in allowed:
            try:
                done[rank] = self._rows(wanted[rank], valids[rank], stored, facts, user, now, rows)
            except NotPlain:
                continue
        tables.write(rows)
        batch = Batch(done, _packages(done.values()), self._hooks, user)
        self._call_hooks(batch, valids, user, context)
        self._show(batch, context)
        return batch

    def _checked(self, wanted: Sequence[Wanted]) -> dict[int, Valid]:
        valids: dict[int, Valid] = {}
        for rank, one in enumerate(wanted):
            try:
                valids[rank] = self._form.check(one.data)
            except NotPlain:
                continue
        return valids

    def _rows(
        self,
        one: Wanted,
        valid: Valid,
        stored: dict[str, Stored],
        facts: Facts,
        user: model.User,
        now: datetime,
        rows: Rows,
    ) -> Done:
        if one.is_new:
            package_id, more = created(valid, facts, user.id, now)
            action = "package_create"
        else:
            package_id = valid.id
            if package_id not in stored:
                raise NotPlain("id")
            more = changed(valid, stored[package_id], facts, now)
            action = "package_update" if more else ""
        rows.add(more)
        return Done(package_id, valid.name, action, one.data)

    def _call_hooks(
        self, batch: Batch, valids: dict[int, Valid], user: model.User, context: Context
    ) -> None:
        for rank, one in batch.done.items():
            package = batch.packages.get(one.package_id)
            if not one.action or package is None:
                continue
            owner = str(package.owner_org)
            if one.action == "package_create":
                data = hooks.validated(valids[rank], package.id, owner, user.id)
                batch.views += self._hooks.created(package, data, Context(context))
            else:
                data = hooks.validated(valids[rank], package.id, owner, None)
                self._hooks.updated(package, data, Context(context, package=package))
        model.Session.flush()

    def _show(self, batch: Batch, context: Context) -> None:
        """Read what was written, by hooks too."""
        ids = [one.package_id for one in batch.done.values()]
        stored = tables.read(ids) if ids else {}
        around = tables.around(stored.values())
        for one in batch.done.values():
            package = batch.packages[one.package_id]
            one.stored = stored.get(one.package_id)
            try:
                plain = shown(stored[one.package_id], around)
            except (NotPlain, KeyError):
                pair = logic.package_show_default_and_custom_schemas(context, one.package_id)
            else:
                own = logic.fresh_context(
                    context, ignore_auth=True, use_cache=False, validate=False, package=package
                )
                pair = self._hooks.show(package, plain, own)
            one.default, one.of_type = pair


def _changes(rank: int, one: Wanted, valids: dict[int, Valid]) -> bool:
    return rank in valids and not one.is_new


def _packages(done: Iterable[Done]) -> dict[str, model.Package]:
    """The datasets as CKAN's objects: held here, or the session would forget and ask again."""
    ids = [one.package_id for one in done]
    query = model.Session.query(model.Package).filter(model.Package.id.in_(ids))
    query = query.populate_existing()  # the rows were written behind the session's back
    return {package.id: package for package in query}


def _allowed(wanted: Sequence[Wanted], valids: dict[int, Valid]) -> list[int]:
    """The ranks of the datasets whose address and ids no other dataset has, here or there."""
    names, resources = tables.taken(list(valids.values()))
    new_ids = [valid.id for rank, valid in valids.items() if valid.id and wanted[rank].is_new]
    there = tables.existing(new_ids)
    seen: set[str] = set()
    allowed: list[int] = []
    for rank, valid in valids.items():
        mine = {valid.name, *(one.id for one in valid.resources)}
        own = (None, valid.id) if not wanted[rank].is_new else (None,)
        free = (
            names.get(valid.name) in own
            and all(resources.get(one.id) in own for one in valid.resources)
            and len(mine) == 1 + len(valid.resources)
            and not (wanted[rank].is_new and valid.id in there)
            and seen.isdisjoint(mine)
        )
        if free:
            allowed.append(rank)
        seen |= mine
    return allowed
