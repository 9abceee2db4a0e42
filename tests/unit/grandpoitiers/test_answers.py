"""Answers to GetRecords: read, mended, or refused in one sentence."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.answers import (
    CswError,
    NotXml,
    Page,
    RawRecord,
    read_page,
)
from ckanext.grandpoitiers.catalogue.paging import Paging
from tests.unit.grandpoitiers.pages import page, record


class TestMending:
    @pytest.mark.parametrize("junk", ["\n\n", "\ufeff", "\ufeff\n  "])
    def test_blank_lines_and_a_bom_before_the_document_are_forgiven(self, junk: str) -> None:
        """Real servers send them; XML forbids them before a declaration."""
        content = page([record("a")], 1, 0, junk + '<?xml version="1.0" encoding="UTF-8"?>')
        assert [found.guid for found in read_page(content, "h").records] == ["a"]

    @pytest.mark.parametrize(
        ("piece", "text"),
        [
            (b"Caf\xe9 \x80", "Café €"),
            (b"a\x01&#2;b", "ab"),
            (b"&eacute;t&eacute;&nbsp;R&D &amp; R&D;", "été\xa0R&D & R&D;"),
            (b"<![CDATA[?a=1&b=2\x0b]]>", "?a=1&b=2"),
        ],
    )
    def test_what_spoils_no_meaning_is_mended(self, piece: bytes, text: str) -> None:
        """Windows bytes in one record of a UTF-8 page, control characters, HTML's entities."""
        content = page([record("Éa", "<t>?</t>")], 1, 0).replace(b"?", piece)
        found = read_page(content, "h")
        assert found.mended
        assert found.records[0].guid == "Éa"
        assert f"<t>{text.replace('&', '&amp;')}</t>".encode() in found.records[0].xml

    @pytest.mark.parametrize(
        ("declared", "written"),
        [
            ("UTF-8", "cp1252"),
            ("ISO-8859-1", "utf-8"),
            ("windows-1252", "utf-8"),
            ("UTF-16", "utf-8"),
            ("", "cp1252"),
            ("ISO-8859-1", "cp1252"),
            ("utf-16", "utf-16"),
            ("x-unknown", "utf-8"),
        ],
    )
    def test_an_encoding_declared_wrongly_is_understood(self, declared: str, written: str) -> None:
        """Accents are right whatever the declaration claims."""
        encoding = f' encoding="{declared}"' if declared else ""
        declaration = f'<?xml version="1.0"{encoding}?>'
        text = page([record("Évêché")], 1, 0, declaration).decode()
        assert [found.guid for found in read_page(text.encode(written), "h").records] == ["Évêché"]

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("\ufeff\n", ""),
            ("<br />\n<b>Warning</b>: mysql_connect() in <b>csw.php</b> on line 3<br />\n", ""),
            ("", "\n<!-- 0.3 s -->\n<script>track()</script>"),
        ],
    )
    def test_what_stands_before_and_after_the_document_is_left_out(
        self, before: str, after: str
    ) -> None:
        """Programs print their warnings there, and front servers their scripts."""
        for declaration in ("", '<?xml version="1.0"?>'):
            content = page([record("a")], 1, 0, before + declaration) + after.encode()
            assert [found.guid for found in read_page(content, "h").records] == ["a"]

    @pytest.mark.parametrize(
        "attack",
        [
            '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>',
            '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        ],
    )
    def test_a_document_type_is_refused(self, attack: str) -> None:
        """Entities have no business in an answer."""
        with pytest.raises(NotXml):
            read_page(page([record("&x;")], 1, 0, attack), "h")


class TestRecordedAnswers:
    def test_every_recorded_answer_is_read_or_explained(self, real_data: Path) -> None:
        """Answers of pycsw, GeoNetwork, Esri…: a page, or one of our errors, never another."""
        read = 0
        for path in sorted((real_data / "csw" / "responses").rglob("*.xml")):
            with contextlib.suppress(CswError):
                read += len(read_page(path.read_bytes(), path.parent.name).records)
        assert read > 100

    def test_no_malformed_answer_is_taken_for_a_page(self, real_data: Path) -> None:
        """They are the ones that used to empty catalogues."""
        for path in sorted((real_data / "csw" / "malformed").iterdir()):
            with pytest.raises(CswError):
                read_page(path.read_bytes(), "h")


def recorded(real_data: Path, name: str) -> Page:
    return read_page((real_data / "csw" / "responses" / name).read_bytes(), "h")


class TestRecordedPaging:
    def test_next_record_after_the_last_one_is_the_end(self, real_data: Path) -> None:
        """Ten of ten, and "11" to follow (a French catalogue of 2017)."""
        paging = Paging("h")
        paging.take(1, recorded(real_data, "csw-client/harvest-records-onepage.xml"), 10)
        assert (paging.following, paging.finished, paging.received) == (None, True, 10)

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("csw-client/records-hits-basic.xml", id="ten are said to be there"),
            pytest.param("pycsw/default/expected/get_GetRecords-all.xml", id="none is said"),
        ],
    )
    def test_records_announced_and_not_sent_are_no_page(self, real_data: Path, name: str) -> None:
        """nextRecord would lead on for ever: 965 records, none of them ever there."""
        paging = Paging("h")
        paging.take(1, recorded(real_data, name), 10)
        assert (paging.following, paging.finished) == (None, False)
        assert "an empty page" in str(paging.doubt)

    def test_a_page_in_the_middle_leads_to_the_next(self, real_data: Path) -> None:
        """Records 83 and 84 of 216 (the INSPIRE geoportal)."""
        paging = Paging("h")
        paging.take(83, recorded(real_data, "owslib/inspire-getrecords-response.xml"), 2)
        assert (paging.following, paging.matched, paging.doubt) == (85, 216, None)

    def test_the_same_page_for_every_position_ends_the_paging(self, real_data: Path) -> None:
        """What the server of the INSPIRE page would do if it forgot where we are."""
        page = recorded(real_data, "owslib/inspire-getrecords-response.xml")
        paging = Paging("h")
        paging.take(83, page, 2)
        paging.take(85, page, 2)
        assert "same records again" in str(paging.doubt)

    def test_next_record_zero_before_the_end_leaves_a_doubt(self, real_data: Path) -> None:
        """The last page of twelve, five by five, taken for the first one."""
        page = recorded(real_data, "pycsw/default/expected/post_GetRecords-end.xml")
        assert (page.matched, len(page.records), page.next_record) == (12, 3, 0)
        honest, hasty = Paging("h"), Paging("h")
        honest.take(10, page, 5)
        hasty.take(1, page, 3)
        assert (honest.following, honest.finished) == (None, True)
        assert "announces 12 records and ends after 3" in str(hasty.doubt)


