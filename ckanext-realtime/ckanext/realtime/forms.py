"""A feed on the administrators' form: its declaration as flat texts, and back.

Pure: imports neither ``ckan`` nor an HTTP client. Nothing is judged here: what can't be read goes
to ``declaration.read`` as it was written, and is refused there, by the name of its field.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import yaml

CREDENTIALS = 3
"""Lines of the form for secrets."""
PARTS = ("variable", "header", "parameter", "prefix")
PLAIN = (
    "name", "title", "kind", "address", "interval", "timeout", "size",
    "history_days", "samples_days", "hours_days",
)  # fmt: skip
TIME = ("reading", "zone", "shift")
PLACES = ("resource", "id", "name", "latitude", "longitude", "commune")
DATASET = ("name", "title", "organisation", "licence", "notes")
EMPTY: Mapping[str, str] = {"interval": "60", "active": "on", "time-reading": "detect"}


def flat(declared: Mapping[str, Any]) -> dict[str, str]:
    """What the fields of the form hold, from a declaration that ``declaration.write`` gave."""
    fields = {name: _text(declared.get(name)) for name in PLAIN}
    fields["active"] = "on" if declared.get("active", True) else ""
    for group, names in (("dataset", DATASET), ("time", TIME), ("places", PLACES)):
        held: Mapping[str, Any] = declared.get(group) or {}
        fields |= {f"{group}-{name}": _text(held.get(name)) for name in names}
    for rank, one in enumerate(declared.get("credentials") or ()):
        fields |= {f"credentials-{rank}-{part}": _text(one.get(part)) for part in PARTS}
    mapping = declared.get("mapping")
    fields["mapping"] = (
        yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False) if mapping else ""
    )
    fields["silence"] = "\n".join(_quiet(rule) for rule in declared.get("silence") or ())
    fields["warn"] = "\n".join(declared.get("warn") or ())
    return fields


def declared(fields: Mapping[str, str]) -> dict[str, Any]:
    """The declaration that the fields of the form make."""
    made: dict[str, Any] = {name: fields.get(name, "").strip() for name in PLAIN}
    made["active"] = bool(fields.get("active"))
    made["dataset"] = _group(fields, "dataset", DATASET)
    time = _group(fields, "time", TIME)
    made["time"] = _with_number(time) if time else None
    places = _group(fields, "places", PLACES)
    made["places"] = places if places.get("resource") else None
    secrets = [_group(fields, f"credentials-{rank}", PARTS) for rank in range(CREDENTIALS)]
    made["credentials"] = [one for one in secrets if one]
    made["mapping"] = _mapping(fields.get("mapping", ""))
    made["silence"] = [_rule(line) for line in _lines(fields.get("silence", ""))]
    made["warn"] = _lines(fields.get("warn", ""))
    return made


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _group(fields: Mapping[str, str], group: str, names: tuple[str, ...]) -> dict[str, Any]:
    held = {name: fields.get(f"{group}-{name}", "") for name in names}
    # A prefix such as “Bearer ” ends with its space.
    return {
        name: value if name == "prefix" else value.strip()
        for name, value in held.items()
        if value.strip()
    }


def _with_number(time: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(time)
    with suppress(ValueError):  # as it was written: refused by its name
        made["shift"] = float(made.get("shift") or 0)
    return made


def _mapping(text: str) -> Any:
    """YAML, or the text itself when it is none: it is then refused."""
    try:
        return yaml.safe_load(text) if text.strip() else None
    except yaml.YAMLError:
        return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _quiet(rule: Mapping[str, Any]) -> str:
    """``sunday holiday 01:00-05:00``."""
    return " ".join([*rule.get("days", ()), rule["hours"]])


def _rule(line: str) -> dict[str, Any]:
    words = line.replace(",", " ").lower().split()
    hours = [word for word in words if ":" in word]
    return {
        "days": [word for word in words if word not in hours],
        "hours": "".join(hours) or "00:00-00:00",
    }
