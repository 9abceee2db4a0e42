"""The demonstration catalogue: `config/demo/catalogue.yaml` → entries → ISO 19139 records.

Pure apart from `records()`, which reads the shipped YAML; must import neither CKAN nor HTTP.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from portal_kit import configuration
from portal_kit.demo import iso19139
from portal_kit.demo.entry import Entry, Link, Organisation

NAME = "demo/catalogue.yaml"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://geo.demo.example/")


@dataclass(frozen=True)
class Catalogue:
    """All the entries, in the file's order, and what they share."""

    entries: tuple[Entry, ...]
    themes: Mapping[str, str] = field(default_factory=dict[str, str])
    """INSPIRE theme code → its French label in GEMET."""

    def records(self) -> list[bytes]:
        """One ISO 19139 document an entry, in the same order."""
        identifiers = {entry.slug: entry.identifier for entry in self.entries}
        return [iso19139.write(entry, self.themes, identifiers) for entry in self.entries]


def records() -> list[bytes]:
    """The shipped demonstration records."""
    return read(configuration.find(NAME).read_text(encoding="utf-8")).records()


def replicate(originals: Sequence[bytes], count: int) -> Iterator[bytes]:
    """`count` records made from the originals in turn, each with an identifier of its own.

    The first round is unchanged; identifiers are the same from one call to the next.
    """
    for rank in range(count):
        turn, index = divmod(rank, len(originals))
        yield originals[index] if turn == 0 else _renamed(originals[index], turn)


def _renamed(record: bytes, turn: int) -> bytes:
    """The same record under another file identifier, its title marked with the turn."""
    for tag, mark in (("fileIdentifier", f"-{turn:04d}"), ("title", f" ({turn:04d})")):
        pattern = rb"(<(?:gmd:)?%s[^>]*>\s*<[^>]+>)([^<]*)" % tag.encode()
        record = re.sub(pattern, rb"\g<1>\g<2>" + mark.encode(), record, count=1)
    return record


def read(text: str) -> Catalogue:
    """The catalogue that the YAML text describes (its form is told at the top of the file)."""
    content: Any = yaml.safe_load(text)
    shared = _Shared(
        organisations={
            key: Organisation(**value) for key, value in content["organisations"].items()
        },
        extents={
            key: (value["name"], tuple(value["box"])) for key, value in content["extents"].items()
        },
        licences=content["licences"],
        notice=content["notice"],
    )
    entries = (
        shared.entry(values) for described in content["records"] for values in _variants(described)
    )
    return Catalogue(tuple(entries), content["inspire"])


def _variants(described: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The description itself, or one copy for each item of `for_each`, its `{keys}` filled in."""
    plain = {key: value for key, value in described.items() if key != "for_each"}
    for values in described.get("for_each", [None]):
        yield plain if values is None else _filled(plain, values)


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value.format(**values)
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, values) for key, item in value.items()}
    return value


@dataclass(frozen=True)
class _Shared:
    organisations: Mapping[str, Organisation]
    extents: Mapping[str, tuple[str, tuple[float, ...]]]
    licences: Mapping[str, Mapping[str, str]]
    notice: str

    def entry(self, values: Mapping[str, Any]) -> Entry:
        """One entry; what the file names by a key is looked up here."""
        slug = str(values["slug"])
        named = values["extent"] if isinstance(values["extent"], list) else [values["extent"]]
        extents = tuple(self._extent(item) for item in named)
        given: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in values.items()
            if key not in ("extent", "organisation", "licence", "links", "lineage", "identifier")
        }
        lineage = " ".join(part for part in (values.get("lineage", ""), self.notice) if part)
        return Entry(
            **given,
            identifier=values.get("identifier") or str(uuid.uuid5(NAMESPACE, slug)),
            organisation=self.organisations[values["organisation"]],
            extents=extents,
            licence=self.licences[values["licence"]] if "licence" in values else {},
            links=tuple(_link(item) for item in values.get("links", ())),
            lineage=lineage,
        )

    def _extent(self, item: Any) -> tuple[str, tuple[float, ...]]:
        return self.extents[item] if isinstance(item, str) else (item["name"], tuple(item["box"]))


def _link(item: Mapping[str, Any]) -> Link:
    """`{wms: layer}`, `{file: path}`… : the first key is the kind, the others are given as such."""
    kind = next(iter(item))
    rest = {key: value for key, value in item.items() if key != kind}
    return Link(kind=kind, target=item[kind], **rest)
