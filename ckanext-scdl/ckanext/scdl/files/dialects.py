"""How a CSV file separates and quotes its cells, found from its first lines.

Pure: imports neither ``ckan`` nor an HTTP client. The right dialect is the one under which rows
have the same number of cells, and more than one.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SEPARATORS = (";", ",", "\t", "|", "^", "~")
"""By preference, when several would do: French spreadsheets write semicolons."""
SAMPLE_ROWS = 400
LONGEST_CELL = 16_000_000
csv.field_size_limit(LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class Dialect:
    """``separator`` and ``quote`` are one character, ``escape`` too or empty (quotes doubled).

    ``skip`` is the number of first lines that are no data (a line ``sep=;``). With ``spaced``, a
    space after each separator is no part of the cell, and a quotation mark may follow it.
    """

    separator: str = ","
    quote: str = '"'
    escape: str = ""
    skip: int = 0
    spaced: bool = False

    def records(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The records of ``lines``, whose line ends must be kept."""
        return csv.reader(
            lines,
            delimiter=self.separator,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            skipinitialspace=self.spaced,
        )


def find_dialect(sample: str, separator: str | None = None) -> Dialect:
    """The dialect of a text of which ``sample`` is the beginning, cut anywhere.

    ``separator`` is the person's choice, when the guess was wrong.
    """
    lines = sample.splitlines(keepends=True)
    declared = _declared(lines[0]) if lines else ""
    skip = 1 if declared else 0
    # The last line may be cut; one that is alone can't be done without.
    kept = lines[skip:-1] if len(lines) > skip + 1 else lines[skip:]
    chosen = separator or declared
    candidates = (chosen,) if chosen else tuple(s for s in SEPARATORS if s in sample)
    dialects = [
        Dialect(candidate, quote, escape, skip, _spaced(kept, candidate))
        for candidate in candidates
        for quote, escape in _quotes(sample, candidate)
    ]
    fallback = Dialect(chosen or ",", skip=skip)
    # `max` keeps the first of equals: the order of SEPARATORS decides.
    return max(dialects, key=lambda dialect: _regularity(kept, dialect), default=fallback)


def _declared(line: str) -> str:
    """The separator of a first line such as ``sep=;``, that spreadsheets obey."""
    text = line.strip().strip('"')
    return text[4:] if text.lower().startswith("sep=") and len(text) == 5 else ""


def _spaced(lines: Sequence[str], separator: str) -> bool:
    """Whether a space follows each separator of the first line that has one."""
    line = next((line for line in lines if separator in line), "")
    return bool(line) and line.count(separator) == line.count(f"{separator} ")


def _quotes(sample: str, separator: str) -> list[tuple[str, str]]:
    found = [('"', "")]
    if '\\"' in sample:
        found.append(('"', "\\"))
    single = sample.count(f"'{separator}'")
    if single > sample.count(f'"{separator}"') and single > sample.count("\n") / 2:
        found.append(("'", ""))
    return found


def _regularity(lines: Sequence[str], dialect: Dialect) -> tuple[float, int]:
    """The share of rows that have the commonest number of cells, then that number.

    Title lines above a table are few beside its rows; blank lines tell nothing.
    """
    widths: Counter[int] = Counter()
    try:
        for row in dialect.records(lines):
            if any(row):
                widths[len(row)] += 1
            if widths.total() >= SAMPLE_ROWS:
                break
    except csv.Error:
        return (0.0, 0)
    several = [(width, count) for width, count in widths.items() if width > 1]
    if not several:
        return (0.0, 0)
    # Seven rows of twelve cells say more than eight of two.
    width, count = max(several, key=lambda item: (item[1] * (1 - 1 / item[0]), item[0]))
    return (round(count / widths.total() * (1 - 1 / (2 * width)), 3), width)
