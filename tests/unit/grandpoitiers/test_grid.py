"""The grid of accessibility criteria is whole, and the tests it names are there."""

import re
from pathlib import Path

from ckanext.grandpoitiers import grid

ROOT = Path(__file__).parents[3]
GRID = grid.read((ROOT / "config" / "rgaa.md").read_text(encoding="utf-8"))
CRITERIA = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)
"""How many each of the thirteen themes of RGAA 4.1 has."""
WAYS = {"essai", "main", "auteur", "non", "sans objet"}


def test_all_the_criteria_are_there_once_in_their_order() -> None:
    expected = [
        [f"{theme}.{number}" for number in range(1, count + 1)]
        for theme, count in enumerate(CRITERIA, start=1)
    ]
    assert sum(map(len, expected)) == 106
    assert [[one.number for one in theme.criteria] for theme in GRID.themes] == expected


def test_each_says_how_it_was_checked() -> None:
    assert set(GRID.counts) <= WAYS
    assert sum(GRID.counts.values()) == 106


def test_what_is_checked_by_a_test_names_it() -> None:
    """And that test exists."""
    known = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("tests/**/test_*.py"))
    for one in (one for theme in GRID.themes for one in theme.criteria):
        named = re.findall(r"`(test_\w+)`", one.proof)
        assert one.how != "essai" or named, one.number
        assert not [name for name in named if f"def {name}(" not in known], one.number


def test_what_stands_above_the_tables_keeps_its_form() -> None:
    read = grid.read("# Grille\n\nCe que *nous* avons vu.\n\n## 1. Images\n\n| 1.1 | a | non | |\n")
    assert read.introduction == "Ce que *nous* avons vu."
    assert read.themes == (grid.Theme("1. Images", (grid.Criterion("1.1", "a", "non", ""),)),)
