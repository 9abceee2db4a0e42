"""Schemas and tables at random, full of what stands near the limits of each type."""

from collections.abc import Sequence
from random import Random
from typing import Any

TEXTS = (
    *("", " ", "x", "0", "1", "01", "-1", "+5", "1_000", "12 ", " 7", "1.5", "1,5", "1e3", "NaN"),
    *("inf", "-inf", "Infinity", ".5", "5.", "1 000", "٣", "1.0", "100", "1" + "0" * 21, "-0"),
    *("true", "True", "TRUE", "false", "oui", "non", "NA", "n/a", "abc", "ABC", "a|b", '"q"'),
    *("2020-01-01", "2020-1-1", "2020-02-30", "0000-01-01", "01/02/2020", "2000-01-01"),
    *("1999-12-31", "2020-01-01T10:00:00", "2020-01-01T10:00:00Z", "2020-01-01T10:00:00+02:00"),
    *("2020-01-01 10:00:00", "2020-01-01T24:00:00", "2020-01-01T10:00", "10:00:00", "10:00"),
    *("10:00:00Z", "25:00:00", "2020", "20", "99999", "2020-05", "2020-5", "2020-13", "٢٠٢٠"),
    *("P1D", "PT1H", "P", "1,2", "1, 2", "181,2", "0.5,91", "[1,2]", '[1, "2"]', '["a","b"]'),
    *("[]", "{}", '{"lon":1,"lat":2}', '{"a":1}', "[1", "null", "1,2,3", "a,b"),
    '{"type":"Point","coordinates":[1,2]}',
    '{"type":"Point","coordinates":[1,2,3]}',
    '{"type":"Feature","geometry":null,"properties":{}}',
    *("a@b.fr", "a@b", "A.b@ex-ample.org", "http://a.fr", "https://a.fr/b?c=d", "www.a.fr"),
    *("mailto:x", "http://é.fr", "http://a b", "550e8400-e29b-41d4-a716-446655440000"),
    *("aGVsbG8=", "aGVsbG8", "été", "a\nb", "ab\n", "1\n", "2020-01-01\n", "21860194600013"),
    *("\xa012", "1\u202f000", "x" * 50, "0.0", "−5"),
)
FORMATS = {
    "string": ("default", "email", "uri", "uuid", "binary"),
    "date": ("default", "any", "%d/%m/%Y", "%Y-%m-%d", "%Y"),
    "datetime": ("default", "any", "%Y-%m-%d %H:%M:%S"),
    "time": ("default", "any", "%H:%M"),
    "geopoint": ("default", "array", "object"),
    "geojson": ("default", "topojson"),
}
TYPES = (
    *("string", "string", "any", "integer", "number", "boolean", "date", "datetime", "time"),
    *("year", "yearmonth", "duration", "geopoint", "geojson", "array", "object", "list"),
)
PATTERNS = (
    *(r"\d+", "[a-z]+", "a|b", ".*", "[A-Z].*", r"^\d{14}$", r"\w+", "(?!x).*", r"\S+", "."),
    *("[^@]+@[^@]+", "(a)(b)?"),
)
MISSING: tuple[list[str], ...] = ([""], ["", "NA"], ["NA", "n/a"], [])
UNHASHABLE = ("array", "object", "list", "geojson")
"""frictionless can't tell whether such values come twice."""
Rows = list[list[str]]


def a_field(random: Random, name: str) -> dict[str, Any]:
    """A field of any type, with any constraints that go with it."""
    kind = random.choice(TYPES)
    found: dict[str, Any] = {"name": name, "type": kind}
    if kind in FORMATS and random.random() < 0.7:
        found["format"] = random.choice(FORMATS[kind])
    found |= _options(random, kind)
    constraints = _constraints(random, kind, found.get("format", "default"))
    if constraints:
        found["constraints"] = constraints
    if random.random() < 0.2:
        found["missingValues"] = random.choice(MISSING)
    return found


def _options(random: Random, kind: str) -> dict[str, Any]:
    possible: dict[str, dict[str, Any]] = {
        "number": {
            "decimalChar": ",",
            "groupChar": random.choice((" ", "_")),
            "bareNumber": False,
            "floatNumber": True,
        },
        "integer": {"bareNumber": False},
        "array": {
            "arrayItem": random.choice(
                (
                    {"type": "string"},
                    {"type": "integer"},
                    {"type": "string", "constraints": {"enum": ["a"]}},
                    {"type": "string", "constraints": {"pattern": "[a-z]"}},
                )
            )
        },
        "list": {"itemType": random.choice(("integer", "number", "date"))},
    }
    chosen = {k: v for k, v in possible.get(kind, {}).items() if random.random() < 0.3}
    if kind == "boolean" and random.random() < 0.5:
        chosen |= {"trueValues": ["oui", "1"], "falseValues": ["non", "0"]}
    return chosen


def _constraints(random: Random, kind: str, form: str) -> dict[str, Any]:
    possible: dict[str, Any] = {"required": True}
    if kind not in UNHASHABLE:
        possible["unique"] = True
    if kind == "string":
        possible |= {
            "minLength": random.choice((1, 3)),
            "maxLength": random.choice((4, 10)),
            "pattern": random.choice(PATTERNS),
            "enum": random.sample(TEXTS, 6),
        }
    elif kind in ("integer", "number"):
        possible |= {
            "minimum": random.choice((0, 1, -1, "0")),
            "maximum": random.choice((1, 100, 1000)),
            "enum": random.choice(([1, 2, 100], ["1", "5"])),
        }
    elif kind == "date" and form == "default":
        possible |= {"minimum": "2000-01-01", "maximum": "2020-12-31"}
    elif kind == "year":
        possible["minimum"] = "1990"
    elif kind in ("array", "list", "object"):
        possible |= {"minLength": 1, "maxLength": 2}
    return {name: value for name, value in possible.items() if random.random() < 0.3}


def a_table(random: Random) -> tuple[dict[str, Any], list[str], Rows]:
    """A schema, a header that is nearly its own, and rows that are nearly in order."""
    fields = [a_field(random, f"c{position}") for position in range(random.randint(1, 4))]
    descriptor: dict[str, Any] = {"fields": fields}
    if random.random() < 0.3:
        descriptor["missingValues"] = random.choice(MISSING)
    keys = [field["name"] for field in fields if field["type"] not in UNHASHABLE]
    if keys and random.random() < 0.4:
        descriptor["primaryKey"] = random.sample(keys, random.randint(1, len(keys)))
    columns = [field["name"] for field in fields]
    if random.random() < 0.3:
        random.shuffle(columns)
    if random.random() < 0.2:
        columns = columns[:-1] or columns
    if random.random() < 0.2:
        columns = [*columns, "extra"]
    return descriptor, columns, [a_row(random, columns) for _ in range(random.randint(0, 25))]


def a_row(random: Random, columns: Sequence[str]) -> list[str]:
    """A row, at times blank, too short or too long."""
    row = [random.choice(TEXTS) if random.random() < 0.8 else "" for _ in columns]
    chance = random.random()
    if chance < 0.1:
        return [""] * len(columns)
    if chance < 0.2:
        return row[: random.randint(0, len(row))]
    return [*row, "z"] if chance < 0.3 else row