def records(*names: str) -> tuple[RawRecord, ...]:
    return tuple(RawRecord(name, b"") for name in names)


class TestPaging:
    def test_records_counted_and_not_sent_are_withheld(self) -> None:
        """Esri's Geoportal Server: documents that it can't give in ISO."""
        paging = Paging("h")
        paging.take(1, Page(records("a", "c"), 5, 4, 3), 3)
        assert (paging.following, paging.withheld) == (4, 1)
        paging.take(4, Page(records("d"), 5, 0, 2), 3)
        assert (paging.finished, paging.withheld, paging.received) == (True, 2, 3)

    def test_records_left_out_without_a_word_are_told_by_those_that_come_again(self) -> None:
        """An index that lost some: our count falls behind the server's, never before it."""
        paging = Paging("h")
        assert len(paging.take(1, Page(records("a", "b", "d"), 7, 5, 3), 4)) == 3
        assert paging.following == 4
        again = paging.take(4, Page(records("d", "e", "f", "g"), 7, 0, 4), 4)
        assert [record.guid for record in again] == ["e", "f", "g"]
        assert (paging.finished, paging.withheld) == (True, 1)

    def test_more_than_announced_leaves_a_doubt(self) -> None:
        """Nothing that a server counts so can be trusted."""
        paging = Paging("h")
        paging.take(1, Page(records("a", "b"), 0, 0), 10)
        assert (paging.following, paging.finished) == (None, False)
        assert "announces 0 records and sends more" in str(paging.doubt)

    @given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 9), st.data())
    @settings(max_examples=60)
    def test_a_server_with_a_limit_and_holes_is_read_whole_and_ends(
        self, total: int, limit: int, asked: int, data: st.DataObject
    ) -> None:
        """Or it is told that it could not be: what counts as whole has every record."""
        holes = data.draw(st.sets(st.integers(1, total), max_size=3))
        paging, start, seen, pages = Paging("h"), 1, [], 0
        while start is not None:
            last = min(start + min(limit, asked), total + 1)
            here = records(*(str(rank) for rank in range(start, last) if rank not in holes))
            following = last if last <= total else 0
            seen += [one.guid for one in paging.take(start, Page(here, total, following), asked)]
            start, pages = paging.following, pages + 1
            assert pages <= 2 * total
        if not holes:
            assert paging.finished
        if paging.finished:
            assert {int(guid) for guid in seen} == set(range(1, total + 1)) - holes
