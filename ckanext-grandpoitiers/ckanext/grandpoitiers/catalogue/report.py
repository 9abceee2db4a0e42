"""What a run has to tell: one line a record, counts, and sentences rendered late.

Pure: imports neither `ckan` nor an HTTP client. The form of `document` is a contract with
programs (`./portal harvest --json`); that of `Line.stored` is the one of the table of runs.
"""

import dataclasses
import gettext
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any

import ckanext.grandpoitiers
import portal_kit
from ckanext.grandpoitiers.catalogue.plan import Outcome
from ckanext.grandpoitiers.catalogue.problems import MESSAGES, Problem

Translate = Callable[[str], str]

CATALOGUES = tuple(
    Path(str(package.__file__)).parent / "i18n" for package in (ckanext.grandpoitiers, portal_kit)
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one field of a record ("" for the whole): a msgid and its values."""

    field: str
    sentence: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    @classmethod
    def of(cls, problem: Problem) -> "Remark":
        """The same thing said by the mapping or the plan."""
        return cls(problem.field, MESSAGES[problem.kind], problem.params)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Remark":
        """What `stored` gave. A run holds thousands of these: their words are held once."""
        params = {intern(name): value for name, value in stored["params"].items()}
        return cls(intern(stored["field"]), intern(stored["sentence"]), params)

    @property
    def stored(self) -> dict[str, Any]:
        """For a JSON column: the language is chosen by who reads it."""
        return {"field": self.field, "sentence": self.sentence, "params": dict(self.params)}

    def message(self, translate: Translate = str) -> str:
        """The sentence, in the language of `translate`."""
        return translate(self.sentence).format(**self.params)


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one record; `name` is its dataset's, "" without one."""

    guid: str
    outcome: Outcome
    name: str = ""
    remarks: tuple[Remark, ...] = ()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Line":
        """What `stored` gave."""
        remarks = tuple(Remark.read(remark) for remark in stored["remarks"])
        return cls(stored["guid"], Outcome(stored["outcome"]), stored["name"], remarks)

    @property
    def stored(self) -> dict[str, Any]:
        """For the table of runs."""
        return {
            "guid": self.guid,
            "outcome": str(self.outcome),
            "name": self.name,
            "remarks": [remark.stored for remark in self.remarks],
        }

    @property
    def dataset(self) -> dict[str, str]:
        """What the report of a run tells of the record's dataset: its name, when it has one."""
        return {"name": self.name} if self.name else {}

    @property
    def is_worth_keeping(self) -> bool:
        """Whether the report of the run needs it: what is unchanged and unremarkable is counted."""
        return self.outcome is not Outcome.UNCHANGED or bool(self.remarks)


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """How many records ended in each outcome, those without any left out."""
    return {str(outcome): n for outcome, n in Counter(line.outcome for line in lines).items()}


def record(line: Line, dataset: Mapping[str, Any] | None, translate: Translate) -> dict[str, Any]:
    """One record of `document`."""
    return {
        "guid": line.guid,
        "outcome": str(line.outcome),
        "problems": [
            {"field": remark.field, "message": remark.message(translate)} for remark in line.remarks
        ],
        "dataset": dict(dataset or {}),
    }


def document(
    records: list[dict[str, Any]], counts: Mapping[str, int], complete: bool
) -> dict[str, Any]:
    """`{"records": […], "counts": {outcome: n}, "complete": bool}`.

    The counts are of all records; those a run has nothing to say of are not listed.
    """
    return {"records": records, "counts": dict(counts), "complete": complete}


def speaker(language: str, other: Translate) -> Translate:
    """`translator`, and `other` (CKAN's) for what it does not know."""
    ours = translator(language)

    def say(message: str) -> str:
        said = ours(message)
        return other(message) if said == message else said

    return say


@cache
def translator(language: str) -> Translate:
    """The translation of the geocatalogue's and the client's sentences, without any request.

    A harvest runs in a job, where CKAN knows no language.
    """
    found: gettext.NullTranslations = gettext.NullTranslations()
    for folder in CATALOGUES:
        for path in sorted((folder / language / "LC_MESSAGES").glob("*.mo")):
            with path.open("rb") as file:
                catalogue = gettext.GNUTranslations(file)
            catalogue.add_fallback(found)
            found = catalogue
    return found.gettext
