"""Rules on one cell: numbers of companies and associations, telephone, opening hours, codes.

Pure: imports neither ``ckan`` nor an HTTP client. The libraries that decide are the ones
Validata uses, loaded only when a schema asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from ckanext.scdl import companies
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.columnar import pl
from ckanext.scdl.errors import N_, SchemaError
from ckanext.scdl.judged import Judged
from ckanext.scdl.rules.base import Finding
from ckanext.scdl.schema import CustomCheck

Accepts = Callable[[Any], bool]
REMEMBERED = 50_000

_FRFORMAT: Mapping[str, str] = {
    "canton": "Canton",
    "code-commune-insee": "CodeCommuneInsee",
    "code-departement": "CodeDepartement",
    "code-fantoir": "CodeFantoir",
    "code-pays-iso2": "CodePaysISO2",
    "code-pays-iso3": "CodePaysISO3",
    "code-postal": "CodePostal",
    "code-region": "CodeRegion",
    "code-rna": "CodeRNA",
    "commune": "Commune",
    "departement": "Departement",
    "id-rnb": "IdRNB",
    "nomenclature-acte": "NomenclatureActe",
    "nomenclature-actes-value": "NomenclatureActe",
    "pays": "Pays",
    "region": "Region",
}
"""The rule's name in a schema → the class of frformat."""
_INTERVAL = re.compile(r"(\d{4})/(\d{4})")
_YEAR = re.compile(r"\d{4}")
_YES = ("true", "yes")


def _frformat(name: str, params: Mapping[str, Any]) -> Accepts:
    make = getattr(import_module("frformat"), _FRFORMAT[name])
    # Most sets have a year of the official code; the newest one is meant when none is named.
    options = {"cog": params["cog"]} if isinstance(params.get("cog"), str) else {}
    try:
        return make(**options).is_valid
    except (TypeError, ValueError) as error:
        raise SchemaError(
            N_("The rule {rule} of the schema can't be applied: {reason}."), rule=name, reason=error
        ) from error


def _phone(_name: str, _params: Mapping[str, Any]) -> Accepts:
    return import_module("ckanext.scdl.rules.phone").is_phone_number


def _opening_hours(_name: str, _params: Mapping[str, Any]) -> Accepts:
    return import_module("ckanext.scdl.rules.hours").are_opening_hours


def _year_interval(_name: str, params: Mapping[str, Any]) -> Accepts:
    year_alone = params.get("allow-year-only") in _YES

    def accepts(text: str) -> bool:
        text = text.removesuffix("\n")
        interval = _INTERVAL.fullmatch(text)
        if interval:
            return int(interval[1]) < int(interval[2])
        return year_alone and _YEAR.fullmatch(text) is not None

    return accepts


_ACCEPTS: Mapping[str, Callable[[str, Mapping[str, Any]], Accepts]] = {
    "french-siret-value": lambda _name, _params: companies.is_siret,
    "siret": lambda _name, _params: companies.is_siret,
    "french-siren-value": lambda _name, _params: companies.is_siren,
    "siren": lambda _name, _params: companies.is_siren,
    "phone-number-value": _phone,
    "opening-hours-value": _opening_hours,
    "year-interval-value": _year_interval,
    **dict.fromkeys(_FRFORMAT, _frformat),
}
NAMES = tuple(_ACCEPTS)
_CERTAIN: Mapping[str, Callable[[pl.Expr], pl.Expr]] = {
    "french-siret-value": companies.certain_siret,
    "siret": companies.certain_siret,
    "french-siren-value": companies.certain_siren,
    "siren": companies.certain_siren,
}


@cache
def _name_of(name: str) -> str:
    """One name for sentences, whatever the schema calls the rule."""
    aliases = {"french-siret-value": "siret", "french-siren-value": "siren"}
    return aliases.get(name, name)


@dataclass
class CellRule:
    """``accepts`` says of one value whether it is right; its answers are remembered."""

    name: str
    column: str
    accepts: Accepts
    params: Mapping[str, Any]
    remembered: dict[str, bool] = field(default_factory=dict[str, bool])

    @classmethod
    def of(cls, check: CustomCheck) -> CellRule:
        """The rule as the schema sets it. Raises SchemaError."""
        (column,) = check.columns("column")
        return cls(check.name, column, _ACCEPTS[check.name](check.name, check.params), check.params)

    @property
    def cause(self) -> Cause:
        """What its errors have in common."""
        details = {"year_alone": self.params.get("allow-year-only") in _YES}
        return Cause(self.name, (self.column,), _name_of(self.name), details=details)

    def structure(self, known: frozenset[str]) -> Problem | None:
        """A column that is not there is somebody else's concern."""
        return None

    def find(self, judged: Judged) -> Iterator[Finding]:
        """The cells that have a value and a wrong one."""
        if not judged.has(self.column):
            return
        doubtful = ~judged.absent(self.column)
        if self.name in _CERTAIN:
            texts = judged.texts(self.column)
            doubtful = doubtful & ~texts.to_frame("text").select(
                _CERTAIN[self.name](pl.col("text"))
            ).to_series().fill_null(value=False)
        offsets = doubtful.arg_true()
        if offsets.is_empty():
            return
        texts = judged.texts(self.column).gather(offsets)
        accepted = self._ask(judged, texts.unique().to_list())
        wrong = [
            offset
            for offset, text in zip(offsets.to_list(), texts.to_list(), strict=True)
            if not accepted[text]
        ]
        if wrong:
            yield Finding(self.cause, wrong)

    def _ask(self, judged: Judged, texts: list[str]) -> dict[str, bool]:
        if len(self.remembered) > REMEMBERED:
            self.remembered.clear()
        judge = judged.columns[self.column].judge
        for text in texts:
            if text not in self.remembered:
                value = judge.value(text)
                # Rules read texts; a schema that sets one on another type means what is written.
                self.remembered[text] = self.accepts(value if isinstance(value, str) else text)
        return self.remembered
