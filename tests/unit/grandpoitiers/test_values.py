"""Values cleaned one at a time on their way out."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import NamedNode

from ckanext.grandpoitiers.interchange import values
from ckanext.grandpoitiers.interchange.problems import Kind
from ckanext.grandpoitiers.interchange.values import Rejected
from tests.exports import SIRET

ANYTHING = st.text(st.characters(codec=None), max_size=60)
"""Any string of Python's, lone surrogates and control characters included."""


class TestText:
    @given(ANYTHING)
    @settings(max_examples=150)
    def test_what_is_left_of_any_text_is_xml(self, text: str) -> None:
        clean, _ = values.text(text)
        element = etree.Element("a")
        element.text = clean
        assert (etree.fromstring(etree.tostring(element)).text or "") == clean

    def test_line_ends_are_those_that_xml_keeps(self) -> None:
        assert values.text("a\r\nb\rc\n\td") == ("a\nb\nc\n\td", None)

    def test_what_was_taken_out_is_said(self) -> None:
        assert values.text("a\x01b\ud800c\ufffe") == ("abc", Kind.CONTROL_CHARACTERS)

    def test_a_novel_is_cut(self) -> None:
        clean, kind = values.text("a" * 1_000_000)
        assert (len(clean), kind) == (values.TEXT_LIMIT, Kind.TOO_LONG)

    @pytest.mark.parametrize("value", [None, [], {}, True, b"a", object()])
    def test_what_is_no_text_is_refused(self, value: object) -> None:
        with pytest.raises(Rejected):
            values.text(value)


class TestAddress:
    @given(ANYTHING.map("https://a.example/".__add__))
    @settings(max_examples=150)
    def test_what_is_left_is_an_iri_or_nothing(self, address: str) -> None:
        try:
            found = values.address(address)
        except Rejected:
            return
        assert NamedNode(found).value == found
        assert values.address(found) == found

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            (" https://a.example/été.csv ", "https://a.example/été.csv"),
            ("http://a.example/un fichier.csv", "http://a.example/un%20fichier.csv"),
            ("http://a.example/?q={x}&l=a,b|c", "http://a.example/?q=%7Bx%7D&l=a,b%7Cc"),
            ("http://a.example/100%", "http://a.example/100%25"),
            ("http://a.example/a[1].csv", "http://a.example/a%5B1%5D.csv"),
            ("http://[2001:db8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
            ("ftp://a.example/b", "ftp://a.example/b"),
        ],
    )
    def test_addresses_are_mended_as_browsers_do(self, written: str, read: str) -> None:
        assert values.address(written) == read

    @pytest.mark.parametrize(
        "value",
        [
            "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//a.example/b",
            "a.csv", "http://", "http:///a", "https://user:secret@a.example/", "http://[::1",
            "http://a.example:port/", "http://a b.example/", "http://a.example/\x00", None, 3,
            "http://a/\ud800", "http://a.example/" + "a" * 5000, "http://a.example/#b#c",
        ],
    )  # fmt: skip
    def test_what_is_no_web_address_is_refused(self, value: object) -> None:
        with pytest.raises(Rejected):
            values.address(value)

    @given(st.text("ab:/?#[]@!$&'()*+,;=%-._~é {", max_size=20))
    @settings(max_examples=150)
    def test_the_short_way_gives_what_the_long_way_gives(self, rest: str) -> None:
        """Most addresses are known good at a glance."""
        found = "http://a.example" + rest

        def read() -> str | None:
            try:
                return values.address(found)
            except Rejected:
                return None

        short = read()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(values, "_PLAIN_ADDRESS", re.compile("(?!)"))
            assert short == read()


@pytest.mark.parametrize(
    ("value", "lexical", "kind"),
    [
        ("2024", "2024", "gYear"),
        ("2024-02", "2024-02", "gYearMonth"),
        ("2024-02-29", "2024-02-29", "date"),
        ("2024-02-29T10:00:00", "2024-02-29T10:00:00", "dateTime"),
        ("2024-02-29T10:00:00Z", "2024-02-29T10:00:00+00:00", "dateTime"),
        ("2024-02-29 10:00:00.5+01:00", "2024-02-29T10:00:00.500000+01:00", "dateTime"),
    ],
)
def test_dates_have_the_type_of_their_precision(value: str, lexical: str, kind: str) -> None:
    assert values.date(value) == (lexical, kind)


