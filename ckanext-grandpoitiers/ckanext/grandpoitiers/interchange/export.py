"""A catalogue or a dataset as a document: what it is made of, then its bytes, one after the other.

`Export.opened` reads what a conditional request needs to know; `Export.chunks` writes the document
from the same instant of the database.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.interchange import catalogue, concepts, current, prepared
from ckanext.grandpoitiers.interchange.catalogue import Heading, Paging
from ckanext.grandpoitiers.interchange.documents import Format, Writer
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.prepared import Piece
from ckanext.grandpoitiers.interchange.reading import Relation, Snapshot, Version, snapshot
from ckanext.grandpoitiers.interchange.scope import Kind, Scope
from ckanext.grandpoitiers.interchange.terms import DCAT, DCT, TYPE, Said, Term, iri_node

CHUNK = 64 * 1024
"""Bytes sent at a time, but for the first, which is sent at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a catalogue: its number from 1, or what follows the dataset `after`.

    The next page is asked for by the last dataset of this one: one that is added or removed
    meanwhile moves no other from page to page.
    """

    number: int
    size: int
    after: str = ""


class Export:
    """What the readers of one address get, at one instant."""

    def __init__(
        self,
        reading: Snapshot,
        portal: Portal,
        syntax: Format,
        profile: Profile,
        versions: Sequence[Version],
        *,
        scope: Scope | None = None,
        page: Page | None = None,
    ) -> None:
        self.reading = reading
        self.portal = portal
        self.syntax = syntax
        self.profile = profile
        self.scope = scope
        self.page = page
        self.total = len(versions)
        self.versions = _on_page(versions, page)

    @property
    def etag(self) -> str:
        """Changes with the document, and with nothing else."""
        page = repr(self.page) + str(self.total) if self.page else ""
        where = self.scope.uri_path if self.scope else ""
        more = (self.syntax.extension, str(self.profile), where, page)
        return prepared.etag(self.versions, self.portal, *more)

    @property
    def modified(self) -> str:
        """When the latest of its datasets changed; blank without any."""
        return max((one.modified for one in self.versions), default="")

    def chunks(self) -> Iterator[bytes]:
        """The document: its beginning at once, then a piece at a time."""
        writer = Writer(self.syntax)
        shared: set[str] = set()
        opening: list[Said] = []
        name = ""
        if self.scope is not None:
            heading = self._heading(self.scope)
            opening, used = catalogue.head(self.portal, heading, self.profile, self._paging())
            shared.update(used)
            name = catalogue.catalogue_uri(self.portal, heading)
        yield writer.head() + writer.piece(opening)
        buffer = bytearray()
        for piece in prepared.pieces(self.reading, self.versions, self.portal, self.profile):
            said = catalogue.holds(name, piece.links) if name and piece.links else []
            buffer += writer.piece(chain(said, piece.said))
            shared.update(piece.shared)
            if len(buffer) >= CHUNK:
                yield bytes(buffer)
                buffer.clear()
        buffer += writer.piece(self._relations())
        buffer += writer.piece(concepts.said(shared, self.portal, self.profile))
        yield bytes(buffer + writer.tail())

    def _relations(self) -> list[Said]:
        ids = [one.id for one in self.versions]
        found = [
            one
            for one in self.reading.relations(ids)
            if self.profile is not Profile.DCAT_AP_2 or one.property != "inSeries"
        ]
        links = [
            (self._node(one.subject), DCAT(one.property), self._node(one.value)) for one in found
        ]
        return links if self.scope is not None else [*links, *self._others(found, set(ids))]

    def _node(self, key: str) -> Term:
        return iri_node(f"{self.portal.uri}/dataset/{key}")

    def _others(self, relations: Iterable[Relation], here: set[str]) -> Iterator[Said]:
        """Who the others are that a dataset alone refers to: their kind, title and description."""
        wanted = list(dict.fromkeys(one.value for one in relations if one.value not in here))
        kept = (TYPE, DCT("title"), DCT("description"))
        for dataset in self.reading.datasets(wanted):
            node = self._node(str(dataset["id"]))
            for one in prepared.make(dataset, self.portal, self.profile).made:
                if one[0] == node and one[1] in kept:
                    yield one

    def _heading(self, scope: Scope) -> Heading:
        return heading(self.portal, scope, self.modified)

    def _paging(self) -> Paging | None:
        if self.page is None or self.scope is None:
            return None
        size, number = self.page.size, self.page.number
        last = max(1, -(-self.total // size))
        following = self.versions[-1].id if len(self.versions) == size and number < last else ""
        return Paging(
            current=self._address(number, self.page.after),
            first=self._address(1),
            last=self._address(last),
            total=self.total,
            per_page=size,
            following=self._address(number + 1, following) if following else "",
            previous=self._address(number - 1) if number > 1 else "",
        )

    def _address(self, number: int, after: str = "") -> str:
        path = self.scope.path if self.scope else ""
        address = f"{self.portal.site}{path}.{self.syntax.extension}?page={number}"
        if self.scope is not None and self.profile is not self.scope.profile:
            address += f"&profile={self.profile}"
        return address + (f"&after={after}" if after else "")


def heading(portal: Portal, scope: Scope, modified: str) -> Heading:
    """What a catalogue says of itself."""
    whole = scope.kind is Kind.WHOLE
    description = portal.description or portal.title
    return Heading(
        path=scope.uri_path,
        title=portal.title if whole else f"{scope.title} – {portal.title}",
        description=description if whole else f"{scope.title}. {description}",
        page=portal.site + _page_of(scope),
        modified=modified,
    )


def heading_of_whole(reading: Snapshot, portal: Portal) -> Heading:
    """The same, of the whole catalogue."""
    modified = max((one.modified for one in reading.versions(Scope())), default="")
    return heading(portal, Scope(), modified)


def _on_page(versions: Sequence[Version], page: Page | None) -> Sequence[Version]:
    if page is None:
        return versions
    if page.after:
        rest = [one for one in versions if one.id > page.after]
        return rest[: page.size]
    start = (page.number - 1) * page.size
    return versions[start : start + page.size]


def _page_of(scope: Scope) -> str:
    """The page that people read of a catalogue."""
    if scope.kind is Kind.ORGANISATION:
        return f"/organization/{scope.name}"
    if scope.kind is Kind.THEME:
        return f"/group/{scope.name}"
    return f"/dataset/?vocab_territory={scope.id}" if scope.kind is Kind.COMMUNE else "/"


@contextmanager
def catalogue_export(
    scope: Scope, syntax: Format, profile: Profile, page: Page | None = None
) -> Generator[Export | None]:
    """A catalogue; None when there is no such organisation, theme or commune."""
    with snapshot() as reading:
        portal = current.portal(reading)
        known = _known(reading, portal, scope)
        if known is None:
            yield None
            return
        versions = reading.versions(known)
        yield Export(reading, portal, syntax, profile, versions, scope=known, page=page)


@contextmanager
def dataset_export(name_or_id: str, syntax: Format, profile: Profile) -> Generator[Export | None]:
    """One dataset; None when there is none that everybody may see."""
    with snapshot() as reading:
        key = reading.find(name_or_id)
        if key is None:
            yield None
            return
        portal = current.portal(reading)
        yield Export(reading, portal, syntax, profile, reading.versions(Scope(), [key]))


def _known(reading: Snapshot, portal: Portal, scope: Scope) -> Scope | None:
    """The scope with the id and the title that it has now."""
    if scope.kind is Kind.WHOLE:
        return Scope()
    if scope.kind is Kind.OFFERED:
        return Scope(Kind.OFFERED, title=tk._("For data.gouv.fr"))
    if scope.kind is Kind.COMMUNE:
        name = portal.communes.get(scope.name)
        return None if name is None else Scope(scope.kind, scope.name, scope.name, name)
    found = reading.group(scope.name, scope.kind is Kind.ORGANISATION)
    return None if found is None else Scope(scope.kind, *found)


def problems(name_or_id: str, profile: Profile = Profile.DCAT_AP_3) -> Piece | None:
    """What of a public dataset does not leave the portal; None when there is no such dataset."""
    with snapshot() as reading:
        key = reading.find(name_or_id)
        if key is None:
            return None
        portal = current.portal(reading)
        versions = reading.versions(Scope(), [key])
        return next(prepared.pieces(reading, versions, portal, profile), None)
