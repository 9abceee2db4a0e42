"""The grid of accessibility criteria: the Markdown of `rgaa.md` as themes and rows.

Pure: must import neither CKAN nor Flask.
"""

import re
from dataclasses import dataclass

HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| (\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Criterion:
    """`number` as the referential has it, `how` it was checked, `proof` in Markdown."""

    number: str
    what: str
    how: str
    proof: str


@dataclass(frozen=True)
class Theme:
    """A part of the referential."""

    title: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Grid:
    """What stands above the tables (Markdown), then the tables."""

    introduction: str
    themes: tuple[Theme, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many criteria were checked in each way, the most frequent first."""
        ways = [one.how for theme in self.themes for one in theme.criteria]
        return {way: ways.count(way) for way in sorted(set(ways), key=lambda way: -ways.count(way))}


def read(text: str) -> Grid:
    """The grid in `text`; what is not a heading or a row of a table under one is left out."""
    introduction, *parts = HEADING.split(text)
    themes = (
        Theme(title, tuple(Criterion(*map(str.strip, row)) for row in ROW.findall(body)))
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    )
    _, _, described = introduction.partition("\n")
    return Grid(described.strip(), tuple(themes))
