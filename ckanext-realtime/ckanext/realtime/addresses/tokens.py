"""Texts of query languages cut in words, under limits. Pure: no ``ckan``, no HTTP client."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.problems import N_

MAX_LENGTH, MAX_TOKENS, MAX_DEPTH = 4000, 400, 30
TOO_LONG = N_("The parameter {name} is too long: {limit} characters are allowed.")
NOT_UNDERSTOOD = N_("The parameter {name} is not understood near “{near}”.")
TOO_DEEP = N_("The parameter {name} has too many levels or words.")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind (a name of the pattern), its text, and what came before it."""

    kind: str
    text: str
    spaced: bool = False


class Tokens:
    """The words of one parameter, read one after the other."""

    def __init__(self, parameter: str, text: str, pattern: "re.Pattern[str]") -> None:
        self.parameter, self.depth = parameter, 0
        if len(text) > MAX_LENGTH:
            raise BadRequest(TOO_LONG, name=parameter, limit=MAX_LENGTH)
        self._tokens, self._position = _cut(parameter, text, pattern), 0

    @property
    def next(self) -> Token:
        """The word to come; of kind ``end`` after the last."""
        return self._tokens[self._position]

    def take(self) -> Token:
        """The word to come, passed."""
        token = self.next
        self._position = min(self._position + 1, len(self._tokens) - 1)
        return token

    def taken(self, *texts: str) -> bool:
        """Whether the next word is one of ``texts`` (any case), passed if so."""
        if self.next.kind in ("string", "end") or self.next.text.lower() not in texts:
            return False
        self.take()
        return True

    def expect(self, *texts: str) -> None:
        """Pass the next word, which must be one of ``texts``. Raises BadRequest."""
        if not self.taken(*texts):
            self.refuse()

    def expect_end(self) -> None:
        """Raises BadRequest unless everything was read."""
        if self.next.kind != "end":
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raise BadRequest about the word to come."""
        raise BadRequest(NOT_UNDERSTOOD, name=self.parameter, near=self.next.text or "…")

    def deeper(self) -> None:
        """One level more. Raises BadRequest past the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BadRequest(TOO_DEEP, name=self.parameter)


def _cut(parameter: str, text: str, pattern: "re.Pattern[str]") -> list[Token]:
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = pattern.match(text, position)
        if match is None or match.end() == position:
            raise BadRequest(NOT_UNDERSTOOD, name=parameter, near=text[position : position + 20])
        if match.lastgroup:
            spaced = position > 0 and text[position - 1].isspace()
            found.append(Token(match.lastgroup, match[0], spaced))
        position = match.end()
        if len(found) > MAX_TOKENS:
            raise BadRequest(TOO_DEEP, name=parameter)
    return [*found, Token("end", "")]


_ESCAPES: Mapping[str, str] = {"n": "\n", "t": "\t"}


def unquoted(text: str) -> str:
    """The text of a quoted word: quotes off, backslashes and doubled quotes read."""
    quote, inner = text[0], text[1:-1].replace(text[0] * 2, text[0])
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), inner) if quote else ""
