"""What `ckan grandpoitiers seed` decides: which themes and organisations to create or update.

Pure: must import neither CKAN nor an HTTP client. `seeding.py` reads and writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ckanext.grandpoitiers.organisations.declared import Organisation
from ckanext.grandpoitiers.themes.declared import Theme
from ckanext.grandpoitiers.themes.fields import written

Kind = Literal["group", "organization"]
Outcome = Literal["created", "updated", "kept", "unchanged"]
Fields = Mapping[str, str]
"""`title`, `description`; for organisations `parent` (a name, empty at the top), for themes what
`themes.fields` writes among the additional fields of their group."""


@dataclass(frozen=True)
class Item:
    """A group or an organisation as the configuration files want it."""

    kind: Kind
    name: str
    fields: Fields

    @property
    def key(self) -> str:
        """Names the item in what is remembered: the two kinds share one space of names in CKAN."""
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Step:
    """What happens to one item: `changes` are written, `kept` are fields left to people."""

    item: Item
    outcome: Outcome
    changes: Fields = field(default_factory=dict[str, str])
    kept: tuple[str, ...] = ()


def items(themes: Sequence[Theme], organisations: Sequence[Organisation]) -> tuple[Item, ...]:
    """All that must be there, parents before their children."""
    groups = (
        Item(
            "group",
            theme.name,
            {"title": theme.title, "description": theme.description, **written(theme)},
        )
        for theme in themes
    )
    tree = (
        Item(
            "organization",
            wanted.name,
            {
                "title": wanted.title,
                "description": wanted.description,
                "parent": wanted.parent or "",
            },
        )
        for wanted in organisations
    )
    return (*groups, *tree)


def plan(
    wanted: Sequence[Item],
    present: Mapping[str, Fields],
    remembered: Mapping[str, Fields],
    force: bool = False,
) -> tuple[Step, ...]:
    """One step for each wanted item; what is not wanted is not touched.

    `present` and `remembered` go by `Item.key`: the fields now in CKAN, and those of the last
    run. A field that differs from both the last run and the file was changed by a person: it is
    kept, unless `force`. A field that CKAN does not have at all was never filled in: it is ours.
    """
    return tuple(
        _step(item, present.get(item.key), remembered.get(item.key, {}), force) for item in wanted
    )


def remember(steps: Sequence[Step], remembered: Mapping[str, Fields]) -> dict[str, dict[str, str]]:
    """What the next run must know once the steps are done.

    A field a person took over keeps its former value here: putting it back on screen hands it
    over to the file again.
    """
    known = {key: dict(values) for key, values in remembered.items()}
    for step in steps:
        values = known.setdefault(step.item.key, {})
        values.update(
            {name: value for name, value in step.item.fields.items() if name not in step.kept}
        )
    return known


def _step(item: Item, present: Fields | None, remembered: Fields, force: bool) -> Step:
    if present is None:
        return Step(item, "created", item.fields)
    different = {
        name: value for name, value in item.fields.items() if present.get(name, "") != value
    }
    ours = {
        name: value
        for name, value in different.items()
        if force or name not in present or present[name] == remembered.get(name)
    }
    kept = tuple(name for name in different if name not in ours)
    if ours:
        return Step(item, "updated", ours, kept)
    return Step(item, "kept" if kept else "unchanged", {}, kept)
