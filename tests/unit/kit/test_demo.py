"""The demonstration catalogue: enough records, of all kinds, right where they should be."""

from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from portal_kit import configuration
from portal_kit.demo import catalogue
from portal_kit.demo.links import address

NAMESPACES = {
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "gmx": "http://www.isotc211.org/2005/gmx",
}
SHIPPED = catalogue.read(
    (configuration.shipped_folder() / catalogue.NAME).read_text(encoding="utf-8")
)
RECORDS = SHIPPED.records()
ENTRIES = dict(zip([entry.slug for entry in SHIPPED.entries], RECORDS, strict=True))


@pytest.fixture(scope="module")
def schemas() -> etree.XMLSchema:
    """The schemas of ISO/TS 19139 for data and services, as ckanext-spatial ships them."""
    spatial = find_spec("ckanext.spatial")
    assert spatial
    assert spatial.origin
    folder = Path(spatial.origin).parent / "validation" / "xml" / "iso19139eden"
    return etree.XMLSchema(etree.parse(folder / "gmx_and_srv.xsd"))


class TestCatalogue:
    def test_it_is_large_and_varied(self):
        kinds = Counter(entry.type for entry in SHIPPED.entries)
        assert len(RECORDS) >= 64
        assert set(kinds) == {"dataset", "series", "service", "nonGeographicDataset"}

    def test_every_link_kind_is_shown(self):
        shown = {link.kind for entry in SHIPPED.entries for link in entry.links}
        assert {"wms", "wfs", "wmts", "atom", "features", "esri", "file", "page"} <= shown

    def test_half_the_inspire_themes_are_shown(self):
        assert len({theme for entry in SHIPPED.entries for theme in entry.inspire}) >= 17

    def test_identifiers_are_unique(self):
        assert len({entry.identifier for entry in SHIPPED.entries}) == len(RECORDS)

    def test_most_records_are_good_and_some_are_not(self):
        flawed = [entry for entry in SHIPPED.entries if entry.flaw]
        assert 10 <= len(flawed) <= len(RECORDS) / 4

    def test_the_records_are_the_same_at_each_making(self):
        assert SHIPPED.records() == RECORDS


@pytest.mark.parametrize("entry", SHIPPED.entries, ids=lambda entry: entry.slug)
class TestRecord:
    def test_it_meets_the_schemas_unless_it_is_said_not_to(self, entry, schemas):
        document = etree.fromstring(ENTRIES[entry.slug])
        assert schemas.validate(document) == entry.valid, list(schemas.error_log)

    def test_it_says_that_it_is_a_demonstration(self, entry):
        document = etree.fromstring(ENTRIES[entry.slug])
        statement = document.find(".//gmd:lineage//gmd:statement/*", NAMESPACES)
        assert "démonstration" in statement.text

    def test_none_of_its_addresses_exists(self, entry):
        """`.example` is kept by RFC 2606: nothing of the demonstration can reach anybody."""
        hosts = {urlsplit(address(link)).hostname for link in entry.links if address(link)}
        mails = {entry.organisation.email.partition("@")[2]} - {""}
        assert all(host.endswith(".example") for host in hosts | mails)


class TestFlaws:
    def flawed(self, word: str) -> list[etree._Element]:
        return [
            etree.fromstring(ENTRIES[entry.slug]) for entry in SHIPPED.entries if word in entry.flaw
        ]

    def test_a_record_without_licence_has_no_constraint(self):
        (record,) = self.flawed("no licence")
        assert record.find(".//gmd:resourceConstraints", NAMESPACES) is None

    def test_a_link_without_protocol_has_none(self):
        (record,) = self.flawed("without a protocol")
        assert record.find(".//gmd:onLine", NAMESPACES) is not None
        assert record.find(".//gmd:protocol", NAMESPACES) is None

    def test_a_title_in_two_languages_keeps_the_french_one_first(self):
        (record,) = self.flawed("two languages")
        title = record.find(".//gmd:citation//gmd:title", NAMESPACES)
        assert title[0].text == "Toponymes et lieux-dits"
        assert title.find(".//gmd:LocalisedCharacterString", NAMESPACES).get("locale") == "#EN"

    def test_several_boxes_are_several_extents(self):
        boxes = [
            len(record.findall(".//gmd:EX_GeographicBoundingBox", NAMESPACES))
            for record in self.flawed("box")
        ]
        assert max(boxes) == 5

    def test_the_very_long_abstract_keeps_its_paragraphs(self):
        (record,) = self.flawed("long abstract")
        text = record.find(".//gmd:abstract/*", NAMESPACES).text
        assert len(text) > 2000
        assert "\n\n" in text

    def test_themes_written_as_anchors_have_their_address(self):
        record = etree.fromstring(ENTRIES["hydrographie"])
        anchor = record.find(".//gmd:keyword/gmx:Anchor", NAMESPACES)
        assert anchor.get("{http://www.w3.org/1999/xlink}href").endswith("/theme/hy")


class TestReplicate:
    def test_each_copy_has_an_identifier_of_its_own(self):
        copies = list(catalogue.replicate(RECORDS, 3 * len(RECORDS) + 5))
        found = {
            etree.fromstring(copy).findtext("gmd:fileIdentifier/*", namespaces=NAMESPACES)
            for copy in copies
        }
        assert len(found) == len(copies) == 3 * len(RECORDS) + 5

    def test_the_first_round_is_unchanged(self):
        assert list(catalogue.replicate(RECORDS, len(RECORDS))) == RECORDS

    def test_two_calls_give_the_same(self):
        assert list(catalogue.replicate(RECORDS, 250)) == list(catalogue.replicate(RECORDS, 250))
