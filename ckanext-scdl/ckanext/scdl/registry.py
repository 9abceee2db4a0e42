"""The schemas on disk: names, versions side by side, which one is current.

Pure: imports neither ``ckan`` nor an HTTP client. A schema is a folder named as in
schema.data.gouv.fr (``scdl/subventions``): one ``<version>.json`` per version, which holds what
machines check, and a ``schema.yaml`` with the words for people. A town's folder comes before the
packaged one, version by version. The version is the file's name, the registry's: the one written
inside official descriptors differs for 44 of 160.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import yaml

from ckanext.scdl.errors import N_, SchemaError, UnknownSchema
from portal_kit.configuration import town_folder

WORDS = "schema.yaml"
ANYWHERE = "adresse"
"""The first part of the names of schemas that are not of schema.data.gouv.fr."""
TABLE, JSON = "tableschema", "jsonschema"
"""The kinds of schemas that files can be checked by."""
_NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+")
_VERSION = re.compile(r"v?\d+(\.\d+)*[\w.+-]*")


@dataclass(frozen=True)
class Schema:
    """One schema. ``versions`` go from the oldest to the newest; ``current`` is one of them.

    ``files`` says where each version is, ``words`` what ``schema.yaml`` says.
    """

    name: str
    files: Mapping[str, Path]
    words: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version there is here."""
        return tuple(sorted(self.files, key=_order))

    @property
    def current(self) -> str:
        """The version of new datasets: the newest, unless ``schema.yaml`` names another."""
        named = str(self.words.get("current"))
        return named if named in self.files else self.versions[-1]

    @property
    def kind(self) -> str:
        """``tableschema`` or ``jsonschema``."""
        return str(self.words.get("kind", TABLE))

    @property
    def title(self) -> str:
        """Its name for people."""
        return str(self.words.get("title") or self.name)

    @property
    def description(self) -> str:
        """What it is for, in a sentence or two."""
        return str(self.words.get("description") or "")

    @property
    def common(self) -> bool:
        """Whether it is of the common basis of local data (SCDL)."""
        return self.name.startswith("scdl/")

    @property
    def publication(self) -> Mapping[str, Any]:
        """What ``schema.yaml`` proposes for datasets: theme, licence, frequency, facets…"""
        said = self.words.get("publication")
        return cast("dict[str, Any]", said) if isinstance(said, dict) else {}

    @property
    def official(self) -> bool:
        """Whether it is of schema.data.gouv.fr, and not of any address."""
        return not self.words.get("address")

    @property
    def address(self) -> str:
        """Its page on schema.data.gouv.fr, or the address that it was fetched from."""
        return str(self.words.get("address") or "") or f"https://schema.data.gouv.fr/{self.name}/"

    def version(self, wanted: str | None = None) -> "Version":
        """One version, the current one when none is asked for. Raises UnknownSchema."""
        number = wanted or self.current
        bare = number.removeprefix("v")
        found = next((one for one in (number, bare, f"v{bare}") if one in self.files), number)
        if found not in self.files:
            raise UnknownSchema(
                N_("The schema {name} has no version {version} here; it has {versions}."),
                name=self.name,
                version=number,
                versions=", ".join(self.versions),
            )
        return Version(self, found)


@dataclass(frozen=True)
class Version:
    """One version of a schema, with its descriptor."""

    schema: Schema
    number: str

    @property
    def name(self) -> str:
        """``scdl/subventions@2.1.1``."""
        return f"{self.schema.name}@{self.number}"

    @property
    def address(self) -> str:
        """What a dataset that follows it says it conforms to."""
        return self.schema.address + (self.number if self.schema.official else "")

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """What machines check, with the words for people. Raises SchemaError."""
        descriptor = read_json(self.schema.files[self.number])
        said = self.schema.words.get("fields")
        fields = descriptor.get("fields")
        if isinstance(said, dict) and isinstance(fields, list):
            words = cast("dict[str, Any]", said)
            descriptor["fields"] = [_with_words(one, words) for one in cast("list[Any]", fields)]
        return {"title": self.schema.title, "description": self.schema.description} | descriptor


