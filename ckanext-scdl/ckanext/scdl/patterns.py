"""A schema's regular expressions, on whole columns and on single texts, in bounded time.

Pure: imports neither ``ckan`` nor an HTTP client. frictionless 5 compiles ``^PATTERN$`` with
Python's ``re`` and matches from the start: that is the meaning here. Rust's engine (polars) is
linear in the text but knows neither look-around nor back-references, and differs on letters that
are not ASCII and on a last line end; those go to ``regex``, which takes a time limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import regex

from ckanext.scdl.columnar import pl
from ckanext.scdl.errors import N_, SchemaError, TooCostly

SECONDS = 0.2
"""For one text. A hundred thousand times what an honest pattern takes."""
LONGEST = 4_096
"""Characters of a pattern: the longest official one has 1,130."""

_CLASSES = re.compile(r"\\[wWbBsSdD]|\(\?")
"""What the two engines may read differently on some text that is not ASCII."""
_SETS = re.compile(r"\[[^\]]*?(?:\[|&&|--|~~)")
"""Within brackets, operations on sets for Rust and plain characters for Python."""
_PLAIN = r"\A[\t\n\r -~]*\z"


@dataclass(frozen=True)
class Pattern:
    """One pattern; raises SchemaError at once when it can't be read."""

    source: str

    def __post_init__(self) -> None:
        if len(self.source) > LONGEST:
            raise SchemaError(
                N_("A pattern of the schema is longer than {limit} characters."), limit=LONGEST
            )
        try:
            re.compile(self._anchored)
            self._exact  # noqa: B018  (compiled now: a schema is refused before any row is read)
        except (re.error, regex.error, OverflowError, RecursionError) as error:
            raise SchemaError(
                N_("The pattern {pattern} of the schema can't be read: {reason}."),
                pattern=self.source,
                reason=error,
            ) from error

    @property
    def _anchored(self) -> str:
        return f"^{self.source}$"

    @cached_property
    def _exact(self) -> regex.Pattern[str]:
        return regex.compile(self._anchored, cache_pattern=False)

    def matches(self, text: str) -> bool:
        """Whether ``text`` is as the pattern says. Raises TooCostly past the time limit."""
        try:
            return self._exact.match(text, timeout=SECONDS) is not None
        except TimeoutError as error:
            raise TooCostly(
                N_(
                    "The pattern {pattern} of the schema takes too long on the value {value}: the"
                    " schema has to be corrected before files can be checked by it."
                ),
                pattern=self.source,
                value=text[:50],
            ) from error

    @cached_property
    def linear(self) -> bool:
        """Whether Rust's engine reads the pattern, so that a whole column can be asked."""
        if _SETS.search(self.source):
            return False
        try:
            pl.select(pl.lit("").str.contains(self._rust))
        except pl.exceptions.PolarsError:
            return False
        return True

    @property
    def _rust(self) -> str:
        # `match` begins at the start even where `^a|b$` has an alternative without anchor.
        return rf"\A(?:{self._anchored})"

    def certain(self, column: pl.Expr) -> pl.Expr:
        """Where `accepted` says what `matches` would; everywhere else, ask `matches`."""
        if not self.linear:
            return pl.lit(value=False)
        sure = ~column.str.ends_with("\n")
        if _CLASSES.search(self.source):
            sure = sure & column.str.contains(_PLAIN)
        return sure

    def accepted(self, column: pl.Expr) -> pl.Expr:
        """Rust's answer."""
        return column.str.contains(self._rust) if self.linear else pl.lit(value=False)


@lru_cache(maxsize=128)
def pattern(source: str) -> Pattern:
    """The pattern, compiled once for all who judge by it: the advice on each error does again."""
    return Pattern(source)
