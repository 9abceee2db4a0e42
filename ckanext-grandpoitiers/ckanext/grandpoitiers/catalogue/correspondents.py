"""Who is to be told of which records, in one letter each. Pure: no ``ckan``, no HTTP.

A letter leaves when it has something to say that its reader was not told before: the records that
can't be used are reported by each run, and nobody reads the same letter every morning.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ckanext.grandpoitiers.catalogue.answers import RawRecord, local_name
from ckanext.grandpoitiers.catalogue.errors import InvalidRecord
from ckanext.grandpoitiers.catalogue.hardened import read_xml
from ckanext.grandpoitiers.catalogue.plan import Received
from ckanext.grandpoitiers.catalogue.report import Line

ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
MOST = 100
"""Letters of one run: a catalogue where everybody is somebody else's contact is no mailing list."""

Told = Mapping[str, Sequence[str]]
"""What was last told, by reader, both as digests: no address is kept."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is to mend; sorted by record."""

    address: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """The letters to send, and what will have been told then."""

    letters: tuple[Letter, ...]
    told: dict[str, list[str]]


@dataclass(slots=True)
class Contacts:
    """Who answers for the records of a run that may have something to be mended."""

    by_guid: dict[str, str] = field(default_factory=dict[str, str])

    def heed(self, raw: RawRecord, received: Received) -> None:
        """Note the contact of a record, but of one that is unchanged: there is nothing new in it.

        Its own contact first, who wrote the record, then that of the data (ISO 19115, B.2.1).
        """
        if received.dataset is None and received.outcome is None:
            return
        with suppress(InvalidRecord):
            root = read_xml(raw.xml)
            places = ([c for c in root if local_name(c) == "contact"], root)
            emails = [
                (one.findtext("{*}CharacterString") or "").strip()
                for place in places
                for part in place
                for one in part.iter("{*}electronicMailAddress")
            ]
            if address := address_of(emails):
                self.by_guid[received.guid] = address


def address_of(emails: Iterable[str]) -> str:
    """The first that is a plain mail address, in small letters; "" for none."""
    return next((one.lower() for one in emails if ADDRESS.fullmatch(one)), "")


def post(lines: Iterable[Line], contacts: Mapping[str, str], told: Told, *, complete: bool) -> Post:
    """The letters of a run, one a contact, of the records that have something to be mended.

    After a run that was not `complete`, those who are not concerned may be so still.
    """
    concerned: dict[str, list[Line]] = {}
    for line in lines:
        if line.remarks and line.guid in contacts:
            concerned.setdefault(contacts[line.guid], []).append(line)
    now = {address: sorted({_mark(line) for line in mine}) for address, mine in concerned.items()}
    fresh = [one for one in sorted(now) if not set(now[one]) <= set(told.get(_digest(one), ()))]
    letters = [Letter(one, tuple(sorted(concerned[one], key=_rank))) for one in fresh[:MOST]]
    unsaid = set(fresh[MOST:])
    before = {} if complete else {reader: list(marks) for reader, marks in told.items()}
    after = {_digest(one): marks for one, marks in now.items() if one not in unsaid}
    return Post(tuple(letters), {**before, **after})


def _rank(line: Line) -> tuple[str, str]:
    return line.name or line.guid, line.guid


def _mark(line: Line) -> str:
    said = [f"{one.field} {one.sentence} {sorted(one.params.items())}" for one in line.remarks]
    return _digest(f"{line.guid} {said}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
