"""Reading ISO 19139: what is kept, repaired, reported and refused."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.dataset import MappingContext, to_dataset
from ckanext.grandpoitiers.catalogue.errors import CatalogueError, InvalidRecord, SkippedRecord
from ckanext.grandpoitiers.catalogue.hardened import MAX_BYTES, canonical, read_xml
from ckanext.grandpoitiers.catalogue.iso19139 import (
    distance_in_metres,
    parse,
)
from ckanext.grandpoitiers.catalogue.problems import Kind
from ckanext.grandpoitiers.catalogue.reading import MAX_BLOCK
from ckanext.grandpoitiers.catalogue.record import (
    Box,
    Coupled,
    DateStamp,
    Identifier,
    Keyword,
    Period,
    Record,
    Resolution,
    Statement,
)
from tests.unit.grandpoitiers.records import (
    NAMESPACES,
    anchor,
    box,
    code,
    contact,
    date,
    distribution,
    french,
    keywords,
    legal,
    link,
    record,
    text,
)

# What XML 1.0 allows (its production 2), less line breaks other than \n.
XML_CHARACTERS = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=["\ufffe", "\uffff", *map(chr, set(range(32)) - {10})],
)


def kinds(parsed: Record) -> list[Kind]:
    return [problem.kind for problem in parsed.problems]


def outcome(xml: bytes) -> tuple[dict[str, Any] | None, CatalogueError | None]:
    """The dataset of a record, or the reason why there is none."""
    try:
        return to_dataset(parse(xml), MappingContext())[0], None
    except CatalogueError as error:
        return None, error


def refusal(xml: bytes) -> Kind:
    with pytest.raises(InvalidRecord) as caught:
        parse(xml)
    assert caught.value.problem.message() == str(caught.value)
    return caught.value.problem.kind


class TestTexts:
    def test_the_shortest_record_gives_its_title_identifier_and_abstract(self):
        parsed = parse(record())
        assert parsed.title == "Arbres d’alignement"
        assert parsed.file_identifier == "fr-200069854-arbres"
        assert parsed.abstract == "Les arbres plantés le long des rues."
        assert parsed.hierarchy_level == "dataset"
        assert parsed.problems == ()

    def test_the_roots_of_gmi_and_of_a_national_profile_are_read(self):
        assert parse(record(root="gmi:MI_Metadata")).title
        profile = record().replace(b"<gmd:MD_Metadata ", b'<MD gco:isoType="gmd:MD_Metadata" ')
        assert parse(profile.replace(b"</gmd:MD_Metadata>", b"</MD>")).title

    def test_line_breaks_and_indentation_of_a_title_become_one_space(self):
        assert parse(record(title=text("title", "Arbres\r\n    d’alignement"))).title == (
            "Arbres d’alignement"
        )

    def test_control_characters_are_removed_and_reported(self):
        parsed = parse(record(title=text("title", "Arbres&#x202E;txt.exe&#x9B;")))
        assert parsed.title == "Arbrestxt.exe"
        assert kinds(parsed) == [Kind.CONTROL_CHARACTERS]

    def test_html_becomes_the_text_that_it_shows_and_is_reported(self):
        html = "&lt;script&gt;alert(1)&lt;/script&gt; <![CDATA[<b>gras</b>]]>"
        parsed = parse(record(abstract=text("abstract", html)))
        assert parsed.abstract == "gras"
        assert kinds(parsed) == [Kind.HTML]

    @pytest.mark.parametrize(
        ("html", "shown"),
        [
            ("<p>Un.</p><p>Deux &amp; trois.</p>", "Un.\n\nDeux & trois."),
            ("Un<br/>deux", "Un\ndeux"),
            ("<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
            ('Voir <a href="https://a.fr/b">la page</a>.', "Voir la page (https://a.fr/b)."),
            ('<a href="javascript:alert(1)">ici</a> <img src=x onerror="alert(1)">', "ici"),
            ("<style>p{}</style><p onclick=x>Un <5 m</p>", "Un <5 m"),
            ("<scr<script>ipt>alert(1)</script> <p>a", "ipt>alert(1) \n\na"),
        ],
    )
    def test_paragraphs_lists_and_addresses_survive_their_tags(self, html: str, shown: str):
        parsed = parse(record(abstract=text("abstract", f"<![CDATA[{html}]]>")))
        assert parsed.abstract.split() == shown.split()
        assert Kind.HTML in kinds(parsed)

    def test_an_inequality_is_not_html(self):
        assert parse(record(abstract=text("abstract", "si a &lt; b et b &gt; c"))).problems == ()

    def test_paragraphs_stay_and_indentation_goes(self):
        parsed = parse(record(abstract=text("abstract", "Un.\r\n\r\n      Deux.\n\n\n\nTrois.")))
        assert parsed.abstract == "Un.\n\nDeux.\n\nTrois."

    def test_a_text_too_long_to_show_is_cut_and_reported(self):
        parsed = parse(record(abstract=text("abstract", "a" * (MAX_BLOCK + 1))))
        assert len(parsed.abstract) == MAX_BLOCK
        assert kinds(parsed) == [Kind.TRUNCATED]

    def test_an_anchor_reads_like_a_text(self):
        assert parse(record(title=anchor("title", "Plan", "https://a.fr/plan"))).title == "Plan"

    def test_a_comment_inside_a_text_is_not_its_end(self):
        assert parse(record(title=text("title", "Arbres <!-- x -->remarquables"))).title == (
            "Arbres remarquables"
        )


class TestLanguages:
    @pytest.mark.parametrize("locale", ["#FR", "#locale-fre", "#fra"])
    def test_the_french_translation_comes_first(self, locale: str):
        xml = record(title=french("title", "Street trees", "Arbres de rue", locale), language="eng")
        assert parse(xml).title == "Arbres de rue"

    def test_a_locale_is_french_when_it_is_declared_so(self):
        declared = (
            '<gmd:locale><gmd:PT_Locale id="l1">'
            f"{code('languageCode', 'LanguageCode', 'fre')}</gmd:PT_Locale></gmd:locale>"
        )
        xml = record(title=french("title", "Bäume", "Arbres", "#l1"), language="ger", head=declared)
        assert parse(xml).title == "Arbres"

    def test_a_french_record_keeps_its_own_words(self):
        xml = record(title=french("title", "Arbres de rue", "Street trees", "#EN"))
        assert parse(xml).title == "Arbres de rue"

    def test_without_french_the_main_language_stays(self):
        xml = record(title=french("title", "Street trees", "Bäume", "#DE"), language="eng")
        assert parse(xml).title == "Street trees"

    def test_a_blank_text_gives_way_to_any_translation(self):
        xml = record(title=french("title", "", "Street trees", "#EN"))
        assert parse(xml).title == "Street trees"

    def test_languages_of_the_data_are_eu_addresses(self):
        xml = record(identification=code("language", "LanguageCode", "fr-FR"))
        assert parse(xml).languages == (
            "http://publications.europa.eu/resource/authority/language/FRA",
        )


class TestDates:
    def test_dates_keep_their_kinds_and_precision(self):
        xml = record(citation=date("2019", "creation") + date("2020-03", "publication"))
        assert parse(xml).dates == (
            DateStamp("2019", "creation"),
            DateStamp("2020-03", "publication"),
        )

    def test_a_date_with_an_offset_becomes_utc(self):
        stamp = (
            "<gmd:dateStamp><gco:DateTime>2021-05-01T00:30:00.123456+02:00</gco:DateTime>"
            "</gmd:dateStamp>"
        )
        assert parse(record(head=stamp)).date_stamp == "2021-04-30T22:30:00Z"

    def test_a_french_date_is_repaired_and_reported(self):
        parsed = parse(record(citation=date("31/12/2020", "revision")))
        assert parsed.dates == (DateStamp("2020-12-31", "revision"),)
        assert kinds(parsed) == [Kind.REPAIRED_DATE]

    @pytest.mark.parametrize("value", ["2009-00-00", "2021-02-30", "mars 2020", "0000", "99999"])
    def test_a_date_that_is_none_is_reported_not_fatal(self, value: str):
        parsed = parse(record(citation=date(value, "revision")))
        assert parsed.dates == ()
        assert kinds(parsed) == [Kind.BAD_DATE]

    def test_periods_are_read_in_both_versions_of_gml(self):
        period = (
            "<gmd:extent><gmd:EX_Extent><gmd:temporalElement><gmd:EX_TemporalExtent><gmd:extent>"
            '<g:TimePeriod xmlns:g="{}"><g:beginPosition>2010-01-01</g:beginPosition>'
            '<g:endPosition indeterminatePosition="now"/></g:TimePeriod>'
            "</gmd:extent></gmd:EX_TemporalExtent></gmd:temporalElement></gmd:EX_Extent></gmd:extent>"
        )
        for namespace in ("http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2"):
            extents = parse(record(identification=period.format(namespace))).extents
            assert extents[0].periods == (Period("2010-01-01", ""),)


class TestExtents:
    def test_several_boxes_are_all_kept(self):
        xml = record(identification=box(0.2, 46.5, 0.5, 46.7) + box("0,6", "46,5", "0,7", "46,6"))
        assert parse(xml).boxes == (Box(0.2, 46.5, 0.5, 46.7), Box(0.6, 46.5, 0.7, 46.6))

    @pytest.mark.parametrize(
        ("sides", "expected", "kind"),
        [
            ((0.5, 46.5, 0.2, 46.7), (Box(0.2, 46.5, 0.5, 46.7),), Kind.BOX_LONGITUDES_SWAPPED),
            ((0.2, 46.7, 0.5, 46.5), (Box(0.2, 46.5, 0.5, 46.7),), Kind.BOX_LATITUDES_SWAPPED),
            (
                (170, -20, -170, -10),
                (Box(170, -20, 180, -10), Box(-180, -20, -170, -10)),
                Kind.BOX_ACROSS_ANTIMERIDIAN,
            ),
            ((297000, 5160000, 299000, 5170000), (), Kind.BOX_IN_METRES),
            ((200, 46, 201, 47), (), Kind.BOX_OUT_OF_RANGE),
            (("", 46, 1, 47), (), Kind.BOX_INCOMPLETE),
            (("NaN", 46, 1, 47), (), Kind.BOX_INCOMPLETE),
            (("inf", 46, 1, 47), (), Kind.BOX_INCOMPLETE),
        ],
    )
    def test_a_wrong_box_is_repaired_or_left_out_and_always_reported(self, sides, expected, kind):
        parsed = parse(record(identification=box(*sides)))
        assert parsed.boxes == expected
        assert kinds(parsed) == [kind]


class TestSubjects:
    def test_keywords_keep_their_thesaurus_kind_and_address(self):
        word = anchor("keyword", "Réseaux de transport", "http://inspire.ec.europa.eu/theme/tn")
        xml = record(identification=keywords(word, thesaurus="GEMET - INSPIRE themes, version 1.0"))
        group = parse(xml).keyword_sets[0]
        assert group.keywords == (
            Keyword("Réseaux de transport", "http://inspire.ec.europa.eu/theme/tn"),
        )
        assert group.thesaurus == "GEMET - INSPIRE themes, version 1.0"
        assert group.kind == "theme"

    def test_topic_categories_are_the_codes_of_the_standard(self):
        topics = "".join(
            f"<gmd:topicCategory><gmd:MD_TopicCategoryCode>{topic}</gmd:MD_TopicCategoryCode>"
            "</gmd:topicCategory>"
            for topic in ("transportation", "planningCadastre_Planning", "agriculture")
        )
        parsed = parse(record(identification=topics))
        assert parsed.topic_categories == ("transportation", "planningCadastre")
        assert kinds(parsed) == [Kind.UNKNOWN_CODE]

    def test_resource_identifiers_stay_apart_from_the_record_s_own(self):
        identifier = (
            f"<gmd:identifier><gmd:RS_Identifier>{text('code', 'arbres')}"
            f"{text('codeSpace', 'https://grandpoitiers.fr')}</gmd:RS_Identifier></gmd:identifier>"
        )
        parsed = parse(record(citation=identifier))
        assert parsed.identifiers == (Identifier("arbres", "https://grandpoitiers.fr"),)
        assert parsed.identifiers[0].full == "https://grandpoitiers.fr/arbres"
        assert parsed.file_identifier == "fr-200069854-arbres"

    def test_a_parent_identifier_is_kept(self):
        assert (
            parse(record(head=text("parentIdentifier", "serie-1"))).parent_identifier == "serie-1"
        )

    def test_scales_and_distances_become_denominators_and_metres(self):
        resolution = (
            "<gmd:spatialResolution><gmd:MD_Resolution>{}</gmd:MD_Resolution>"
            "</gmd:spatialResolution>"
        )
        scale = resolution.format(
            "<gmd:equivalentScale><gmd:MD_RepresentativeFraction><gmd:denominator>"
            "<gco:Integer>5000</gco:Integer></gmd:denominator></gmd:MD_RepresentativeFraction>"
            "</gmd:equivalentScale>"
        )
        distance = resolution.format(
            '<gmd:distance><gco:Distance uom="cm">20</gco:Distance></gmd:distance>'
        )
        parsed = parse(record(identification=scale + distance))
        assert parsed.resolutions == (Resolution(scale=5000), Resolution(metres=0.2))

    def test_reference_systems_are_epsg_codes_where_they_can_be(self):
        def system(value: str) -> str:
            return (
                "<gmd:referenceSystemInfo><gmd:MD_ReferenceSystem><gmd:referenceSystemIdentifier>"
                f"<gmd:RS_Identifier>{value}</gmd:RS_Identifier></gmd:referenceSystemIdentifier>"
                "</gmd:MD_ReferenceSystem></gmd:referenceSystemInfo>"
            )

        head = "".join(
            system(value)
            for value in (
                text("code", "RGF93 / Lambert 93"),
                text("code", "urn:ogc:def:crs:EPSG::3946"),
                anchor("code", "ETRS89", "http://www.opengis.net/def/crs/EPSG/0/4258"),
                text("code", "Grille communale"),
            )
        )
        assert parse(record(head=head)).reference_systems == (
            "EPSG:2154",
            "EPSG:3946",
            "EPSG:4258",
            "Grille communale",
        )

    def test_only_specifications_that_the_data_passed_are_kept(self):
        def conformance(title: str, passed: str) -> str:
            return (
                "<gmd:dataQualityInfo><gmd:DQ_DataQuality><gmd:report><gmd:DQ_DomainConsistency>"
                "<gmd:result><gmd:DQ_ConformanceResult><gmd:specification><gmd:CI_Citation>"
                f"{text('title', title)}</gmd:CI_Citation></gmd:specification><gmd:pass>"
                f"<gco:Boolean>{passed}</gco:Boolean></gmd:pass></gmd:DQ_ConformanceResult>"
                "</gmd:result></gmd:DQ_DomainConsistency></gmd:report></gmd:DQ_DataQuality>"
                "</gmd:dataQualityInfo>"
            )

        xml = record(tail=conformance("CNIG PLU", "true") + conformance("Autre", "false"))
        assert parse(xml).conformances == (Statement("CNIG PLU"),)


class TestContacts:
    def test_contacts_keep_role_and_place(self):
        xml = record(
            head=contact("contact", "author", "Service SIG", "sig@exemple.fr"),
            identification=contact("pointOfContact", "owner", "Grand Poitiers", "a@exemple.fr"),
        )
        found = [(c.scope, c.role, c.organisation, c.email) for c in parse(xml).contacts]
        assert found == [
            ("resource", "owner", "Grand Poitiers", "a@exemple.fr"),
            ("metadata", "author", "Service SIG", "sig@exemple.fr"),
        ]

    def test_an_address_among_words_is_found(self):
        xml = record(
            identification=contact("pointOfContact", "owner", "A", "mailto:a@b.fr; c@d.fr")
        )
        assert parse(xml).contacts[0].email == "a@b.fr"

    def test_what_is_no_address_is_reported(self):
        parsed = parse(record(identification=contact("pointOfContact", "owner", "A", "à venir")))
        assert parsed.contacts[0].email == ""
        assert kinds(parsed) == [Kind.BAD_EMAIL]

    def test_constraints_keep_their_block_and_addresses(self):
        block = legal(
            code("useConstraints", "MD_RestrictionCode", "license"),
            anchor("otherConstraints", "Licence Ouverte 2.0", "https://a.fr/lo"),
        )
        constraints = parse(record(identification=block)).constraints[0]
        assert constraints.use_codes == ("license",)
        assert constraints.others == (Statement("Licence Ouverte 2.0", "https://a.fr/lo"),)


class TestServices:
    def test_operates_on_gives_identifiers_from_references_and_addresses(self):
        served = "".join(
            f"<srv:operatesOn {attributes}/>"
            for attributes in (
                'uuidref="abc" xlink:href="https://a.fr/records/abc"',
                'xlink:href="https://a.fr/csw?REQUEST=GetRecordById&amp;ID=def"',
                'xlink:href="https://a.fr/srv/api/records/ghi"',
                'xlink:href="#DataIdentification"',
            )
        )
        xml = record(kind="srv:SV_ServiceIdentification", level="service", identification=served)
        assert parse(xml).operates_on == (
            Coupled("abc", "https://a.fr/records/abc"),
            Coupled("def", "https://a.fr/csw?REQUEST=GetRecordById&ID=def"),
            Coupled("ghi", "https://a.fr/srv/api/records/ghi"),
        )

    def test_a_service_without_links_gives_those_of_its_operations_once(self):
        operation = (
            "<srv:containsOperations><srv:SV_OperationMetadata><srv:connectPoint>"
            "<gmd:CI_OnlineResource><gmd:linkage><gmd:URL>https://a.fr/ogc?request={}</gmd:URL>"
            "</gmd:linkage></gmd:CI_OnlineResource></srv:connectPoint></srv:SV_OperationMetadata>"
            "</srv:containsOperations>"
        )
        identification = (
            "<srv:serviceType><gco:LocalName>OGC:WMS</gco:LocalName></srv:serviceType>"
            + operation.format("GetCapabilities")
            + operation.format("GetMap")
        )
        xml = record(kind="srv:SV_ServiceIdentification", level="", identification=identification)
        parsed = parse(xml)
        assert parsed.hierarchy_level == "service"
        assert [(d.url, d.protocol) for d in parsed.distributions] == [
            ("https://a.fr/ogc?request=GetCapabilities", "WMS")
        ]


class TestLinks:
    def test_a_link_that_is_no_web_address_is_left_out_and_reported(self):
        links = ("javascript:alert(1)", "file:///etc/passwd", "C:\\\\plans", "www.exemple.fr/a.zip")
        parsed = parse(record(tail=distribution(*(link(url) for url in links))))
        assert parsed.distributions == ()
        assert kinds(parsed) == [Kind.LINK_SCHEME] * 3 + [Kind.LINK_MALFORMED]

    def test_a_blank_link_is_nothing_to_report(self):
        parsed = parse(record(tail=distribution(link(""))))
        assert (parsed.distributions, parsed.problems) == ((), ())


class TestRefusals:
    def test_a_record_without_identifier_cannot_be_followed(self):
        assert refusal(record(guid="")) is Kind.NO_IDENTIFIER

    def test_a_record_without_title_is_refused(self):
        assert refusal(record(title="")) is Kind.NO_TITLE

    def test_a_record_without_identification_is_refused(self):
        alone = f"<gmd:MD_Metadata {NAMESPACES}>{text('fileIdentifier', 'a')}</gmd:MD_Metadata>"
        assert refusal(alone.encode()) is Kind.NO_TITLE

    def test_a_map_is_skipped_and_not_an_error(self):
        with pytest.raises(SkippedRecord) as caught:
            parse(record(level="interactiveMap"))
        assert "interactiveMap" in str(caught.value)

    def test_iso_19115_1_under_another_name_is_told(self):
        assert refusal(record(head="<gmd:metadataIdentifier/>")) is Kind.MIXED_STANDARDS

    @pytest.mark.parametrize("xml", [b"", b"{}", b"<a>", b"\xff\xfe", b"<a>\x00</a>", b"<html/>"])
    def test_what_is_no_record_is_refused_in_one_sentence(self, xml: bytes):
        assert refusal(xml) in (Kind.NOT_XML, Kind.NOT_ISO19139)


class TestAttacks:
    def test_an_external_entity_is_never_read(self):
        bomb = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        xml = record(title=text("title", "&x;")).replace(b"?>", b"?>" + bomb, 1)
        assert refusal(xml) is Kind.DOCTYPE

    def test_an_entity_bomb_is_refused(self):
        entities = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
        )
        bomb = f"<!DOCTYPE r [{entities}]>".encode()
        xml = record(title=text("title", "&a9;")).replace(b"?>", b"?>" + bomb, 1)
        assert refusal(xml) in (Kind.DOCTYPE, Kind.NOT_XML)

    def test_an_entity_bomb_in_an_attribute_is_refused(self):
        entities = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
        )
        assert refusal(f'<!DOCTYPE r [{entities}]><r x="&a9;"/>'.encode()) in (
            Kind.DOCTYPE,
            Kind.NOT_XML,
        )

    def test_an_external_document_type_is_refused(self):
        assert refusal(b'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><r/>') is Kind.DOCTYPE

    def test_a_document_type_in_utf_16_is_refused(self):
        assert refusal('<!DOCTYPE r [<!ENTITY x "y">]><r>&x;</r>'.encode("utf-16")) is Kind.DOCTYPE

    def test_an_element_whose_document_has_a_document_type_is_refused(self):
        from lxml import etree

        root = etree.fromstring(b'<!DOCTYPE r [<!ENTITY x "y">]><r/>')
        with pytest.raises(InvalidRecord):
            parse(root)

    def test_300_000_levels_are_refused(self):
        assert refusal(b"<a>" * 300_000 + b"</a>" * 300_000) is Kind.NOT_XML

    def test_a_text_of_50_megabytes_is_refused_before_parsing(self):
        xml = record(abstract=text("abstract", "a" * 50_000_000))
        assert len(xml) > MAX_BYTES
        assert refusal(xml) is Kind.TOO_LARGE

    @pytest.mark.parametrize("piece", ["<a/>", "<a/>x", '<a b="" c=""/>'])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_millions_of_tiny_elements_are_refused_before_parsing(self, piece: str, encoding: str):
        page = f"<r>{piece * 2_000_000}</r>".encode(encoding)
        with pytest.raises(InvalidRecord) as refused:
            read_xml(page, 64 * 1024 * 1024)
        assert refused.value.problem.kind is Kind.TOO_LARGE

    @pytest.mark.parametrize("guid", ["../../etc/passwd", "%2e%2e%2f", "a/../../b", "'; DROP--"])
    def test_an_identifier_is_only_ever_a_text(self, guid: str):
        parsed = parse(record(guid=guid))
        assert parsed.file_identifier == guid
        name = to_dataset(parsed, MappingContext())[0]["name"]
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")

    @given(st.binary(max_size=300))
    @settings(max_examples=100)
    def test_any_bytes_are_refused_and_never_crash(self, junk: bytes):
        with pytest.raises(InvalidRecord):
            parse(junk)

    @given(st.text(XML_CHARACTERS, max_size=200))
    @settings(max_examples=100)
    def test_any_text_in_any_field_gives_a_dataset_or_a_reason(self, junk: str):
        safe = junk.replace("&", "&amp;").replace("<", "&lt;")
        xml = record(
            guid=safe,
            title=text("title", safe),
            citation=date(safe, "revision"),
            identification=box(safe, 1, safe, 2)
            + keywords(safe)
            + legal(text("otherConstraints", safe))
            + contact("pointOfContact", "owner", safe, safe),
            tail=distribution(link(safe, safe, safe, safe)),
        )
        dataset, reason = outcome(xml)
        assert (dataset or {}).get("title") or reason


class TestBytes:
    def test_the_canonical_bytes_do_not_depend_on_where_the_record_stands(self):
        alone = read_xml(record())
        page = b'<page xmlns:other="urn:o" xmlns="urn:p">' + record().split(b"?>")[1] + b"</page>"
        assert canonical(read_xml(page)[0]) == canonical(alone)

    def test_a_comment_does_not_change_them_and_a_word_does(self):
        commented = record().replace(b"</gmd:abstract>", b"</gmd:abstract><!-- x -->")
        assert canonical(read_xml(commented)) == canonical(read_xml(record()))
        assert canonical(read_xml(record(guid="b"))) != canonical(read_xml(record()))


@pytest.mark.parametrize(
    ("number", "unit", "metres"),
    [
        ("2", "m", 2),
        ("0,5", "metres", 0.5),
        ("1", "http://a/gmxUom.xml#m", 1),
        ("1", "urn:ogc:def:uom:EPSG::9001", 1),
        ("1", "km", 1000),
        ("1", "degree", 0),
        ("x", "m", 0),
        ("inf", "m", 0),
        ("-1", "m", 0),
    ],
)
def test_a_distance_is_in_metres_or_is_none(number: str, unit: str, metres: float):
    assert distance_in_metres(number, unit) == metres


# What the recorded files give. Those of iso19139/ that are invalid: eight without fileIdentifier
# (test files of ckanext-spatial and of IGN's validator, an example of pycsw), two without title
# (Dublin Core that pycsw wrote as ISO). Skipped: eleven maps, applications, images and texts;
# in ISO 19115-3, three documents and a feature type.
EXPECTED = {
    "iso19139": {None: 248, InvalidRecord: 10, SkippedRecord: 11},
    "iso19139-nonconformes": {InvalidRecord: 150},
    "iso19115-3": {None: 16, SkippedRecord: 4},
    "malformed": {InvalidRecord: 9},
}


@pytest.mark.parametrize("folder", EXPECTED)
def test_every_recorded_file_becomes_a_dataset_or_is_reported_with_a_reason(
    real_data: Path, folder: str
):
    outcomes: Counter[type[CatalogueError] | None] = Counter()
    for path in sorted((real_data / "csw" / folder).rglob("*.xml")):
        dataset, reason = outcome(path.read_bytes())
        assert str(reason) if dataset is None else dataset["title"], path
        outcomes[type(reason) if reason else None] += 1
    assert outcomes == EXPECTED[folder]
