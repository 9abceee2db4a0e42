"""The same errors as Validata: same records, same columns, same kinds.

Validata names its rule on siret, siren and codes alike (`custom-check-error`); it gives a rule
between columns to the first of them, one-of-required to no column.
"""

from pathlib import Path
from random import Random
from typing import Any

from tests.slow.scdl import french
from tests.slow.scdl.validata import answers
from tests.unit.scdl import oracles

ONE_KIND = (
    *("siret", "siren", "french-siret-value", "french-siren-value", "code-postal"),
    *("nomenclature-acte", "nomenclature-actes-value", "code-fantoir"),
)
NO_COLUMN = ("extra-cell", "primary-key", "blank-row", "one-of-required")
EXAMPLES = (
    "scdl-subventions/v2.0.2/exemples/exemple_valide.csv",
    "lieux-covoiturage/HEAD/exemple-valide.csv",
    "stationnement/HEAD/exemple-valide.csv",
    "stationnement-cyclable/v1.0.0/exemple-valide.csv",
    "irve/HEAD/statique/exemple-valide-statique.csv",
    "irve/HEAD/dynamique/exemple-valide-dynamique.csv",
)


def alike(errors: oracles.Errors) -> oracles.Errors:
    """Errors in the words that both have."""
    found: oracles.Errors = set()
    for row, column, kind in errors:
        shared = "custom-check-error" if kind in ONE_KIND else kind
        # Validata gives what is amiss in the header the row 1.
        place = None if row == 1 else row
        found.add((place, None if kind in NO_COLUMN else column, shared))
    return found


def compared(jobs: list[dict[str, Any]]) -> int:
    """How many tables Validata judged; every one of them as we do."""
    judged = 0
    for job, theirs in zip(jobs, answers(jobs), strict=True):
        if theirs is None:
            continue
        ours = oracles.ours(job["schema"], job["columns"], job["rows"])
        assert ours.reason is None, job
        assert alike(oracles.errors_of(ours)) == alike(theirs), job
        judged += 1
    return judged


def test_the_rules_on_one_cell() -> None:
    jobs = french.cell_rules()
    assert compared(jobs) == len(jobs)


def test_the_rules_between_columns() -> None:
    random = Random()  # noqa: S311  (tables, no secrets)
    assert compared([french.row_rules(random) for _ in range(150)]) > 100


def test_official_examples_with_wrong_cells(real_data: Path) -> None:
    random = Random()  # noqa: S311  (tables, no secrets)
    root = real_data / "schemas" / "examples"
    jobs: list[dict[str, Any]] = []
    for place in EXAMPLES:
        folders = [(root / place).parent, (root / place).parent.parent]
        schema = next(found for folder in folders for found in folder.glob("schema*.json"))
        jobs += [french.mutated(random, schema, root / place) for _ in range(8)]
    assert compared(jobs) > 40


def test_numbers_are_compared_as_numbers_and_texts_as_texts() -> None:
    rows = [["9", "10"], ["a", "b"], ["9", "x"], ["1.0", "1"], ["", "1"], ["-1", "1"]]
    jobs: list[dict[str, Any]] = []
    for op in french.OPERATORS:
        params = {"column": "a", "column2": "b", "op": op}
        check = {"name": "compare-columns-value", "params": params}
        schema = {"fields": [{"name": "a"}, {"name": "b"}], "custom_checks": [check]}
        jobs.append({"schema": schema, "columns": ["a", "b"], "rows": rows})
    assert compared(jobs) == len(jobs)
