"""Who publishes what: valid, late, invalid, not checked or missing."""

from datetime import UTC, datetime, timedelta

from ckanext.scdl.coverage import Published, State, bound, coverage, drawn, located, unknown

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PERIODS = {"scdl/budget": timedelta(days=366), "scdl/prenoms": None}


def one(organisation: str, schema: str, verdict: str = "valid", days: int = 1) -> Published:
    modified = NOW - timedelta(days=days)
    return Published(organisation, schema, verdict, modified, f"{organisation}-{days}")


def test_each_state_has_its_cell() -> None:
    found = [
        one("a", "scdl/budget"),
        one("b", "scdl/budget", days=400),
        one("b", "scdl/prenoms", days=4000),
        one("c", "scdl/budget", "invalid", days=400),
        one("c", "scdl/prenoms", "not-checked"),
    ]
    rows = coverage(["a", "b", "c", "d"], PERIODS, found, NOW)
    assert [[cell.state for cell in row.cells] for row in rows] == [
        [State.VALID, State.MISSING],
        [State.LATE, State.VALID],
        [State.INVALID, State.NOT_CHECKED],
        [State.MISSING, State.MISSING],
    ]
    assert [row.published for row in rows] == [1, 2, 2, 0]
    assert [row.state for row in rows] == [
        State.VALID, State.LATE, State.INVALID, State.MISSING
    ]  # fmt: skip


def test_of_two_files_the_last_one_counts() -> None:
    found = [one("a", "scdl/budget", "valid", 2), one("a", "scdl/budget", "invalid", 9)]
    (row,) = coverage(["a"], PERIODS, found, NOW)
    assert (row.cells[0].state, row.cells[0].dataset) == (State.VALID, "a-2")


def test_communes_are_drawn_with_the_north_above() -> None:
    points, height = drawn({"north": (0.3, 46.7), "south": (0.3, 46.5), "east": (0.5, 46.6)})
    assert points["north"].y < points["east"].y < points["south"].y
    assert points["east"].x > points["south"].x
    assert height > points["south"].y
    assert drawn({}) == ({}, 0)


def test_an_organisation_is_where_its_code_says_else_its_title() -> None:
    """A former commune is where the one is that took it in; what is no commune is nowhere."""
    communes = [
        {"insee": "86194", "name": "Poitiers", "centre": [0.34, 46.58]},
        {"insee": "86019", "name": "Beaumont Saint-Cyr", "aliases": ["Saint-Cyr", "86219"],
         "centre": [0.43, 46.74]},
        {"insee": "86027", "name": "Biard"},
    ]  # fmt: skip
    titles = {
        "a": "Ville de Poitiers", "b": "POITIERS", "c": "Saint-Cyr", "d": "Mairie", "e": "Biard",
        "f": "Poitiers", "g": "Agglomération",
    }  # fmt: skip
    found = located(titles, {"a": "86194", "d": "86219", "f": "75056"}, communes)
    poitiers, beaumont = (0.34, 46.58), (0.43, 46.74)
    assert found == {"a": poitiers, "b": poitiers, "c": beaumont, "d": beaumont}


COMMUNES = [
    {"insee": "86194", "name": "Poitiers", "population": 90000},
    {"insee": "86019", "name": "Beaumont Saint-Cyr", "population": 2908, "aliases": ["86219"]},
    {"insee": "86027", "name": "Biard", "population": 1910},
    {"insee": "86066", "name": "Châtellerault", "population": 31000},
]


def test_communes_that_no_organisation_is_are_there_too() -> None:
    titles = {"a": "Mairie", "b": "Saint-Cyr", "c": "biard"}
    codes = {"a": "86194", "b": "86219"}
    assert unknown(titles, codes, COMMUNES) == {"86066": "Châtellerault"}
    every = {**titles, "86066": "Châtellerault"}
    assert bound(every, {**codes, "86066": "86066"}, COMMUNES) == {"a", "86066"}
