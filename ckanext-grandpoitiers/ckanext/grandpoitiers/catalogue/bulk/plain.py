"""What the validators of CKAN, ckanext-scheming and ckanext-dcat make of plain values. Pure.

Each rule stands for one validator, and only for what it does with values that are valid and in
their usual form: anything else raises NotPlain, and CKAN itself then judges the dataset. A
validator without a rule here raises UnknownValidator: the schema is not for the bulk writer.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Final

Step = Callable[[Any], Any]
"""A value → the value after one validator."""

FormatName = Callable[[str], str]
"""A resource's format → its usual spelling (`h.unified_resource_format`)."""


class Mark(Enum):
    """What stands for a value that is not there."""

    ABSENT = "absent"
    """The key is missing from the dataset (navl's `missing`)."""
    DROPPED = "dropped"
    """A validator took the key out; those after it are not called (navl's StopOnError)."""


ABSENT: Final = Mark.ABSENT
DROPPED: Final = Mark.DROPPED
BLANK = (ABSENT, None)

# ckan.logic.validators.name_match and the names it reserves.
_NAME = re.compile(r"[a-z0-9_\-]*\Z")
_RESERVED = ("new", "edit", "search")
_NAME_LENGTHS = range(2, 101)
_VERSION_LENGTH = 100
# The parts of XML Schema's gYear, gYearMonth and date that are written without a time zone: the
# forms that ckanext-dcat keeps as they are.
_DATE = re.compile(
    r"(?:[1-9][0-9]{3}|0[0-9]{3})(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?")
_CALL = re.compile(r"(\w+)(?:\((.*)\))?")


