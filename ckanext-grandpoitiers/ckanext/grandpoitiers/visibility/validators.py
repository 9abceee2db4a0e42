"""What the fields of a dataset that say who sees it may hold."""

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.grandpoitiers.pages.rules import zone
from ckanext.grandpoitiers.visibility import levels


def validators() -> dict[str, Any]:
    """The validators, for IValidators."""
    return {
        "grandpoitiers_moment": grandpoitiers_moment,
        "grandpoitiers_sharing": grandpoitiers_sharing,
    }


def grandpoitiers_moment(value: Any) -> str:
    """A day or a minute, on the town's clock unless an offset is given."""
    found = levels.read_moment(str(value), zone())
    if found is None:
        raise tk.Invalid(tk._("Write a moment as 2026-12-31T08:00."))
    return levels.written_moment(found, zone())


def grandpoitiers_sharing(value: Any) -> str:
    """Names or ids of organisations and groups, as JSON; kept as ids, which nobody can take."""
    try:
        said: Any = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        said = [value]
    names = levels.same(map(str, said if isinstance(said, list) else [said]))
    found: list[str] = []
    for name in names:
        group = model.Group.get(name)
        if group is None or group.state != model.State.ACTIVE:
            sentence = tk._("There is no organisation and no group named {name}.")
            raise tk.Invalid(sentence.format(name=name[:100]))
        found.append(group.id)
    return json.dumps(found)
