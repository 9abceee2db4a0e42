"""Answers to GetRecords written for the tests, and an honest server that gives them."""

import re
from urllib.parse import unquote

from ckanext.grandpoitiers.catalogue.getrecords import CSW
from tests.misbehaving import Reply, Request

GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"


def record(guid: str, text: str = "") -> str:
    return (
        "<gmd:MD_Metadata><gmd:fileIdentifier><gco:CharacterString>"
        f"{guid}</gco:CharacterString></gmd:fileIdentifier>{text}</gmd:MD_Metadata>"
    )


def page(
    records: list[str], matched: int | str | None, following: int | str | None, start: str = ""
) -> bytes:
    attributes = "".join(
        f' {name}="{value}"'
        for name, value in (("numberOfRecordsMatched", matched), ("nextRecord", following))
        if value is not None
    )
    return (
        f'{start}<csw:GetRecordsResponse xmlns:csw="{CSW}" xmlns:gmd="{GMD}" xmlns:gco="{GCO}">'
        f"<csw:SearchStatus/><csw:SearchResults{attributes}>{''.join(records)}"
        "</csw:SearchResults></csw:GetRecordsResponse>"
    ).encode()


def asked(request: Request, name: str) -> int:
    """A number of the request, whether it came as a document or as an address."""
    whole = unquote(request.path) + request.body.decode()
    found = re.search(rf'{name}="?(\d+)', whole)
    assert found
    return int(found[1])


def position(request: Request) -> int:
    return asked(request, "startPosition")


class Catalogue:
    """An honest server of `total` records by pages of `size`; a test bends one of its answers."""

    def __init__(self, total: int = 7, size: int = 3) -> None:
        self.total, self.size = total, size

    def following(self, start: int) -> int:
        return start + self.size if start + self.size <= self.total else 0

    def records(self, start: int) -> list[str]:
        last = min(start + self.size - 1, self.total)
        return [record(f"guid-{rank:04}") for rank in range(start, last + 1)]

    def __call__(self, request: Request) -> Reply:
        start = position(request)
        return Reply(body=page(self.records(start), self.total, self.following(start)))
