"""The part of ODSQL that clients use, read to expressions. Pure: no ``ckan``, no HTTP client.

After https://help.opendatasoft.com/apis/ods-explore-v2/ (section ODSQL): comparisons, ``in``,
``like``, ``is null``, ``startswith``, ``search``, ``within_distance``, and, or, not. What is not
here is refused, never guessed.
"""

import re

from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.query import (
    AllOf,
    AnyOf,
    Chosen,
    Compare,
    Expression,
    IsNull,
    Literal,
    Near,
    Not,
    OneOf,
    Order,
    StartsWith,
    Words,
)
from ckanext.realtime.addresses.tokens import Tokens, unquoted
from ckanext.realtime.problems import N_

MAX_VALUES = 500
_PATTERN = re.compile(
    r"""\s+
    | (?P<string>"(?:[^"\\]|\\.|"")*"|'(?:[^'\\]|\\.|'')*')
    | (?P<typed>(?:date|geom)(?:"[^"]*"|'[^']*'))
    | (?P<distance>\d+(?:\.\d+)?(?:km|cm|mm|m|mi|yd|ft)\b)
    | (?P<number>[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,2})?)
    | (?P<quoted>`[^`]+`)
    | (?P<name>[^\W\d]\w*)
    | (?P<operator><=|>=|!=|<>|==|[=<>:(),\[\]*]|\.\.)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPERATORS = {"=": "=", "==": "=", ":": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=",
              ">": ">", ">=": ">="}  # fmt: skip
_UNITS = {"m": 1.0, "km": 1000.0, "cm": 0.01, "mm": 0.001, "mi": 1609.344, "yd": 0.9144,
          "ft": 0.3048}  # fmt: skip
_DISTANCE = re.compile(r"([\d.]+)([a-z]+)", re.IGNORECASE)
_POINT = re.compile(r"POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)", re.IGNORECASE)
_KEYWORDS = frozenset(
    ("and", "or", "not", "in", "like", "is", "null", "true", "false", "asc", "desc", "as")
)
MANY = N_("The parameter {name} lists more than {limit} values.")


def parse_where(text: str, parameter: str = "where") -> Expression:
    """``where`` of Explore v2. Raises BadRequest."""
    tokens = Tokens(parameter, text, _PATTERN)
    found = _any(tokens)
    tokens.expect_end()
    return found


def parse_order(text: str, parameter: str = "order_by") -> tuple[Order, ...]:
    """``order_by``: ``nom asc, places_restantes desc``; ``-nom`` is descending too."""
    tokens, found = Tokens(parameter, text, _PATTERN_ORDER), list[Order]()
    while True:
        minus = tokens.taken("-")
        name = _name(tokens)
        descending = tokens.taken("desc") or (not tokens.taken("asc") and minus)
        found.append(Order(name, descending))
        if not tokens.taken(","):
            tokens.expect_end()
            return tuple(found)


def parse_select(text: str, parameter: str = "select") -> tuple[Chosen, ...] | None:
    """``select``: ``nom, places_restantes as libre``; None for ``*``, everything."""
    tokens, found = Tokens(parameter, text, _PATTERN), list[Chosen]()
    everything = False
    while True:
        if tokens.taken("*"):
            everything = True
        else:
            name = _name(tokens)
            found.append(Chosen(name, _name(tokens) if tokens.taken("as") else name))
        if not tokens.taken(","):
            tokens.expect_end()
            return None if everything else tuple(found)


_PATTERN_ORDER = re.compile(_PATTERN.pattern + r"|(?P<minus>-)", _PATTERN.flags)


def _any(tokens: Tokens) -> Expression:
    parts = [_all(tokens)]
    while tokens.taken("or"):
        parts.append(_all(tokens))
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _all(tokens: Tokens) -> Expression:
    parts = [_one(tokens)]
    while tokens.taken("and"):
        parts.append(_one(tokens))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _one(tokens: Tokens) -> Expression:
    tokens.deeper()
    try:
        if tokens.taken("not"):
            return Not(_one(tokens))
        if tokens.taken("("):
            inner = _any(tokens)
            tokens.expect(")")
            return inner
        if tokens.next.kind == "string":
            return Words(tuple(unquoted(tokens.take().text).split()))
        return _about(tokens)
    finally:
        tokens.depth -= 1


def _about(tokens: Tokens) -> Expression:
    name = _name(tokens)
    if tokens.taken("("):
        return _function(tokens, name.lower())
    if tokens.taken("in"):
        return OneOf(name, _list(tokens))
    if tokens.taken("not"):
        tokens.expect("in")
        return Not(OneOf(name, _list(tokens)))
    if tokens.taken("like"):
        return Words(tuple(str(_literal(tokens)).replace("%", "*").split()), name)
    if tokens.taken("is"):
        negative = tokens.taken("not")
        tokens.expect("null")
        return Not(IsNull(name)) if negative else IsNull(name)
    if tokens.next.text not in _OPERATORS:
        tokens.refuse()
    operator = _OPERATORS[tokens.take().text]
    return Compare(name, operator, _literal(tokens))


def _function(tokens: Tokens, name: str) -> Expression:
    if name not in ("search", "startswith", "within_distance", "distance"):
        tokens.refuse()
    if name == "search" and tokens.next.kind == "string":
        found: Expression = Words(tuple(unquoted(tokens.take().text).split()))
    else:
        field = None if tokens.taken("*") else _name(tokens)
        tokens.expect(",")
        found = _with_field(tokens, name, field)
    tokens.expect(")")
    return found


def _with_field(tokens: Tokens, function: str, field: str | None) -> Expression:
    if function == "search":
        return Words(tuple(_string(tokens).split()), field)
    if field is None:
        tokens.refuse()
    if function == "startswith":
        return StartsWith(field, _string(tokens))
    point = _POINT.search(tokens.next.text) if tokens.next.kind == "typed" else None
    if point is None:
        tokens.refuse()
    tokens.take()
    tokens.expect(",")
    measure = _DISTANCE.fullmatch(tokens.next.text) if tokens.next.kind == "distance" else None
    if measure is None:
        tokens.refuse()
    tokens.take()
    metres = float(measure[1]) * _UNITS[measure[2].lower()]
    return Near(float(point[2]), float(point[1]), metres, field)


def _list(tokens: Tokens) -> tuple[Literal, ...]:
    tokens.expect("(")
    found = [_literal(tokens)]
    while tokens.taken(","):
        found.append(_literal(tokens))
        if len(found) > MAX_VALUES:
            raise BadRequest(MANY, name=tokens.parameter, limit=MAX_VALUES)
    tokens.expect(")")
    return tuple(found)


def _string(tokens: Tokens) -> str:
    if tokens.next.kind != "string":
        tokens.refuse()
    return unquoted(tokens.take().text)


def _literal(tokens: Tokens) -> Literal:
    token = tokens.next
    if token.kind == "string":
        return unquoted(tokens.take().text)
    if token.kind == "typed" and token.text[:4].lower() == "date":
        return unquoted(tokens.take().text[4:])
    if token.kind == "number":
        text = tokens.take().text
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    if token.kind != "name" or token.text.lower() not in ("true", "false"):
        tokens.refuse()
    return tokens.take().text.lower() == "true"


def _name(tokens: Tokens) -> str:
    token = tokens.next
    if token.kind == "quoted":
        return tokens.take().text[1:-1]
    if token.kind != "name" or token.text.lower() in _KEYWORDS:
        tokens.refuse()
    return tokens.take().text
