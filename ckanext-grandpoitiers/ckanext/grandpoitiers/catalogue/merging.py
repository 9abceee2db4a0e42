"""The same dataset in two catalogues: which of them the portal follows. Pure: no ``ckan``.

A catalogue has a dataset of another when a record of each has the same resource identifier, or
the one as its own identifier. The sources say which comes first (``preference``, the greatest
wins); where they say nothing, both stay and the report says so. The one that comes first takes
the dataset at its address; when its record vanishes, the other takes it back.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ckanext.grandpoitiers.catalogue.plan import Known, Outcome, Received
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem

_SPECIFIC = 8
"""Shorter identifiers ("1", "BDTOPO") are those of many datasets."""


_SERVICE = "service "


class Standing(StrEnum):
    """What a record of another source means for one of ours that is the same dataset."""

    OURS = "ours"  # let go there, or we come first: we take its dataset
    EQUAL = "equal"  # nobody said which comes first
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Twin:
    """A record of another source that has a dataset; ``source`` is that one's title."""

    known: Known
    source: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Merging:
    """By our identifiers: datasets to take, and what is said of ours.

    ``taken`` are known records of others, under our identifier; ``yielded`` says why a record
    gives no dataset here.
    """

    taken: Mapping[str, Known] = field(default_factory=dict[str, Known])
    yielded: Mapping[str, Problem] = field(default_factory=dict[str, Problem])
    noticed: Mapping[str, Problem] = field(default_factory=dict[str, Problem])


def keys(dataset: Mapping[str, Any]) -> tuple[str, ...]:
    """What a dataset is known by in other catalogues; a service is never the same as its data."""
    kind = _SERVICE if dataset.get("iso_type") == "service" else ""
    given = [dataset.get("identifier", ""), *dataset.get("alternate_identifier", ())]
    return tuple(dict.fromkeys(f"{kind}{one}" for one in given if _is_specific(str(one))))


def _is_specific(identifier: str) -> bool:
    return len(identifier) >= _SPECIFIC and not identifier.isdigit()


def twins(others: Iterable[tuple[Iterable[str], Twin]]) -> dict[str, Twin]:
    """The records of other sources by their keys; a key that several have designates none.

    Of several catalogues that have a dataset, the one that we must give way to counts.
    """
    found: defaultdict[str, list[Twin]] = defaultdict(list)
    for names, twin in others:
        for name in names:
            found[name].append(twin)
    order = list(Standing)
    return {
        name: max(same, key=lambda one: order.index(one.standing))
        for name, same in found.items()
        if len({one.source for one in same}) == len(same)
    }


def merge(
    received: Iterable[Received],
    mine: Mapping[str, tuple[str, ...]],
    known: Mapping[str, Known],
    twins: Mapping[str, Twin],
) -> Merging:
    """What becomes of the records of ours that another source has; ``mine`` are their keys."""
    usable = {one.guid for one in received if one.outcome is None}
    times = Counter(key for guid in usable for key in mine.get(guid, ()))
    taken: dict[str, Known] = {}
    yielded: dict[str, Problem] = {}
    noticed: dict[str, Problem] = {}
    for guid in sorted(usable):
        shared = [key for key in mine.get(guid, ()) if times[key] == 1 and key in twins]
        twin = next((twins[key] for key in shared), None)
        if twin is None:
            continue
        params = {"source": twin.source, "identifier": shared[0].removeprefix(_SERVICE)}
        if twin.standing is Standing.THEIRS:
            yielded[guid] = Problem.of("alternate_identifier", Kind.MERGED, **params)
        elif twin.standing is Standing.EQUAL:
            noticed[guid] = Problem.of("alternate_identifier", Kind.SAME_ELSEWHERE, **params)
        elif guid not in known and twin.known.package_id not in {
            one.package_id for one in taken.values()
        }:
            taken[guid] = replace(twin.known, guid=guid, digest="")
            noticed[guid] = Problem.of("", Kind.TAKEN_OVER, source=twin.source)
    return Merging(taken, yielded, noticed)


def with_free(
    merging: Merging,
    received: Iterable[Received],
    known: Mapping[str, Known],
    free: Mapping[str, Twin],
) -> Merging:
    """The same with the datasets of others whose records have the very identifier of ours."""
    taken = {
        one.guid: free[one.guid]
        for one in received
        if one.outcome is None and one.guid in free and one.guid not in known
    }
    said = {
        guid: Problem.of("", Kind.TAKEN_OVER, source=twin.source) for guid, twin in taken.items()
    }
    return Merging(
        {**merging.taken, **{guid: replace(t.known, digest="") for guid, t in taken.items()}},
        {guid: why for guid, why in merging.yielded.items() if guid not in taken},
        {**merging.noticed, **said},
    )


def told(received: Iterable[Received], merging: Merging) -> list[Received]:
    """``received`` with what is said of them; those that yield give no dataset."""
    found: list[Received] = []
    for one in received:
        problem = merging.yielded.get(one.guid) or merging.noticed.get(one.guid)
        if one.outcome is not None or problem is None:
            found.append(one)
            continue
        outcome = Outcome.SKIPPED if one.guid in merging.yielded else None
        found.append(replace(one, outcome=outcome, problems=(*one.problems, problem)))
    return found


def still_yields(identifier: str, twins: Mapping[str, Twin]) -> bool:
    """Whether another catalogue still comes first, for a record that gave way to it."""
    found = [twins[key] for key in (identifier, f"{_SERVICE}{identifier}") if key in twins]
    return any(twin.standing is Standing.THEIRS for twin in found)
