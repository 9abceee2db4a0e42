"""The exports prepared in advance: read while a document is written, refreshed in the background.

A prepared dataset is used only when its version is that of the dataset in the same snapshot, so
nothing here can make an export old; it can only make it fast.
"""

import hashlib
import logging
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from ckan.model import meta
from pyoxigraph import Triple
from sqlalchemy.dialects.postgresql import insert

from ckanext.grandpoitiers.interchange import terms
from ckanext.grandpoitiers.interchange.current import portal as current_portal
from ckanext.grandpoitiers.interchange.dataset import to_rdf, why_not
from ckanext.grandpoitiers.interchange.model import exports
from ckanext.grandpoitiers.interchange.portal import Portal, Profile
from ckanext.grandpoitiers.interchange.problems import Kind, Problem
from ckanext.grandpoitiers.interchange.reading import BATCH, Dataset, Snapshot, Version, snapshot
from ckanext.grandpoitiers.interchange.scope import WHOLE
from ckanext.grandpoitiers.interchange.terms import Said

log = logging.getLogger(__name__)

MAPPING_VERSION = 4
"""Part of every version: raised when the mapping changes, so that what was prepared is not used."""
COMPRESSION = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A dataset's part of a document: triples just made, or N-Triples made before."""

    id: str
    links: tuple[tuple[str, str], ...] = ()
    shared: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    made: tuple[Said, ...] = ()
    written: bytes = b""

    @property
    def said(self) -> Iterable[Said]:
        """What it says; nothing for a dataset that can't be said."""
        return self.made or terms.read(self.written)

    @property
    def triples(self) -> list[Triple]:
        """The same as objects."""
        return terms.triples(self.said)


def stamp(version: str, portal: Portal) -> str:
    """What a prepared dataset was made from: it, the portal and the mapping."""
    return f"{MAPPING_VERSION}-{portal.digest}-{version}"


def etag(versions: Iterable[Version], portal: Portal, *more: str) -> str:
    """A digest of all that a document is made of."""
    digest = hashlib.sha256("\n".join((str(MAPPING_VERSION), portal.digest, *more)).encode())
    for one in versions:
        digest.update(f"\n{one.id} {one.mark}".encode())
    return digest.hexdigest()[:32]


def pieces(
    reading: Snapshot, versions: Sequence[Version], portal: Portal, profile: Profile
) -> Iterator[Piece]:
    """The parts of a document, in the order of `versions`: prepared, or made now."""
    for start in range(0, len(versions), BATCH):
        batch = versions[start : start + BATCH]
        ready = _ready(reading, batch, portal, profile)
        lacking = [one.id for one in batch if one.id not in ready]
        made = {
            str(dataset["id"]): make(dataset, portal, profile)
            for dataset in reading.datasets(lacking)
        }
        for one in batch:
            piece = ready.get(one.id) or made.get(one.id)
            if piece is not None:
                yield piece


def make(dataset: Dataset, portal: Portal, profile: Profile) -> Piece:
    """A dataset's part, whatever it holds: one that can't be said does not spoil the others."""
    key = str(dataset["id"])
    try:
        fragment = to_rdf(dataset, portal, profile)
    except Exception as error:  # the per-record boundary
        log.exception("Dataset %r can't be exported", key)
        return Piece(key, problems=(Problem.of("", Kind.FAILED, value=type(error).__name__),))
    if fragment is None:
        return Piece(key, problems=(why_not(dataset),))
    return Piece(key, fragment.links, fragment.shared, fragment.problems, fragment.said)


def _ready(
    reading: Snapshot, batch: Sequence[Version], portal: Portal, profile: Profile
) -> dict[str, Piece]:
    wanted = {one.id: stamp(one.mark, portal) for one in batch}
    query = sa.select(exports).where(
        exports.c.package_id.in_(wanted), exports.c.profile == str(profile)
    )
    return {
        row["package_id"]: _stored(row)
        for row in reading.connection.execute(query).mappings()
        if row["version"] == wanted[row["package_id"]]
    }


def _stored(row: Mapping[Any, Any]) -> Piece:
    about = row["about"]
    return Piece(
        str(row["package_id"]),
        tuple((str(name), str(iri)) for name, iri in about["links"]),
        tuple(map(str, about["shared"])),
        tuple(map(Problem.read, about["problems"])),
        written=zlib.decompress(row["triples"]),
    )


def refresh(profiles: Iterable[Profile]) -> dict[str, int]:
    """Prepare what is missing or out of date, forget what is public no more.

    `{"prepared": n, "kept": n, "removed": n}`. Each batch is a transaction of its own: one that is
    interrupted is finished by the next run.
    """
    counts = {"prepared": 0, "kept": 0, "removed": 0}
    with snapshot() as reading:
        portal = current_portal(reading)
        versions = reading.versions(WHOLE)
    for profile in profiles:
        for start in range(0, len(versions), BATCH):
            done = _refresh(versions[start : start + BATCH], portal, profile)
            counts["prepared"] += done
            counts["kept"] += len(versions[start : start + BATCH]) - done
    counts["removed"] = _forget([one.id for one in versions])
    return counts


def _refresh(batch: Sequence[Version], portal: Portal, profile: Profile) -> int:
    with snapshot() as reading:
        # As they are now: a batch may come long after the versions were read.
        now = reading.versions(WHOLE, [one.id for one in batch])
        ready = _ready(reading, now, portal, profile)
        lacking = [one for one in now if one.id not in ready]
        found = {str(one["id"]): one for one in reading.datasets([one.id for one in lacking])}
    rows = [
        _row(make(found[one.id], portal, profile), stamp(one.mark, portal), profile)
        for one in lacking
        if one.id in found
    ]
    if rows:
        statement = insert(exports).values(rows)
        changed = {name: statement.excluded[name] for name in ("version", "about", "triples")}
        keys = [exports.c.package_id, exports.c.profile]
        _execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
    return len(rows)


def _row(piece: Piece, version: str, profile: Profile) -> dict[str, Any]:
    return {
        "package_id": piece.id,
        "profile": str(profile),
        "version": version,
        "about": {
            "links": [list(link) for link in piece.links],
            "shared": list(piece.shared),
            "problems": [problem.stored for problem in piece.problems],
        },
        "triples": zlib.compress(terms.document(piece.made), COMPRESSION),
    }


def _forget(public: Sequence[str]) -> int:
    known = sa.literal(list(public), sa.ARRAY(sa.UnicodeText))
    return _execute(sa.delete(exports).where(exports.c.package_id != sa.all_(known)))


def _execute(statement: Any) -> int:
    """Carry out one statement in a transaction of its own; how many rows it touched."""
    if meta.engine is None:
        raise RuntimeError("CKAN's database engine is not ready")
    with meta.engine.begin() as connection:
        return connection.execute(statement).rowcount


def clear() -> None:
    """Forget everything: the next reader waits, and the next refresh prepares it all again."""
    _execute(sa.delete(exports))
