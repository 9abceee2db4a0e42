"""What people look for in the report of a run: a filter, what comes back most, a spreadsheet.

Pure: imports neither `ckan` nor an HTTP client.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ckanext.grandpoitiers.catalogue.fields import place
from ckanext.grandpoitiers.catalogue.plan import Outcome
from ckanext.grandpoitiers.catalogue.problems import N_
from ckanext.grandpoitiers.catalogue.report import Line, Remark, Translate
from portal_kit.cells import inert

OUTCOMES: Mapping[str, str] = {
    Outcome.CREATED: N_("created"),
    Outcome.UPDATED: N_("updated"),
    Outcome.UNCHANGED: N_("unchanged"),
    Outcome.ARCHIVED: N_("archived"),
    Outcome.DELETED: N_("deleted"),
    Outcome.SKIPPED: N_("left out"),
    Outcome.INVALID: N_("invalid"),
    Outcome.FAILED: N_("failed"),
}
"""The outcomes in the order that a report tells them, as msgids."""

PHASES = {"read": N_("Reading"), "write": N_("Writing"), "remove": N_("Removing")}
"""What a run is doing, as msgids."""

COLUMNS = (
    N_("Identifier"),
    N_("Dataset"),
    N_("Outcome"),
    N_("Field"),
    N_("What is wrong, and how to mend it"),
    N_("Where in the geocatalogue"),
)
WHOLE = "record"
"""The value of `Filter.field` for what is said of a whole record, whose field is empty."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted; an empty value wants all."""

    outcome: str = ""
    field: str = ""
    words: str = ""

    def wants(self, line: Line, title: str = "") -> bool:
        """Whether a line is wanted; `words` are looked for in its identifier, name and title."""
        if self.outcome and line.outcome != self.outcome:
            return False
        if self.field and not any((r.field or WHOLE) == self.field for r in line.remarks):
            return False
        text = f"{line.guid} {line.name} {title}".casefold()
        return all(word in text for word in self.words.casefold().split())


def by_urgency(lines: Iterable[Line]) -> list[Line]:
    """The lines, what gave nothing first, then what has something to mend, then the rest."""

    def rank(line: Line) -> int:
        urgent = {Outcome.FAILED: 0, Outcome.INVALID: 1}
        return urgent.get(line.outcome, 2 if line.remarks else 3)

    return sorted(lines, key=rank)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A problem that several records share; `remark` keeps the values they have in common."""

    remark: Remark
    count: int


def frequent(lines: Iterable[Line], limit: int = 5) -> list[Repeated]:
    """The problems that most records share, those of one record left out, most frequent first."""
    groups: defaultdict[tuple[str, str], list[Remark]] = defaultdict(list)
    for line in lines:
        for remark in line.remarks:
            groups[remark.field, remark.sentence].append(remark)
    shared = sorted((group for group in groups.values() if len(group) > 1), key=len, reverse=True)
    return [Repeated(_common(group), len(group)) for group in shared[:limit]]


def _common(group: Sequence[Remark]) -> Remark:
    first = group[0]
    params = {
        name: value if all(one.params.get(name) == value for one in group) else "…"
        for name, value in first.params.items()
    }
    return Remark(first.field, first.sentence, params)


def fields(lines: Iterable[Line]) -> dict[str, int]:
    """How many lines have something said of each field, most first (`record` for the whole)."""
    counted: defaultdict[str, int] = defaultdict(int)
    for line in lines:
        for field in {remark.field or WHOLE for remark in line.remarks}:
            counted[field] += 1
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def spreadsheet(lines: Iterable[Line], titles: Mapping[str, str], translate: Translate) -> str:
    """CSV that French spreadsheets open as they are (BOM, semicolons): a row for each remark.

    `titles` are those of datasets by name. A line without remarks has one row.
    """
    out = io.StringIO()
    out.write("\ufeff")
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    rows.writerow([translate(column) for column in COLUMNS])
    for line in lines:
        head = [line.guid, titles.get(line.name, line.name), translate(OUTCOMES[line.outcome])]
        for remark in line.remarks or (None,):
            tail = _cells(remark, translate) if remark is not None else ["", "", ""]
            rows.writerow([inert(cell) for cell in (*head, *tail)])
    return out.getvalue()


def _cells(remark: Remark, translate: Translate) -> list[str]:
    found = place(remark.field)
    where = translate(found.where) if found.where else ""
    return [translate(found.label), remark.message(translate), where]
