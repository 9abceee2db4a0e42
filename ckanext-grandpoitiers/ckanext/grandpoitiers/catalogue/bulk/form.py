"""A dataset type of ckanext-scheming, compiled: datasets are checked and shown without navl.

Pure: imports neither `ckan` nor an HTTP client. `Form.check` gives what CKAN's validation would
leave of a dataset (or raises NotPlain), `Form.show` what the output validators make of a stored
one. What CKAN asks of the database (is the address taken, does the organisation exist) is not
asked here.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanext.grandpoitiers.catalogue.bulk.plain import (
    ABSENT,
    FormatName,
    NotPlain,
    Step,
    UnknownValidator,
    reader,
    shower,
)

Json = dict[str, Any]
Fields = Mapping[str, Any]

COLUMNS = (
    "title", "version", "url", "author", "author_email", "maintainer", "maintainer_email",
    "notes", "license_id",
)  # fmt: skip
"""The columns of CKAN's table of datasets that a dataset may fill, beside its name and owner."""

RESOURCE_COLUMNS = (
    "url", "format", "description", "hash", "name", "resource_type", "mimetype",
    "mimetype_inner", "size", "cache_url",
)  # fmt: skip
"""The columns of CKAN's table of resources that a resource may fill."""

NESTED = ("extras", "groups", "resources", "tags")
"""What a dataset is made of beside its fields, each a list of dicts."""

EMPTIED = (
    "extras", "resources", "tags", "groups", "relationships_as_subject", "relationships_as_object",
)  # fmt: skip
"""The lists that CKAN shows even when they are empty, in its order."""

_LISTS = ("tags", "groups", "resources")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# ckan.logic.validators.tag_name_validator and the lengths in ckan.model.tag.
_TAG = re.compile(r"[\w \-.]{2,100}\Z")
_DEFAULT, _REQUIRED = "ignore_missing", "not_empty"


@dataclass(frozen=True, slots=True)
class ValidResource:
    """A resource as validation leaves it: `columns` of the table, the rest in `extras`."""

    id: str
    columns: Fields
    extras: Fields


