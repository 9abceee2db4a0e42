"""Where the table is on its sheet: the row of its headers, and what stands above them.

Pure: imports neither ``ckan`` nor an HTTP client. Looks at the first records only.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ckanext.scdl.files.words import fold, squeezed
from ckanext.scdl.files.workbooks import Merged
from ckanext.scdl.table import Row

HEAD = 60
"""Records looked at."""
DEEPEST = 30
"""Records among which the headers are looked for."""
LONGEST_NAME = 300

_YEAR = re.compile(r"(19|20)\d\d")
_VALUE = re.compile(
    r"""[-+]?[\d  ]*\d[.,\d  ]*\s*(€|%|euros?)?   # a number
      | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(\ .*)?             # a date
      | (oui|non|vrai|faux|true|false)""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Layout:
    """``header`` is the record number (from 1) of the last row of headers; 0 when there is none.

    ``columns`` are the headers as found; ``titles`` what the rows above say; ``spare`` how many
    blank headers over blank cells were left out at the end.
    """

    header: int
    columns: tuple[str, ...]
    titles: tuple[str, ...] = ()
    spare: int = 0


def find_layout(
    head: Sequence[Row],
    *,
    merged: Collection[Merged] = (),
    known: Collection[str] = (),
    header: int | None = None,
) -> Layout:
    """The layout of a table whose first records are ``head``.

    ``known`` are names that its headers may have (a schema's); ``header`` is the person's choice.
    """
    rows = [list(row) for row in head]
    # Downwards first: a name on several rows is one, where a group over columns is a title.
    _spread(rows, [area for area in merged if area[1] == area[3]])
    if header is None:
        found = _find(rows, {fold(name) for name in known})
        header = min(_last_level(found, merged) + 1, len(rows))
    _spread(rows, merged)
    if not 0 < header <= len(rows):
        width = max((len(row) for row in head), default=0)
        return Layout(0, tuple("" for _ in range(width)))
    first = _first_level(header - 1, merged)
    names = [_joined(rows[first:header], column) for column in range(len(rows[header - 1]))]
    # A second mark of UTF-8, that some software puts inside the first cell.
    names = [name.lstrip("\ufeff") for name in names]
    if first > 0 and _doubles(names):
        names = _with_group(rows[first - 1], names)
    width = len(names)
    while names and not names[-1].strip() and not _used(head[header:], len(names) - 1):
        names.pop()
    titles = tuple(
        text for row in head[:first] if (text := squeezed(" ".join(filter(None, row)))) != ""
    )
    return Layout(header, tuple(names), titles, width - len(names))


def _spread(rows: list[list[str]], merged: Collection[Merged]) -> None:
    """Write the value of merged cells in each of them, as the eye does."""
    for top, left, bottom, right in merged:
        if top >= len(rows) or left >= len(rows[top]) or bottom - top > DEEPEST:
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            end = min(right + 1, len(row))
            row[left:end] = [value] * max(0, end - left)


def _find(rows: Sequence[Sequence[str]], known: Collection[str]) -> int:
    """The position of the headers, or -1."""
    recognised = [sum(fold(cell) in known for cell in row) for row in rows[:DEEPEST]]
    most = max(recognised, default=0)
    if most >= 2:
        return recognised.index(most)
    # The last round is for headers that repeat one another, but are words all of them.
    for coverage, alike, distinct in ((0.75, 0.8, 0.8), (0.5, 0.7, 0.7), (0.5, 1.0, 0.0)):
        for position, row in enumerate(rows[:DEEPEST]):
            if _like_headers(row, rows[position + 1 :], coverage, alike, distinct):
                return position
    return -1


def _like_headers(
    row: Sequence[str],
    below: Sequence[Sequence[str]],
    coverage: float,
    alike: float,
    distinct: float,
) -> bool:
    """Whether ``row`` is filled as wide as what follows, with words, different from each other.

    Each of the three is asked of a share of its cells, from 0 to 1.
    """
    filled = [cell for cell in row if cell.strip()]
    if not filled or max(map(len, filled)) > LONGEST_NAME:
        return False
    columns = {i for other in below for i, cell in enumerate(other) if cell.strip()}
    under = [i for i in columns if i < len(row) and row[i].strip()]
    if columns and len(under) < coverage * len(columns):
        return False
    names = [cell for cell in filled if _like_a_name(cell)]
    different = {fold(cell) or cell for cell in filled}
    return len(names) >= alike * len(filled) and len(different) >= distinct * len(filled)


def _like_a_name(cell: str) -> bool:
    text = cell.strip()
    return _YEAR.fullmatch(text) is not None or _VALUE.fullmatch(text) is None


def _last_level(header: int, merged: Collection[Merged]) -> int:
    """The last row of headers whose first is ``header``: where its merged cells end."""
    below = [bottom for top, _, bottom, _ in merged if top <= header < bottom < DEEPEST]
    return _last_level(max(below), merged) if below else header


def _first_level(header: int, merged: Collection[Merged]) -> int:
    """The first row of headers that stand on several rows, joined by cells merged downwards."""
    first = header
    for top, _, bottom, _ in merged:
        if top < header <= bottom:
            first = min(first, top)
    return first


def _joined(levels: Sequence[Sequence[str]], column: int) -> str:
    said: list[str] = []
    for row in levels:
        name = row[column] if column < len(row) else ""
        if name.strip() and name not in said:
            said.append(name)
    return " – ".join(said)


def _doubles(names: Sequence[str]) -> bool:
    folded = [fold(name) for name in names if name.strip()]
    return len(set(folded)) < len(folded)


def _with_group(above: Sequence[str], names: Sequence[str]) -> list[str]:
    """“Montant” under “2016” and under “2017”: headers that only their group tells apart."""
    groups = [above[i].strip() if i < len(above) else "" for i in range(len(names))]
    if len(set(filter(None, groups))) < 2:
        return list(names)
    pairs = zip(groups, names, strict=True)
    return [f"{group} – {name}" if group and name.strip() else name for group, name in pairs]


def _used(rows: Sequence[Row], column: int) -> bool:
    return any(len(row) > column and row[column].strip() for row in rows)
