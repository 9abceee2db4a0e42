"""The licence and the access limits that a record's constraints state. Pure.

Identifiers are those that data.gouv.fr and CKAN share (config/licenses.json).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.record import Constraints, Statement
from ckanext.grandpoitiers.catalogue.text import fold

UNKNOWN = "notspecified"
# Characters of a constraint in which a licence is looked for.
_SEARCHED = 5_000

_EU_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
PUBLIC = f"{_EU_ACCESS}PUBLIC"
RESTRICTED = f"{_EU_ACCESS}RESTRICTED"

# Searched in a folded text (no case, accents nor punctuation). The one that begins first wins:
# the text of the Licence Ouverte names the licences it is compatible with further down.
_LICENCES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (identifier, re.compile(pattern))
    for identifier, pattern in (
        ("odc-odbl", r"(?:licence ouverte )?(?:\bodbl\b|open database licen[cs]e)"),
        (
            "lov2",
            r"\blov2\b|(?:licence ouverte|open licen[cs]e|etalab)\b.{0,60}?"
            r"\b(?:v2|v 2|version 2|2 0|2)\b",
        ),
        ("fr-lo", r"licence ouverte|open licen[cs]e\b|\betalab\b"),
        ("odc-by", r"\bodc by\b|open data commons attribution"),
        ("odc-pddl", r"\bpddl\b"),
        ("cc-zero", r"\bcc ?(?:0|zero)\b|publicdomain zero|creative commons zero"),
        (
            "cc-nc",
            r"\bcc by nc\b|licenses by nc\b"
            r"|creative commons.{0,40}(?:non ?commercial|pas d utilisation commerciale)",
        ),
        ("other-closed", r"\bcc by nd\b|licenses by nd\b"),
        (
            "cc-by-sa",
            r"\bcc by sa\b|licenses by sa\b|creative commons.{0,40}(?:share ?alike|partage)",
        ),
        (
            "cc-by",
            r"\bcc by\b|licenses by\b|creative commons (?:attribution|paternite)",
        ),
        ("uk-ogl", r"open government licen[cs]e"),
    )
)
IDENTIFIERS = (*(identifier for identifier, _ in _LICENCES), "other-open", UNKNOWN)

# Conditions of INSPIRE (regulation 1205/2008, part D 8) that name no licence.
_OPEN = re.compile(
    r"conditionsapplyingtoaccessanduse noconditionsapply|aucune conditions? ne s applique"
    r"|no conditions apply|keine bedingungen|(?:donnees|utilisation) (?:ouvertes|libre)\b"
    r"|\bopen ?data\b|freely (?:available|distributed)"
)
_PUBLIC = re.compile(
    r"limitationsonpublicaccess nolimitations|pas de restrictions? d acces public"
    r"|aucune? (?:restriction|des articles)\b.{0,200}?acces public"
    r"|no (?:limitations?|restrictions?) (?:on|to) public access"
)
_RESTRICTED = re.compile(
    r"limitationsonpublicaccess inspire directive article13|l ?124 4|l ?311 [56]|article 13 ?1"
    r"|adversely affect"
)
# Where a catalogue states the licence of the record itself among those of the data.
_ABOUT_METADATA = re.compile(r"metadata|metadonnee|cette fiche")


class Rights(NamedTuple):
    """What the constraints say. ``conditions`` are their own words, each once, in order."""

    license_id: str
    access_rights: str
    conditions: tuple[str, ...]
    problems: tuple[Problem, ...]


def read_rights(constraints: Sequence[Constraints]) -> Rights:
    """The licence, access limits and conditions of ``constraints``."""
    statements = list(_statements(constraints))
    license_id, problems = _license(statements)
    words = dict.fromkeys(s.text for s in statements if s.text and s.text not in ("-", "?"))
    return Rights(license_id, _access(statements), tuple(words), tuple(problems))


def recognise(statement: Statement) -> str:
    """The licence that a text or its link names, ``""`` when none is known."""
    link, words = _named(fold(statement.href)), _named(fold(statement.text[:_SEARCHED]))
    # Etalab's page is the same for both versions of the Licence Ouverte: the words say which.
    return words if {link, words} == {"fr-lo", "lov2"} else link or words


def _named(text: str) -> str:
    found = [(m.start(), i) for i, (_, p) in enumerate(_LICENCES) if (m := p.search(text))]
    return _LICENCES[min(found)[1]][0] if found else ""


def _license(statements: Sequence[Statement]) -> tuple[str, list[Problem]]:
    field = "license_id"
    about_data = [s for s in statements if not _ABOUT_METADATA.match(fold(s.text[:_SEARCHED]))]
    named = list(dict.fromkeys(found for s in about_data if (found := recognise(s))))
    if len(named) > 1 and set(named) != {"lov2", "fr-lo"}:
        value = ", ".join(named)
        problem = Problem.of(field, Kind.SEVERAL_LICENCES, value=value, chosen=named[0])
        return named[0], [problem]
    if named:
        return min(named, key=["lov2", *named].index), []
    if any(_OPEN.search(_folded(s)) for s in about_data):
        return "other-open", []
    words = " · ".join(dict.fromkeys(s.text for s in statements if s.text))
    kind = Kind.LICENCE_NOT_RECOGNISED if words else Kind.NO_LICENCE
    return UNKNOWN, [Problem.of(field, kind, value=words) if words else Problem.of(field, kind)]


def _folded(statement: Statement) -> str:
    return f"{fold(statement.href)} {fold(statement.text[:_SEARCHED])}"


def _access(statements: Sequence[Statement]) -> str:
    folded = [_folded(statement) for statement in statements]
    if any(_RESTRICTED.search(text) and not _PUBLIC.search(text) for text in folded):
        return RESTRICTED
    return PUBLIC if any(_PUBLIC.search(text) for text in folded) else ""


def _statements(constraints: Sequence[Constraints]) -> Iterator[Statement]:
    """Every statement, those on use before those on access: licences belong to the first."""
    for block in constraints:
        if not block.access_codes or block.use_codes:
            yield from block.others
            yield from block.use_limitations
    for block in constraints:
        if block.access_codes and not block.use_codes:
            yield from block.use_limitations
            yield from block.others