def _with_words(one: dict[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """A field with its title, its explanation and an example."""
    return {**(words.get(one.get("name", "")) or {}), **one}


class Registry:
    """Every schema of some folders, the first of which come first."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    @classmethod
    def standard(cls) -> "Registry":
        """The town's schemas, then the packaged ones."""
        return cls((town_schemas(), Path(str(files("portal_schemas")))))

    @classmethod
    def known(cls) -> "Registry":
        """Those, then the official ones that were fetched because somebody named them."""
        return cls((*cls.standard().folders, fetched_schemas()))

    def names(self) -> tuple[str, ...]:
        """Every name, in order; those that begin with ``scdl/`` first."""
        found = {
            str(path.parent.relative_to(folder))
            for folder in self.folders
            if folder.is_dir()
            for path in folder.glob(f"*/*/{WORDS}")
        }
        return tuple(sorted(found, key=lambda name: (not name.startswith("scdl/"), name.lower())))

    def __iter__(self) -> Iterator[Schema]:
        return map(self.schema, self.names())

    def schema(self, name: str) -> Schema:
        """The schema of that name. Raises UnknownSchema."""
        if not is_name(name):
            raise UnknownSchema(
                N_("{name} is not the name of a schema; they look like scdl/subventions."),
                name=name,
            )
        versions: dict[str, Path] = {}
        words: dict[str, Any] = {}
        for folder in reversed(self.folders):
            for path in (folder / name).glob("*.json"):
                if _VERSION.fullmatch(path.stem):
                    versions[path.stem] = path
            words = _merged(words, read_words(folder / name / WORDS))
        if not versions:
            raise UnknownSchema(
                N_("There is no schema named {name} here."),
                name=name,
            )
        return Schema(name, versions, words)

    def at(self, address: str) -> str:
        """The name of the schema that was fetched from this very address; "" for none."""
        for folder in self.folders:
            for path in folder.glob(f"{ANYWHERE}/*/{WORDS}"):
                if read_words(path).get("address") == address:
                    return f"{ANYWHERE}/{path.parent.name}"
        return ""

    def find(self, wanted: str) -> Version:
        """``NAME`` or ``NAME@VERSION``. Raises UnknownSchema."""
        name, _, number = wanted.partition("@")
        return self.schema(name.strip("/")).version(number or None)


def is_name(name: str) -> bool:
    """Whether a schema may be so named; nothing else becomes a path."""
    return bool(_NAME.fullmatch(name)) and ".." not in name


def town_schemas() -> Path:
    """Where the town's own schemas and the official ones it fetched are."""
    return town_folder() / "schemas"


def fetched_schemas() -> Path:
    """Where official schemas are kept that nobody has made the town's."""
    return town_folder() / "schemas-fetched"


def read_words(path: Path) -> dict[str, Any]:
    """A ``schema.yaml``, empty when there is none. Raises SchemaError."""
    if not path.is_file():
        return {}
    try:
        said = yaml.load(path.read_text(encoding="utf-8"), _LOADER)  # noqa: S506  (a safe loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises SchemaError."""
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(document, dict):
        raise SchemaError(N_("This is not a schema: a JSON object is expected."))
    return cast("dict[str, Any]", document)


def kind_of(descriptor: Mapping[str, Any]) -> str:
    """Which kind of schema a document is; ``""`` when files can't be checked by it."""
    if isinstance(descriptor.get("fields"), list):
        return TABLE
    marks = ("$schema", "properties", "allOf", "anyOf", "oneOf", "definitions", "$defs", "type")
    return JSON if any(mark in descriptor for mark in marks) and not _package(descriptor) else ""


def _package(descriptor: Mapping[str, Any]) -> bool:
    return isinstance(descriptor.get("resources"), list) and "properties" not in descriptor


def _merged(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The town's words over the packaged ones, field by field."""
    fields = {**(before.get("fields") or {}), **(after.get("fields") or {})}
    return {**before, **after, **({"fields": fields} if fields else {})}


def _order(version: str) -> tuple[tuple[int, ...], str]:
    numbers = re.match(r"v?(\d+(?:\.\d+)*)", version)
    return tuple(map(int, numbers[1].split("."))) if numbers else (), version


def _unreadable(path: Path, error: Exception) -> SchemaError:
    return SchemaError(N_("{file} can't be read: {reason}"), file=path.name, reason=error)


# libyaml's loader where there is one: ten times as fast, and a page may need twenty schemas.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
