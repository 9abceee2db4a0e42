"""The flat fields of a page's form as nested values, and its buttons: add, move, remove.

Pure: must import neither CKAN nor an HTTP client. Repeated groups are written
`blocks-<number>-<field>` and `speakers-<number>-<field>`, so that the form works without scripts.
"""

import re
from collections.abc import Iterable
from typing import Any

GROUPED = re.compile(r"(blocks|speakers)-(\d{1,3})-([a-z_]+)")
BUTTON = re.compile(r"(add|up|down|remove)-(blocks|speakers)(?:-(\w{1,20}))?")


def nest(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`{"title": …, "blocks": [{…}], "speakers": [{…}]}`, groups in the order of their numbers."""
    values: dict[str, Any] = {}
    groups: dict[str, dict[int, dict[str, str]]] = {"blocks": {}, "speakers": {}}
    for name, value in fields:
        match = GROUPED.fullmatch(name)
        if match:
            groups[match[1]].setdefault(int(match[2]), {})[match[3]] = value
        else:
            values[name] = value
    nested = {name: [found[number] for number in sorted(found)] for name, found in groups.items()}
    return {**values, **nested}


def press(data: dict[str, Any], button: str) -> dict[str, Any]:
    """The form after a button such as `add-blocks-text`, `up-blocks-2` or `remove-speakers-0`.

    A button that means nothing changes nothing.
    """
    match = BUTTON.fullmatch(button)
    if match is None:
        return data
    verb, group, target = match[1], match[2], match[3] or ""
    rows: list[dict[str, Any]] = list(data.get(group, ()))
    if verb == "add":
        rows.append({"kind": target} if group == "blocks" else {})
    elif target.isdigit() and int(target) < len(rows):
        place = int(target)
        row = rows.pop(place)
        if verb != "remove":
            rows.insert(max(0, place - 1) if verb == "up" else place + 1, row)
    return {**data, group: rows}
