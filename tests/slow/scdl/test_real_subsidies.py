"""The eight real files of subsidies, from the drop to the verdict, each with its own outcome.

Poitiers publishes SIRET numbers that a spreadsheet rounded; the Lot is the only one that becomes
valid by repairs alone; the Pyrénées-Orientales merged cells over two rows of payments.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ckanext.scdl.files.matching import Matching, match_columns
from ckanext.scdl.files.mended import mend
from ckanext.scdl.files.proposing import menders, propose
from ckanext.scdl.files.reading import Reading, read_file
from ckanext.scdl.files.survey import survey
from ckanext.scdl.files.synonyms import thesaurus
from ckanext.scdl.registry import Registry
from ckanext.scdl.report import Report
from ckanext.scdl.schema import TableSchema, parse
from ckanext.scdl.validation import validate

SCHEMA = Registry([Path(__file__).parents[3] / "schemas"]).find("scdl/subventions@2.1.1")
"""The one that the portal is shipped with, in its own words."""


@dataclass(frozen=True)
class Expected:
    """What is written for a file: how it is read, what is proposed, what is left wrong.

    ``repairs`` are ``{kind: cells or rows}``, all columns together; ``left`` the errors that no
    repair mends, ``{(kind, column): count}``.
    """

    header: int
    rows: int
    notes: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    extra: int = 0
    repairs: dict[str, int] = field(default_factory=dict[str, int])
    remarks: tuple[str, ...] = ()
    left: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    own: dict[str, str] = field(default_factory=dict[str, str])


POITIERS = {"nomAttribuant": "Ville de Poitiers", "idAttribuant": "21860194600013"}
EXPECTED = {
    "DEP_Aube": Expected(
        header=2,
        rows=7,
        doubtful=("idAttribuant", "notificationUE", "pourcentageSubvention"),
        missing=("rnaBeneficiaire", "dispositifAide"),
        repairs={"nothing": 14, "number": 7, "listed": 7},
        left={
            ("constraint-error", "datesPeriodeVersement"): 5,
            ("type-error", "notificationUE"): 7,
            ("french-siret-value", "idBeneficiaire"): 1,
        },
    ),
    "DEP_Charente": Expected(
        header=1,
        rows=101,
        missing=("rnaBeneficiaire", "dispositifAide"),
        repairs={"spaces": 4, "period": 74, "boolean": 101, "listed": 101},
        left={
            ("constraint-error", "conditionsVersement"): 4,
            ("constraint-error", "datesPeriodeVersement"): 22,
        },
    ),
    "DEP_Lot": Expected(
        header=1,
        rows=34,
        notes=("other-encoding",),
        missing=("rnaBeneficiaire", "dispositifAide"),
        repairs={"blank-rows": 21, "spaces": 2, "number": 13, "period": 5},
    ),
    "DEP_Nièvre": Expected(
        header=1,
        rows=97,
        notes=("other-encoding",),
        missing=("rnaBeneficiaire", "datesPeriodeVersement", "pourcentageSubvention"),
        extra=4,
        repairs={"blank-columns": 291, "spaces": 1, "number": 90},
        left={
            ("missing-label", "datesPeriodeVersement"): 1,
            ("missing-label", "pourcentageSubvention"): 1,
            ("constraint-error", "idAttribuant"): 97,
            ("french-siret-value", "idAttribuant"): 97,
            ("constraint-error", "montant"): 1,
            ("type-error", "montant"): 6,
            ("constraint-error", "nature"): 97,
            ("constraint-error", "conditionsVersement"): 97,
            ("constraint-error", "notificationUE"): 97,
            ("one-of-required", "idBeneficiaire"): 97,
        },
    ),
    "DEP_Pyrénées": Expected(
        header=6,
        rows=76,
        doubtful=("nomBeneficiaire", "objet", "notificationUE"),
        missing=(
            "nomAttribuant", "idAttribuant", "referenceDecision", "rnaBeneficiaire", "idRAE",
            "pourcentageSubvention", "dispositifAide",
        ),
        extra=2,
        repairs={"merged-cells": 210, "spaces": 32, "listed": 54},
        left={
            ("missing-label", "nomAttribuant"): 1,
            ("missing-label", "idAttribuant"): 1,
            ("missing-label", "pourcentageSubvention"): 1,
            ("constraint-error", "dateConvention"): 1,
            ("constraint-error", "objet"): 7,
            ("constraint-error", "conditionsVersement"): 2,
            ("constraint-error", "datesPeriodeVersement"): 28,
            ("type-error", "notificationUE"): 76,
            ("french-siret-value", "idBeneficiaire"): 3,
            ("one-of-required", "idBeneficiaire"): 1,
        },
    ),
    "DEP_Somme": Expected(
        header=1,
        rows=41,
        notes=("false-utf8-mark",),
        missing=("rnaBeneficiaire", "idRAE", "notificationUE", "dispositifAide"),
        extra=1,
        repairs={"spaces": 1, "number": 41, "date": 41, "period": 41, "listed": 1},
        left={
            ("missing-label", "notificationUE"): 1,
            ("constraint-error", "conditionsVersement"): 41,
        },
    ),
    "SCDL_COM_Poitiers": Expected(
        header=1,
        rows=562,
        missing=(
            "rnaBeneficiaire", "nature", "conditionsVersement", "datesPeriodeVersement", "idRAE",
            "pourcentageSubvention", "dispositifAide",
        ),
        extra=2,
        repairs={"spaces": 34, "identifier-float": 562, "own-identifier": 562, "boolean": 562},
        remarks=("rounded-identifiers",),
        left={
            ("missing-label", "nature"): 1,
            ("missing-label", "conditionsVersement"): 1,
            ("missing-label", "datesPeriodeVersement"): 1,
            ("missing-label", "pourcentageSubvention"): 1,
            ("constraint-error", "objet"): 156,
            ("french-siret-value", "idBeneficiaire"): 501,
        },
        own=POITIERS,
    ),
    "SCDL_DEP_Haute": Expected(
        header=1,
        rows=69,
        missing=("rnaBeneficiaire", "dispositifAide"),
        repairs={"spaces": 3, "period": 40, "listed": 69},
        left={
            ("constraint-error", "nomBeneficiaire"): 1,
            ("constraint-error", "conditionsVersement"): 4,
            ("constraint-error", "datesPeriodeVersement"): 29,
            ("one-of-required", "idBeneficiaire"): 1,
        },
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> TableSchema:
    return parse(SCHEMA.descriptor)


@pytest.mark.parametrize("start", EXPECTED)
def test_the_file_has_the_outcome_written_for_it(
    start: str, real_data: Path, schema: TableSchema, tmp_path: Path
) -> None:
    expected = EXPECTED[start]
    (path,) = (real_data / "files/subventions-reelles").glob(f"{start}*")
    found = read_file(path, tmp_path, known=[one.name for one in schema.fields])
    assert isinstance(found, Reading)
    shape = survey(found.table)
    assert (found.choices.header, shape.rows) == (expected.header, expected.rows)
    assert tuple(note.kind for note in found.notes) == expected.notes

    matching = match_columns(found.table, schema, name="scdl/subventions", thesaurus=thesaurus())
    check_matching(matching, expected)

    proposal = propose(found.table, matching, schema, shape, merged=found.merged, own=expected.own)
    counts: dict[str, int] = {}
    for one in proposal.repairs:
        counts[one.kind] = counts.get(one.kind, 0) + one.count
    assert counts == expected.repairs
    assert tuple(remark.kind for remark in proposal.remarks) == expected.remarks

    mends = menders(matching, schema, expected.own)
    mended = mend(
        found.table, matching, schema, shape, proposal.repairs, mends,
        merged=found.merged, own=expected.own,
    )  # fmt: skip
    assert errors(validate(mended.table, schema)) == expected.left


def check_matching(matching: Matching, expected: Expected) -> None:
    assert tuple(match.field for match in matching.doubtful) == expected.doubtful
    assert matching.missing == expected.missing
    assert len(matching.extra) == expected.extra


def errors(report: Report) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for group in report.groups:
        key = (group.cause.kind, group.cause.columns[0] if group.cause.columns else "")
        counts[key] = counts.get(key, 0) + group.count
    return counts


def test_no_file_is_left_out(real_data: Path) -> None:
    names = [path.name for path in (real_data / "files/subventions-reelles").iterdir()]
    assert len(names) == len(EXPECTED) == 8
    assert all(any(name.startswith(start) for start in EXPECTED) for name in names)


def test_who_is_named_tells_whom_an_ambiguous_word_means(
    real_data: Path, schema: TableSchema, tmp_path: Path
) -> None:
    # In the Aube the "attributaire" gives; in the Deux-Sèvres, where another column gives, it gets.
    (path,) = (real_data / "schemas/examples/scdl-subventions/v2.0.1/exemples").glob("*Sèvres*")
    found = read_file(path, tmp_path, known=[one.name for one in schema.fields])
    assert isinstance(found, Reading)
    matching = match_columns(found.table, schema, name="scdl/subventions", thesaurus=thesaurus())
    by_header = {matching.columns[one.column].strip(): one for one in matching.matches}
    assert by_header["Autorité administrative"].field == "nomAttribuant"
    beneficiary = by_header["Nom attributaire"]
    assert (beneficiary.field, beneficiary.doubtful) == ("nomBeneficiaire", True)
