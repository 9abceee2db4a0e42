"""The repair that one text of one column calls for, if any. Pure: no ``ckan``, no HTTP client.

A repair is worth proposing when the text is wrong for the schema before it and right after it;
faults of letters (spaces, invisible characters, accents) are always worth it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ckanext.scdl.acceptance import Acceptance
from ckanext.scdl.files.mending import codes, dates, identifiers, numbers, texts
from ckanext.scdl.files.repairs import Kind

REMEMBERED = 50_000
Mended = tuple[Kind, str]


@dataclass
class Mender:
    """Mends the texts of one column; ``own`` is the organisation's value there, if it has one."""

    acceptance: Acceptance
    own: str = ""
    _remembered: dict[str, Mended | None] = field(default_factory=dict[str, Mended | None])

    def mend(self, text: str) -> Mended | None:
        """The repair and the text after it; None when nothing is to be proposed."""
        if text not in self._remembered:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[text] = self._mend(text)
        return self._remembered[text]

    def _mend(self, text: str) -> Mended | None:
        if self.acceptance.missing(text):
            return None
        tidy = texts.tidy(text)
        blank = next(iter(self.acceptance.field.missing_values), None)
        if blank is not None and self._is_nothing(tidy) and self.acceptance.accepts(blank):
            return Kind.NOTHING, blank
        if not self.acceptance.accepts(tidy):
            for kind, after in self._proposals(tidy):
                if after != tidy and self._better(kind, after):
                    return kind, after
        return _of_letters(text, tidy) if tidy != text else None

    def _is_nothing(self, text: str) -> bool:
        if codes.certainly_nothing(text):
            return True
        return codes.nothing(text) and not self.acceptance.accepts(text)

    def _better(self, kind: Kind, after: str) -> bool:
        if self.acceptance.accepts(after):
            return True
        # The check digits of a number may be wrong however it is written.
        return kind in _IDENTIFIERS and self.acceptance.well_formed(after)

    def _proposals(self, text: str) -> Iterator[Mended]:
        for kind, after in (
            *self._as_identifier(text),
            *_TYPES.get(self.acceptance.field.type, _string)(self.acceptance, text),
        ):
            if after is not None:
                yield kind, after

    def _as_identifier(self, text: str) -> Iterator[tuple[Kind, str | None]]:
        length = digits_of(self.acceptance)
        if not length:
            return
        whole = identifiers.as_float(text) or identifiers.grouped(text) or text.strip()
        lost = length == 14 and (identifiers.rounded(whole) or len(whole) == 9)
        if lost and self.own[:9] == whole[:9]:
            # The nine digits of the SIREN are there: it is this organisation and no other.
            yield Kind.OWN_IDENTIFIER, self.own
        yield Kind.IDENTIFIER_FLOAT, identifiers.as_float(text)
        yield Kind.IDENTIFIER_GROUPED, identifiers.grouped(text)
        yield Kind.IDENTIFIER_ZEROS, identifiers.padded(text, length)


_IDENTIFIERS = frozenset({Kind.IDENTIFIER_FLOAT, Kind.IDENTIFIER_GROUPED})


def digits_of(acceptance: Acceptance) -> int:
    """The digits of the numbers a column names things by; 0 for any other column."""
    by_rule = [
        identifiers.LENGTHS[name] for name in acceptance.rules if name in identifiers.LENGTHS
    ]
    pattern = acceptance.field.constraints.get("pattern")
    return by_rule[0] if by_rule else identifiers.digits_wanted(pattern) if pattern else 0


def _of_letters(text: str, tidy: str) -> Mended:
    if texts.twice_encoded(text):
        return Kind.TWICE_ENCODED, tidy
    return (Kind.INVISIBLE if texts.invisible(text) else Kind.SPACES), tidy


# -- by type of field

Proposals = Iterator[tuple[Kind, str | None]]


def _number(_acceptance: Acceptance, text: str) -> Proposals:
    yield Kind.PERCENTAGE, numbers.percentage(text)
    yield Kind.NUMBER, numbers.number(text)


def _integer(_acceptance: Acceptance, text: str) -> Proposals:
    yield Kind.NUMBER, numbers.integer(text)


def _date(_acceptance: Acceptance, text: str) -> Proposals:
    yield Kind.DATE_SERIAL, dates.serial(text)
    yield Kind.DATE, dates.day(text)


def _datetime(_acceptance: Acceptance, text: str) -> Proposals:
    yield Kind.MOMENT, dates.moment(text)
    day = dates.day(text)
    yield Kind.MOMENT, f"{day}T00:00:00" if day else None


def _time(_acceptance: Acceptance, text: str) -> Proposals:
    yield Kind.CLOCK, dates.clock(text)


def _boolean(acceptance: Acceptance, text: str) -> Proposals:
    yield Kind.BOOLEAN, codes.boolean(text, acceptance.field.options)


def _string(acceptance: Acceptance, text: str) -> Proposals:
    constraints = acceptance.field.constraints
    line = texts.one_line(text)
    if "enum" in constraints:
        allowed = [value for value in constraints["enum"] if isinstance(value, str)]
        yield Kind.LISTED, codes.listed(text, allowed)
        yield Kind.LISTED, codes.yes_or_no(text, allowed)
    if "pattern" in constraints:
        yield Kind.PERIOD, dates.period(text)
        yield Kind.CASE, line.upper()
        yield Kind.CASE, line.lower()
    yield Kind.LINK, identifiers.link(text)
    yield Kind.MAILBOX, identifiers.mailbox(text)
    yield Kind.LINE_BREAKS, line


_TYPES: Mapping[str, Callable[[Acceptance, str], Proposals]] = {
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "integer": _integer,
    "number": _number,
    "time": _time,
    "year": _integer,
}