@dataclass(frozen=True, slots=True)
class Valid:
    """A dataset as validation leaves it.

    `texts` are the extras as they are stored, `parts` the fields made of several (contacts,
    places), which are stored as JSON in `texts` too. `groups` are names. `id` is "" for CKAN to
    choose one.
    """

    type: str
    id: str
    name: str
    owner: str
    columns: Fields
    texts: Mapping[str, str]
    parts: Mapping[str, list[Json]]
    tags: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[ValidResource, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    read: Step
    show: Step
    default: Any
    """What validation leaves of it when the dataset says nothing."""

    parts: "tuple[_Field, ...] | None" = None


@dataclass(frozen=True, slots=True)
class Known:
    """What CKAN knows without ckanext-scheming: the names in its own schemas."""

    to_create: Collection[str]
    to_show: Collection[str]
    format_name: FormatName = field(default=str)


class Form:
    """A dataset type. Raises UnknownValidator when it asks for what is not known here."""

    def __init__(self, schema: Mapping[str, Any], known: Known) -> None:
        for rule in ("before_validators", "after_validators"):
            if schema.get(rule):
                raise UnknownValidator(rule, str(schema[rule]))
        self.type = str(schema["dataset_type"])
        given = list(map(_Compiler(known.format_name), schema["dataset_fields"]))
        self._core = {one.name: one for one in given if one.name in known.to_create}
        self._extra = _in_order(one for one in given if one.name not in known.to_create)
        self._resource = _in_order(map(_Compiler(known.format_name), schema["resource_fields"]))
        self._composite = [one.name for one in self._extra.values() if one.parts is not None]
        self._composite_resource = [f.name for f in self._resource.values() if f.parts is not None]
        self._refuse_odd(known)

    def _refuse_odd(self, known: Known) -> None:
        for name in self._extra:
            if name in known.to_show:
                raise UnknownValidator(name, "to_show")
        for name, one in self._core.items():
            if one.parts is not None or name not in (*COLUMNS, "name", "owner_org", "tag_string"):
                raise UnknownValidator(name, "core")

    # -- before writing

    def check(self, dataset: Mapping[str, Any]) -> Valid:
        """What validation leaves of a dataset. Raises NotPlain."""
        for name in dataset:
            if name not in self._core and name not in self._extra and name not in _OTHERS:
                raise NotPlain(name)
        if dataset.get("type") != self.type:
            raise NotPlain("type")
        core = dict(_read(self._core, dataset))
        texts: dict[str, str] = {}
        parts: dict[str, list[Json]] = {}
        for name, value in _read(self._extra, dataset):
            if isinstance(value, list):
                parts[name] = value
                texts[name] = json.dumps(value)
            else:
                texts[name] = _storable(name, value)
        return Valid(
            type=self.type,
            id=_identifier("id", dataset.get("id") or ""),
            name=core.pop("name"),
            owner=core.pop("owner_org"),
            columns=core,
            texts=texts,
            parts=parts,
            tags=tuple(_tags(dataset.get("tags", ()))),
            groups=tuple(_names("groups", dataset.get("groups", ()))),
            resources=tuple(map(self._check_resource, dataset.get("resources", ()))),
        )

    def _check_resource(self, resource: Mapping[str, Any]) -> ValidResource:
        for name in resource:
            if name not in self._resource and name != "id":
                raise NotPlain(f"resources.{name}")
        found = dict(_read(self._resource, resource))
        columns = {name: found.pop(name) for name in RESOURCE_COLUMNS if name in found}
        identifier = _identifier("resources.id", resource.get("id", ""))
        if not identifier or not columns.get("url"):
            raise NotPlain("resources")
        return ValidResource(identifier, columns, found)

    # -- after writing

    def show(self, stored: Fields) -> Json:
        """`package_show` of a dataset as this type shows it.

        `stored` is the dataset as CKAN shows it without a type: extras in a list, JSON in texts.
        """
        shown: Json = {k: v for k, v in stored.items() if v is not None or k not in self._core}
        extras: list[Json] = shown.pop("extras")
        left: list[Json] = []
        for extra in extras:
            one = self._extra.get(extra["key"])
            if one is None:
                left.append(extra)
            else:
                value = extra["value"]
                shown[one.name] = _shown(one, value if one.parts is None else json.loads(value))
        if left or all(extra["key"] in self._composite for extra in extras):
            shown["extras"] = left  # an empty list stays one, unless fields were taken from it
        shown["resources"] = [self._show_resource(resource) for resource in stored["resources"]]
        return ordered(shown, (*NESTED, *self._composite))

    def _show_resource(self, stored: Fields) -> Json:
        shown = {
            name: value if one is None else _shown(one, value)
            for name, value in stored.items()
            if (one := self._resource.get(name)) is None or value is not None
        }
        return ordered(shown, self._composite_resource)


_OTHERS = frozenset({"id", "type", *_LISTS})


class _Compiler:
    """A field of a schema → its functions."""

    def __init__(self, format_name: FormatName) -> None:
        self.format_name = format_name

    def __call__(self, given: Mapping[str, Any]) -> _Field:
        name = str(given["field_name"])
        if "create_validators" in given:
            raise UnknownValidator(name, "create_validators")
        if "repeating_subfields" in given:
            parts = tuple(sorted(map(self, given["repeating_subfields"]), key=lambda f: f.name))
            return _Field(name, lambda value: _parts(name, parts, value), shower({}), ABSENT, parts)
        usual = _REQUIRED if given.get("required") else _DEFAULT
        read = reader(given, str(given.get("validators", usual)), self.format_name)
        return _Field(name, read, shower(given), _default(name, read))


def _in_order(fields: Iterable[_Field]) -> dict[str, _Field]:
    """Fields in the order in which navl leaves their values."""
    found = list(fields)
    simple = sorted((one for one in found if one.parts is None), key=lambda one: one.name)
    return {one.name: one for one in (*simple, *(f for f in found if f.parts is not None))}


def _default(name: str, read: Step) -> Any:
    try:
        return read(ABSENT)
    except NotPlain as error:
        return error


def _read(fields: Mapping[str, _Field], given: Fields) -> Iterable[tuple[str, Any]]:
    """The fields that validation leaves, those that are not given included."""
    for name, one in fields.items():
        value = one.read(given[name]) if name in given else one.default
        if isinstance(value, NotPlain):
            raise NotPlain(name)
        if value is not ABSENT:
            yield name, value


def _parts(name: str, parts: tuple[_Field, ...], value: Any) -> list[Json]:
    """A list of several-field values, keys sorted: so navl leaves them."""
    if not isinstance(value, list) or not value:
        raise NotPlain(name)
    known = {part.name: part for part in parts}
    for one in value:
        if not isinstance(one, dict) or not known.keys() >= one.keys():
            raise NotPlain(name)
    found = [dict(_read(known, one)) for one in value]
    if not all(found):  # navl drops an empty one, and what follows takes its place
        raise NotPlain(name)
    return found


def _shown(one: _Field, stored: Any) -> Any:
    if one.parts is None:
        return one.show(stored)
    known = {part.name: part for part in one.parts}
    return [
        {
            name: known[name].show(value) if name in known else value
            for name, value in part.items()
            if value is not None or name not in known
        }
        for part in stored
    ]


def ordered(shown: Json, nested: Collection[str]) -> Json:
    """The keys in the order in which navl leaves them, so that documents are equal byte by byte.

    Plain values come first, then those of several parts (`nested`), then empty lists.
    """
    plain = sorted(name for name in shown if name not in nested and name not in EMPTIED)
    parts = sorted(name for name in shown if name in nested and shown[name])
    empty = [name for name in EMPTIED if name in shown and not shown[name]]
    return {name: shown[name] for name in (*plain, *parts, *empty)}


def _storable(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise NotPlain(name)
    return value


def _identifier(name: str, value: Any) -> str:
    if value and not (isinstance(value, str) and _ID.fullmatch(value)):
        raise NotPlain(name)
    return value


def _tags(given: Any) -> dict[str, None]:
    names = dict.fromkeys(_names("tags", given))
    if not all(map(_TAG.match, names)):
        raise NotPlain("tags")
    return names


def _names(name: str, given: Any) -> list[str]:
    """The names in a list of `{"name": …}`."""
    found: list[str] = []
    for one in given:
        if not isinstance(one, dict) or one.keys() != {"name"} or not isinstance(one["name"], str):
            raise NotPlain(name)
        found.append(one["name"])
    return found
