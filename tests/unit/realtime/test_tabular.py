"""CSV, XLSX and XML: what is read, and what swells or lies."""

import zipfile
from io import BytesIO

import pytest
import xlsxwriter
from lxml import etree

from ckanext.realtime import archives
from ckanext.realtime.archives import ZipLimits, open_zip
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.kinds.documents import MAX_ELEMENTS, read_xml
from ckanext.realtime.kinds.tabular import read_table
from ckanext.realtime.problems import Kind
from ckanext.realtime.settings import Limits

LIMITS = Limits()


def refused(payload: bytes) -> Kind:
    with pytest.raises(Undecodable) as caught:
        read_table(payload, LIMITS)
    return caught.value.problem.kind


@pytest.mark.parametrize(
    "payload",
    [
        "id;nom\n1;Théâtre\n".encode(),
        "\ufeffid;nom\r\n1;Théâtre\r\n".encode(),
        "id\tnom\n1\tThéâtre".encode("cp1252"),
        'id,nom\n1,"Théâtre"\n\n'.encode("utf-16"),
        "Parkings au 23 octobre;\n;\nid;nom\n1;Théâtre\n".encode(),
    ],
)
def test_csv_in_the_forms_that_town_halls_export(payload: bytes) -> None:
    assert read_table(payload, LIMITS) == [{"id": "1", "nom": "Théâtre"}]


def test_the_fullest_sheet_is_read_and_titles_are_passed() -> None:
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("Lisez-moi").write_column(0, 0, ["À lire", "", "Merci"])
        data = book.add_worksheet("Données")
        data.write(0, 0, "Parkings")
        for number, row in enumerate((["id", "nom"], [3, "Théâtre"], [4, "Gare"])):
            data.write_row(number + 2, 0, row)
    found = read_table(target.getvalue(), LIMITS)
    assert found == [{"id": 3.0, "nom": "Théâtre"}, {"id": 4.0, "nom": "Gare"}]


def test_the_outermost_element_that_repeats_is_the_record() -> None:
    payload = b"""<?xml version="1.0"?><p:parkings xmlns:p="urn:p"><meta><at>x</at><by>y</by></meta>
      <p:parking id="1"><nom>A</nom><tarif h="1" p="2"/><tarif h="2" p="3"/></p:parking>
      <p:parking id="2"><nom>B</nom><tarif h="1" p="2"/></p:parking></p:parkings>"""
    found = read_table(payload, LIMITS)
    assert [(row["id"], row["nom"]) for row in found] == [("1", "A"), ("2", "B")]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        (b"PK\x03\x04 and no more", Kind.NOT_ZIP),
        (b"\x00\x01\x02 binary", Kind.NOT_TABLE),
        (b"<parkings><parking>", Kind.NOT_XML),
        (
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b i="1" j="2">&x;</b></a>',
            Kind.NOT_XML,
        ),
        (b"<a>" + b"<b>" * 5000, Kind.NOT_XML),
        (b"<a>" + b"<b/>" * (2 * MAX_ELEMENTS) + b"</a>", Kind.TOO_MANY_ROWS),
    ],
)
def test_what_is_no_table_is_refused(payload: bytes, kind: Kind) -> None:
    assert refused(payload) is kind


def test_entities_do_not_swell_and_no_dtd_is_fetched() -> None:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'
    with pytest.raises(Undecodable):
        read_xml(laughs)
    assert etree.LXML_VERSION >= (6, 0)


def test_an_empty_table_has_no_row() -> None:
    assert read_table(b"id;nom\n", LIMITS) == read_table(b"\n\n", LIMITS) == []
    assert read_table(b"<parkings/>", LIMITS) == []


def test_more_rows_than_allowed_are_refused() -> None:
    with pytest.raises(Undecodable):
        read_table(b"id;nom\n" + b"1;a\n" * 11, Limits(rows=10))


# -- zip


def zipped(members: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_bomb_is_refused_at_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = zipped({"a.txt": bytes(50 * 2**20)})
    assert len(payload) < 100_000
    monkeypatch.setattr(archives, "_STEP", 2**16)
    with pytest.raises(Undecodable) as caught:
        open_zip(payload, ZipLimits(bytes=2**20))
    assert caught.value.problem.kind is Kind.BOMB


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    payload = bytearray(zipped({"a.txt": b"x" * 1000}))
    directory = payload.rindex(b"PK\x01\x02")
    payload[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Undecodable) as caught:
        open_zip(bytes(payload), ZipLimits())
    assert caught.value.problem.kind is Kind.NOT_ZIP


def test_too_many_members_and_damage_are_refused() -> None:
    many = zipped({str(n): b"" for n in range(20)})
    whole = zipped({"a": b"hello" * 100})
    for payload, limits in ((many, ZipLimits(members=10)), (whole[:40], ZipLimits())):
        with pytest.raises(Undecodable):
            open_zip(payload, limits)
