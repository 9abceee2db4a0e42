"""The query strings of search engines, in the part that clients use. Pure: no ``ckan``, no HTTP.

Data Fair's ``qs`` and Opendatasoft v1's ``q`` are both of this family: words, ``field:value``,
``field:"a value"``, ``field:[a TO b]``, ``field:(a OR b)``, ``field>=3``, ``_exists_:field``,
AND, OR, NOT (``-``, ``!``), parentheses. Words without an operator between them must all be there.
"""

import re

from ckanext.realtime.addresses.query import (
    AllOf,
    AnyOf,
    Compare,
    Expression,
    IsNull,
    Not,
    Words,
)
from ckanext.realtime.addresses.tokens import Tokens, unquoted

_PATTERN = re.compile(
    r"""\s+
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<operator>&&|\|\||<=|>=|!=|[<>=:()\[\]{}!+-])
    | (?P<word>(?:\\.|[^\s"\\()\[\]{}:<>=!&|]|&(?!&)|\|(?!\|))+)
    """,
    re.VERBOSE,
)
_OPERATORS = ("=", "<", "<=", ">", ">=", "!=")


def parse_query_string(text: str, parameter: str) -> Expression | None:
    """The expression; None for a blank text. Raises BadRequest."""
    if not text.strip() or text.strip() == "*":
        return None
    tokens = Tokens(parameter, text, _PATTERN)
    found = _any(tokens, None)
    tokens.expect_end()
    return found


def _any(tokens: Tokens, field: str | None) -> Expression:
    parts = [_all(tokens, field)]
    while tokens.taken("or", "||"):
        parts.append(_all(tokens, field))
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _all(tokens: Tokens, field: str | None) -> Expression:
    parts = [_one(tokens, field)]
    while tokens.taken("and", "&&") or _goes_on(tokens):
        parts.append(_one(tokens, field))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _goes_on(tokens: Tokens) -> bool:
    following = tokens.next
    return following.kind != "end" and following.text.lower() not in (")", "or", "||")


def _one(tokens: Tokens, field: str | None) -> Expression:
    tokens.deeper()
    try:
        if tokens.taken("not", "!", "-"):
            return Not(_one(tokens, field))
        tokens.taken("+")
        if tokens.taken("("):
            inner = _any(tokens, field)
            tokens.expect(")")
            return inner
        if tokens.next.kind not in ("string", "word"):
            tokens.refuse()
        token = tokens.take()
        if token.kind == "word" and field is None and tokens.next.text in (":", *_OPERATORS):
            return _of_field(tokens, _plain(token.text))
        text = unquoted(token.text) if token.kind == "string" else _plain(token.text)
        return _value(text, field, exact=token.kind == "string")
    finally:
        tokens.depth -= 1


def _of_field(tokens: Tokens, field: str) -> Expression:
    operator = tokens.take().text
    if operator == ":" and field == "_exists_":
        return Not(IsNull(_text(tokens)))
    if operator == ":" and tokens.next.text in _OPERATORS:
        operator = tokens.take().text
    if operator in _OPERATORS:
        return Compare(field, operator, _text(tokens))
    if tokens.next.text in ("[", "{"):
        return _range(tokens, field)
    if tokens.taken("("):
        inner = _any(tokens, field)
        tokens.expect(")")
        return inner
    exact = tokens.next.kind == "string"
    return _value(_text(tokens), field, exact=exact)


def _range(tokens: Tokens, field: str) -> Expression:
    low_open = tokens.take().text == "{"
    low = _text(tokens)
    tokens.expect("to")
    high = _text(tokens)
    high_open = tokens.next.text == "}"
    tokens.expect("]", "}")
    parts: list[Expression] = []
    if low != "*":
        parts.append(Compare(field, ">" if low_open else ">=", low))
    if high != "*":
        parts.append(Compare(field, "<" if high_open else "<=", high))
    return AllOf(tuple(parts)) if parts else Not(IsNull(field))


def _text(tokens: Tokens) -> str:
    if tokens.next.kind == "string":
        return unquoted(tokens.take().text)
    minus = "-" if tokens.taken("-") else ""
    if tokens.next.kind != "word":
        tokens.refuse()
    found = minus + _plain(tokens.take().text)
    # A time has colons, which part words elsewhere: 2022-10-20T11:30:23.
    while tokens.next.text == ":" and not tokens.next.spaced:
        found += tokens.take().text + _plain(tokens.take().text)
    return found


def _value(text: str, field: str | None, *, exact: bool) -> Expression:
    if field is None:
        return Words(tuple(text.split()))
    if not exact and "*" in text:
        return Not(IsNull(field)) if text == "*" else Words((text,), field)
    return Compare(field, "=", text)


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
