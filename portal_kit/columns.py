"""What the columns of a table of the DataStore hold, and how their texts are compared.

Pure: must import neither CKAN nor an HTTP client.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

ACCENTED = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿœæ"
PLAIN = "aaaaaaceeeeiiiinooooouuuuyyoa"
"""Letter for letter, for PostgreSQL's `translate` and for `folded`."""


class Type(StrEnum):
    """What a field holds, as far as comparing and showing it goes."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    TIME = "time"
    NAIVE = "naive"  # a time without offset: UTC, as CKAN has it
    DATE = "date"
    BOOLEAN = "boolean"
    JSON = "json"
    POINT = "point"  # two columns: latitude and longitude


_TYPES: Mapping[str, Type] = {
    **dict.fromkeys(("int", "int2", "int4", "int8", "integer", "bigint", "smallint"), Type.INTEGER),
    **dict.fromkeys(
        ("float8", "float4", "numeric", "decimal", "double precision", "real"), Type.NUMBER
    ),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), Type.TIME),
    **dict.fromkeys(("timestamp", "timestamp without time zone"), Type.NAIVE),
    **dict.fromkeys(("bool", "boolean"), Type.BOOLEAN),
    **dict.fromkeys(("json", "jsonb", "nested"), Type.JSON),
    "date": Type.DATE,
}


def type_of(kind: str) -> Type:
    """PostgreSQL's name of a type (`numeric(10,2)`) as one of ours; text for any other."""
    return _TYPES.get(re.sub(r"\(.*\)", "", kind.lower()).strip(), Type.TEXT)


def folded(text: str) -> str:
    """`text` without case or accents."""
    return text.lower().translate(str.maketrans(ACCENTED, PLAIN))


def escaped(text: str) -> str:
    """`text` for a LIKE whose escape is a backslash: every sign stands for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