class NotPlain(ValueError):
    """Only CKAN's own validators can judge this value; `field` is whose it is."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class UnknownValidator(ValueError):
    """A validator that has no rule here."""

    def __init__(self, field: str, validator: str) -> None:
        super().__init__(f"{field}: {validator}")
        self.field = field
        self.validator = validator


def reader(field: Mapping[str, Any], validators: str, format_name: FormatName) -> Step:
    """One function for a field's validators, called in their order.

    `field` is a field of an expanded scheming schema, `validators` names of validators as its
    YAML writes them. The result is a value, or ABSENT. Raises UnknownValidator.
    """
    steps = [_step(name, field, format_name) for name in validators.split()]

    def read(value: Any) -> Any:
        for step in steps:
            value = step(value)
            if value is DROPPED:
                return ABSENT
        return value

    return read


def _step(written: str, field: Mapping[str, Any], format_name: FormatName) -> Step:
    label = str(field.get("field_name", ""))
    call = _CALL.fullmatch(written)
    name = call[1] if call else written
    if name in _BOUND:
        return _BOUND[name](field, label)
    if name == "clean_format":
        return lambda value: format_name(_text(value, label))
    if name in _PLAIN:
        rule = _PLAIN[name]
        return lambda value: rule(value, label)
    raise UnknownValidator(label, written)


def _text(value: Any, label: str) -> str:
    # PostgreSQL's text has no NUL: an error that CKAN's own path knows how to tell.
    if not isinstance(value, str) or "\0" in value:
        raise NotPlain(label)
    return value


def _kept(value: Any, label: str) -> Any:
    """The validators that change nothing of a text."""
    return _text(value, label)


def _judged_by_ckan(value: Any, label: str) -> Any:
    """What no harvested dataset says: who sees it, from when."""
    raise NotPlain(label)


def _ignore_missing(value: Any, label: str) -> Any:
    return DROPPED if value in BLANK else value


def _ignore_empty(value: Any, label: str) -> Any:
    return DROPPED if value is ABSENT or not value else value


def _not_empty(value: Any, label: str) -> Any:
    if value in BLANK or value == "":
        raise NotPlain(label)
    return value


def _unicode_safe(value: Any, label: str) -> str:
    return "" if value in BLANK else _text(value, label)


def _stripped(value: Any, label: str) -> str:
    return _text(value, label).strip()


def _name(value: Any, label: str) -> str:
    text = _text(value, label)
    if text in _RESERVED or len(text) not in _NAME_LENGTHS or not _NAME.match(text):
        raise NotPlain(label)
    return text


def _version(value: Any, label: str) -> str:
    if len(_text(value, label)) > _VERSION_LENGTH:
        raise NotPlain(label)
    return value


def _integer(value: Any, label: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotPlain(label)
    return value


def _dcat_date(value: Any, label: str) -> str:
    text = _text(value, label)
    if not _DATE.fullmatch(text):
        try:
            datetime.fromisoformat(text if _TIME.fullmatch(text) else "")
        except ValueError as error:
            raise NotPlain(label) from error
    return text


def _absent(value: Any, label: str) -> Any:
    if value not in BLANK:
        raise NotPlain(label)
    return DROPPED


def _multiple_text(field: Mapping[str, Any], label: str) -> Step:
    required = bool(field.get("required"))

    def read(value: Any) -> str:
        if value is ABSENT:
            value = []
        if not isinstance(value, list) or (required and not any(value)):
            raise NotPlain(label)
        return json.dumps([_text(one, label) for one in value if one])

    return read


def _choice(field: Mapping[str, Any], label: str) -> Step:
    choices = _choices(field, label, "scheming_choices")

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise NotPlain(label)
        return value

    return read


def _multiple_choice(field: Mapping[str, Any], label: str) -> Step:
    choices = _choices(field, label, "scheming_multiple_choice")
    required = bool(field.get("required"))

    def read(value: Any) -> str:
        if value is ABSENT:
            value = []
        if not isinstance(value, list) or (required and not value):
            raise NotPlain(label)
        chosen = {_text(one, label) for one in value}
        if not chosen.issubset(choices):
            raise NotPlain(label)
        return json.dumps([one for one in choices if one in chosen])

    return read


def _required(field: Mapping[str, Any], label: str) -> Step:
    rule = _not_empty if field.get("required") else _ignore_missing
    return lambda value: rule(value, label)


def _choices(field: Mapping[str, Any], label: str, validator: str) -> dict[str, None]:
    if "choices" not in field:  # read by a helper, each time anew
        raise UnknownValidator(label, validator)
    return dict.fromkeys(str(choice["value"]) for choice in field["choices"])


_PLAIN: Mapping[str, Callable[[Any, str], Any]] = {
    "ignore_missing": _ignore_missing,
    "ignore_empty": _ignore_empty,
    "not_empty": _not_empty,
    "unicode_safe": _unicode_safe,
    "remove_whitespace": _stripped,
    "name_validator": _name,
    "package_name_validator": _kept,  # whether another dataset has it is asked of the database
    "owner_org_validator": _not_empty,  # whether there is one, likewise
    "package_version_validator": _version,
    "int_validator": _integer,
    "dcat_date": _dcat_date,
    "convert_to_json_if_datetime": _kept,
    "tag_string_convert": _absent,
    "grandpoitiers_moment": _judged_by_ckan,
    "grandpoitiers_sharing": _judged_by_ckan,
    # For a value that is there, these two leave it; without one, CKAN looks at other fields.
    "if_empty_same_as": _not_empty,
    "if_empty_guess_format": lambda value, label: value,
}
_BOUND: Mapping[str, Callable[[Mapping[str, Any], str], Step]] = {
    "scheming_required": _required,
    "scheming_choices": _choice,
    "scheming_multiple_choice": _multiple_choice,
    "scheming_multiple_text": _multiple_text,
}


def shower(field: Mapping[str, Any]) -> Step:
    """What `package_show` makes of a field's stored value. Raises UnknownValidator."""
    names = str(field.get("output_validators", "")).split()
    label = str(field.get("field_name", ""))
    for name in names:
        if name not in _SHOWN:
            raise UnknownValidator(label, name)
    steps = [_SHOWN[name] for name in names]

    def show(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return show


def _loaded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _listed(value: Any) -> Any:
    if isinstance(value, list):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return [value]


_SHOWN: Mapping[str, Step] = {
    "scheming_load_json": _loaded,
    "scheming_multiple_choice_output": _listed,
}