@pytest.mark.parametrize(
    "value",
    [
        "2023-02-29",
        "2024-13",
        "0000",
        "31/12/2024",
        "hier",
        "2024-02-30T10:00:00",
        "T",
        "",
        2024,
        [],
    ],
)
def test_dates_that_do_not_exist_are_refused(value: object) -> None:
    with pytest.raises(Rejected):
        values.date(value)


@pytest.mark.parametrize("value", ["-1", "1.5", "1e400", "NaN", "a lot", True, None, [], 10**30])
def test_a_size_is_a_whole_number(value: object) -> None:
    assert values.whole_number("1024") == values.whole_number(1024.0) == 1024
    with pytest.raises(Rejected):
        values.whole_number(value)


def test_an_email_becomes_an_address() -> None:
    assert values.email(" mailto:a.b+c@d.example") == "mailto:a.b+c@d.example"
    for value in (
        "a",
        "a@",
        "a b@c.example",
        "a@b\r\nBcc: c",
        "<a@b.example>",
        None,
        "é@a.example",
    ):
        with pytest.raises(Rejected):
            values.email(value)


def test_a_checksum_is_hexadecimal() -> None:
    assert values.checksum("SHA256:AB12") == ("sha256", "ab12")
    assert values.checksum("ab12") == ("", "ab12")
    for value in ("abc", "zz", "", None):
        with pytest.raises(Rejected):
            values.checksum(value)


def test_a_siret_has_its_check_digit() -> None:
    assert values.siret(f"{SIRET[:3]} {SIRET[3:6]} {SIRET[6:]}") == SIRET
    assert values.siret("35600000000048") == "35600000000048"
    for value in (SIRET[:-1] + "4", SIRET[:-1], "0" * 14, "²" * 14, None, int(SIRET)):
        with pytest.raises(Rejected):
            values.siret(value)


def test_a_media_type_loses_its_parameters() -> None:
    assert values.media_type("Text/CSV; charset=utf-8") == "text/csv"
    for value in ("csv", "text/", "a b/c", "text/csv/x", None):
        with pytest.raises(Rejected):
            values.media_type(value)


class TestGeometry:
    def test_well_known_text_is_written_as_geomet_does(self) -> None:
        from geomet import wkt

        line = [[0.1, 46], [1, 47.123456]]
        ring = [[0.1, 46], [1, 46], [1, 47.123456], [0.1, 46]]
        for kind, coordinates in (
            ("Point", line[0]), ("MultiPoint", line), ("LineString", line),
            ("MultiLineString", [line]), ("Polygon", [ring]), ("MultiPolygon", [[ring], [ring]]),
        ):  # fmt: skip
            shape: dict[str, Any] = {"type": kind, "coordinates": coordinates}
            assert values.wkt(values.geometry(json.dumps(shape))) == wkt.dumps(shape, decimals=4)

    @pytest.mark.parametrize(
        "value",
        [
            "{", "[]", "null", '{"type": "Point"}', '{"type": "Point", "coordinates": [1e999, 1]}',
            '{"type": "Point", "coordinates": [500000, 6600000]}', '{"type": ["Point"]}',
            '{"type": "Polygon", "coordinates": []}', '{"type": "Point", "coordinates": ["1", 2]}',
            '{"type": "Point", "coordinates": [true, 1]}', "[" * 100_000, 5,
            {"type": "Point", "coordinates": [10**400, 1]},
            {"type": "Point", "coordinates": [1, 1, -(10**400)]},
            '{"type": "GeometryCollection", "geometries": []}',
        ],
    )  # fmt: skip
    def test_what_is_not_on_earth_is_refused(self, value: object) -> None:
        with pytest.raises(Rejected):
            values.geometry(value)

    def test_a_box_is_told_from_another_shape(self) -> None:
        box = {"type": "Polygon", "coordinates": [[[0, 1], [2, 1], [2, 3], [0, 3], [0, 1]]]}
        assert values.is_rectangle(box)
        box["coordinates"][0][2] = [2, 4]
        assert not values.is_rectangle(box)
