"""Tables at random under the French rules, and official examples with cells mutated."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

NUMBERS = ("0", "1", "2", "3", "10", "-1", "+2", "01", "1.5", "", "x", " 4 ", "1e1", "NA", "9" * 20)
DAYS = ("2024-01-01", "2024-03-31", "2023-12-31", "2024-1-1", "31/03/2024", "", "x", "0000-01-01")
TEXTS = ("a", "b", "A", "10", "9", "1.50", "", " ", "0", "é", "2024-01-01", "false", "1_0", "٣")
VALUES: Mapping[str, Sequence[str]] = {
    "integer": NUMBERS,
    "number": NUMBERS,
    "date": DAYS,
    "string": TEXTS,
    "any": TEXTS,
}
"""No booleans: Validata adds and compares them as Python does, true being one."""
OPERATORS = (">", ">=", "==", "<=", "<")
POINTS = ("[0.34,46.58]", "[46.58,0.34]", "[13.4,52.5]", "[-61.5,16.2]", "[x]", "", "[181,2]")
CELLS: Mapping[str, Sequence[str]] = {
    "siret": (
        *("21860194600013", "218 601 946 00013", "218.601.946.00013", "21860194600014"),
        *("35600000000048", "35600000000049", "00000000000000", "21860194600013\n", "²18601946"),
    ),
    "siren": ("218601946", "218601947", "218 601 946", " 218601946", "000000000", "356000000"),
    "phone-number-value": (
        *("0549414141", "05 49 41 41 41", "05.49.41.41.41", "+33549414141", "0033549414141"),
        *("3949", "15", "118712", "+32 2 555 12 12", "05494141", "0549414141 poste 12", "36 30"),
    ),
    "opening-hours-value": (
        *("Mo-Fr 08:30-12:00", "Mo-Fr 08:30-12:00,13:30-17:00", "24/7", "Mo-Fr 8:30-12:00"),
        *("Mo;Tu 10:00-12:00", "Mo-Su,PH 09:00-18:00; Aug off", "mo-fr 08:00-10:00", "PH off"),
        *("Mo 10:00+", "week 01 Mo 10:00-12:00", "2024 Jan Mo", "SH Mo 10:00-12:00", "lundi"),
        *("Mo[1] 10:00-12:00", "Mo[-1] 10:00-12:00", 'Mo "mardi 8:00"', "Mo 10:00 - 12:00"),
        *("Mo 10:00-12:00; ", "sunrise-sunset", "off", "FR"),
    ),
    "year-interval-value": (
        *("2020/2026", "2026/2020", "2020/2020", "2020", "2020-2026", "٢٠٢٠/2026", "2020/2026\n"),
    ),
    "nomenclature-acte": (
        *("Urbanisme/Documents d’urbanisme", "Urbanisme/Documents d'urbanisme", "Nawak"),
        *("Urbanisme / Documents d’urbanisme", "finances locales/subventions"),
        *("Finances locales/Subventions", "Commande publique/Marchés publics"),
    ),
    "code-fantoir": ("A123B", "0123A", "8619", "12345"),
    "code-postal": ("86000", "86999", "75000", "8600", "2A000"),
}
"""Texts near each rule on one cell, besides those of every other rule.

The nine rules of published schemas, and some formats of which no code has a year: those of
communes and departments ask for one, numbers of associations came after this Validata.
"""


def cell_rules() -> list[dict[str, Any]]:
    """A table for each rule on one cell, of all texts that are near a rule."""
    texts = sorted({text for some in CELLS.values() for text in some} | {"", "x", "1"})
    found: list[dict[str, Any]] = []
    for name in (*CELLS, "french-siret-value", "french-siren-value", "nomenclature-actes-value"):
        found.append(_one_rule(name, {}, texts))
    found.append(_one_rule("year-interval-value", {"allow-year-only": "yes"}, texts))
    field = {"name": "c", "type": "geopoint", "format": "array"}
    found.append(_one_rule("french-gps-coordinates", {}, POINTS, field))
    return found


def _one_rule(
    name: str, params: dict[str, str], texts: Sequence[str], field: dict[str, str] | None = None
) -> dict[str, Any]:
    check = {"name": name, "params": {"column": "c", **params}}
    schema = {"fields": [{"name": "n"}, field or {"name": "c"}], "custom_checks": [check]}
    return {"schema": schema, "columns": ["n", "c"], "rows": [["a", text] for text in texts]}


def row_rules(random: Random) -> dict[str, Any]:
    """A table of any types, under one or two rules between columns, at times without some."""
    checks = [_a_check(random) for _ in range(random.randint(1, 2))]
    kinds = [random.choice(tuple(VALUES)) for _ in range(4)]
    # For Validata the number 10 is not the text 10, even as a sum.
    if random.random() < 0.4 or any(check["name"] == "sum-columns-value" for check in checks):
        kinds = [random.choice(("integer", "number")) for _ in range(4)]
    fields = [{"name": f"c{i}", "type": kind} for i, kind in enumerate(kinds)]
    kept = [i for i in range(4) if random.random() < 0.93] or [0]
    rows = [[random.choice(VALUES[kinds[i]]) for i in kept] for _ in range(30)]
    schema = {"fields": fields, "custom_checks": checks}
    return {"schema": schema, "columns": [f"c{i}" for i in kept], "rows": rows}


def _a_check(random: Random) -> dict[str, Any]:
    first, second, third = random.sample(["c0", "c1", "c2", "c3"], 3)
    params: dict[str, dict[str, Any]] = {
        "compare-columns-value": {"column2": second, "op": random.choice(OPERATORS)},
        "cohesive-columns-value": {"othercolumns": [second, third]},
        "sum-columns-value": {"columns": [second, third]},
        "one-of-required": {"column1": first, "column2": second},
    }
    name = random.choice(tuple(params))
    own = {} if name == "one-of-required" else {"column": first}
    return {"name": name, "params": {**own, **params[name]}}


def mutated(random: Random, schema: Path, example: Path) -> dict[str, Any]:
    """The rows of an example that is right, some cells of which no longer are."""
    text = example.read_text(encoding="utf-8-sig")
    separator = ";" if text.partition("\n")[0].count(";") else ","
    header, *rows = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    rows = [row for row in rows if len(row) == len(header)][:15]
    rows = [[_mutated(random, cell) for cell in random.choice(rows)] for _ in range(15)]
    order = list(range(len(header)))
    if random.random() < 0.3:
        random.shuffle(order)
    if random.random() < 0.3:
        order.pop(random.randrange(len(order)))
    return {
        "schema": json.loads(schema.read_text(encoding="utf-8")),
        "columns": [header[i] for i in order],
        "rows": [[row[i] for i in order] for row in rows],
    }


def _mutated(random: Random, cell: str) -> str:
    if random.random() < 0.85:
        return cell
    every = [text for texts in (*VALUES.values(), *CELLS.values()) for text in texts]
    at = random.randint(0, len(cell))
    inserted = cell[:at] + random.choice("0aé /;-") + cell[at:]
    doubled = (f"{cell} ", f"{cell}.0", cell * 2)
    changed = (cell.upper(), cell[1:], cell.replace(".", ","))
    return random.choice(("", inserted, *doubled, *changed, random.choice(every)))
