"""What changes from one version of a Table Schema to another, and what it asks of a dataset.

Pure: imports neither ``ckan`` nor an HTTP client. A change is breaking when a file that was valid
may no longer be.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ckanext.scdl.errors import N_, untranslated
from ckanext.scdl.schema import Field, TableSchema


class Kind(StrEnum):
    """Every kind of change."""

    ADDED = "added"
    REMOVED = "removed"
    TYPE = "type"
    CONSTRAINT = "constraint"
    ORDER = "order"
    KEY = "primary-key"
    RULE_ADDED = "rule-added"
    RULE_REMOVED = "rule-removed"


SENTENCES: Mapping[Kind, str] = {
    Kind.ADDED: N_("The column {column} is new."),
    Kind.REMOVED: N_("The column {column} is gone."),
    Kind.TYPE: N_("The column {column} is now of type {after}; it was {before}."),
    Kind.CONSTRAINT: N_("In the column {column}, {what} is now {after}; it was {before}."),
    Kind.ORDER: N_("The columns are in another order."),
    Kind.KEY: N_("A row is now identified by {after}; it was by {before}."),
    Kind.RULE_ADDED: N_("A rule is new: {after}."),
    Kind.RULE_REMOVED: N_("A rule is gone: {before}."),
}
_LOOSER_WHEN_GONE = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """One change; ``what`` is the constraint's name, ``before`` and ``after`` are texts."""

    kind: Kind
    breaking: bool
    column: str = ""
    what: str = ""
    before: str = _LOOSER_WHEN_GONE
    after: str = _LOOSER_WHEN_GONE

    def sentence(self, translate: Callable[[str], str] = untranslated) -> str:
        """The change in a sentence."""
        return translate(SENTENCES[self.kind]).format(
            column=self.column, what=self.what, before=self.before, after=self.after
        )


def changes(before: TableSchema, after: TableSchema) -> tuple[Change, ...]:
    """From one version to the next, columns first."""
    return (*_columns(before, after), *_keys(before, after), *_rules(before, after))


def is_breaking(found: tuple[Change, ...]) -> bool:
    """Whether a dataset that followed the first version has to be looked at."""
    return any(change.breaking for change in found)


def _columns(before: TableSchema, after: TableSchema) -> Iterator[Change]:
    old = {field.name: field for field in before.fields}
    new = {field.name: field for field in after.fields}
    for name, field in new.items():
        if name not in old:
            yield Change(Kind.ADDED, after.must_have(field), name)
    for name in old:
        if name not in new:
            yield Change(Kind.REMOVED, breaking=False, column=name)
    for name in old.keys() & new.keys():
        yield from _field(old[name], new[name])
    shared = [name for name in old if name in new]
    if shared != [name for name in new if name in old]:
        yield Change(Kind.ORDER, breaking=False)


def _field(old: Field, new: Field) -> Iterator[Change]:
    before, after = _type(old), _type(new)
    if before != after:
        yield Change(Kind.TYPE, breaking=True, column=old.name, before=before, after=after)
    names = dict.fromkeys((*old.constraints, *new.constraints))
    for name in names:
        was, now = old.constraints.get(name) or None, new.constraints.get(name) or None
        if was != now:
            yield Change(
                Kind.CONSTRAINT, _is_stricter(was, now), old.name, name, _text(was), _text(now)
            )


def _is_stricter(was: Any, now: Any) -> bool:
    if isinstance(was, list) and isinstance(now, list):
        return not {str(one) for one in was} <= {str(one) for one in now}
    return now is not None


def _type(field: Field) -> str:
    return field.type if field.format == "default" else f"{field.type} ({field.format})"


def _text(value: Any) -> str:
    return _LOOSER_WHEN_GONE if value is None else str(value)


def _keys(before: TableSchema, after: TableSchema) -> Iterator[Change]:
    if before.primary_key != after.primary_key:
        was, now = ", ".join(before.primary_key), ", ".join(after.primary_key)
        yield Change(
            Kind.KEY,
            bool(now),
            before=was or _LOOSER_WHEN_GONE,
            after=now or _LOOSER_WHEN_GONE,
        )


def _rules(before: TableSchema, after: TableSchema) -> Iterator[Change]:
    old = [f"{check.name} {dict(check.params)}" for check in before.checks]
    new = [f"{check.name} {dict(check.params)}" for check in after.checks]
    for rule in new:
        if rule not in old:
            yield Change(Kind.RULE_ADDED, breaking=True, after=rule)
    for rule in old:
        if rule not in new:
            yield Change(Kind.RULE_REMOVED, breaking=False, before=rule)
