"""ISO 19115-3 read as the ISO 19139 that says the same."""

import pytest

from ckanext.grandpoitiers.catalogue.answers import identifier
from ckanext.grandpoitiers.catalogue.hardened import canonical, read_xml
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.licences import read_rights
from ckanext.grandpoitiers.catalogue.record import (
    Box,
    Contact,
    Coupled,
    DateStamp,
    Identifier,
    Keyword,
    Period,
    Record,
    Resolution,
    Statement,
)

VERSIONS = dict.fromkeys(
    ("gco", "gcx", "gex", "lan", "mcc", "mco", "mmi", "mrd", "mri", "mrs"), "1.0"
)
NEWER = {"cit": "2.0", "mdb": "2.0", "mrl": "2.0", "srv": "2.1"}
OLDER = dict.fromkeys(NEWER, "1.0")


def namespaces(versions: dict[str, str]) -> str:
    ours = "".join(
        f' xmlns:{name}="http://standards.iso.org/iso/19115/-3/{name}/{version}"'
        for name, version in (VERSIONS | versions).items()
    )
    return (
        f'{ours} xmlns:mdq="http://standards.iso.org/iso/19157/-2/mdq/1.0"'
        ' xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )


def text(tag: str, value: str) -> str:
    return f"<{tag}><gco:CharacterString>{value}</gco:CharacterString></{tag}>"


def code(tag: str, element: str, value: str) -> str:
    return f'<{tag}><{element} codeList="#" codeListValue="{value}"/></{tag}>'


def date(tag: str, value: str, kind: str) -> str:
    return (
        f"<{tag}><cit:CI_Date><cit:date><gco:DateTime>{value}</gco:DateTime></cit:date>"
        f"{code('cit:dateType', 'cit:CI_DateTypeCode', kind)}</cit:CI_Date></{tag}>"
    )


def locale(tag: str, language: str, name: str) -> str:
    return (
        f'<{tag}><lan:PT_Locale id="{name}">{code("lan:language", "lan:LanguageCode", language)}'
        f"</lan:PT_Locale></{tag}>"
    )


CONTACT = (
    "<mri:pointOfContact><cit:CI_Responsibility>"
    + code("cit:role", "cit:CI_RoleCode", "owner")
    + "<cit:party><cit:CI_Organisation>"
    + text("cit:name", "Grand Poitiers")
    + "<cit:contactInfo><cit:CI_Contact><cit:phone><cit:CI_Telephone>"
    + text("cit:number", "05 49 00 00 01")
    + code("cit:numberType", "cit:CI_TelephoneTypeCode", "facsimile")
    + "</cit:CI_Telephone></cit:phone><cit:phone><cit:CI_Telephone>"
    + text("cit:number", "05 49 00 00 00")
    + code("cit:numberType", "cit:CI_TelephoneTypeCode", "voice")
    + "</cit:CI_Telephone></cit:phone><cit:address><cit:CI_Address>"
    + text("cit:electronicMailAddress", "sig@exemple.fr")
    + "</cit:CI_Address></cit:address></cit:CI_Contact></cit:contactInfo><cit:individual>"
    + "<cit:CI_Individual>"
    + text("cit:name", "Camille Martin")
    + text("cit:positionName", "Géomaticienne")
    + "</cit:CI_Individual></cit:individual></cit:CI_Organisation></cit:party>"
    + "</cit:CI_Responsibility></mri:pointOfContact>"
)
CITATION = (
    "<mri:citation><cit:CI_Citation><cit:title><gco:CharacterString>Street trees"
    "</gco:CharacterString><lan:PT_FreeText><lan:textGroup><lan:LocalisedCharacterString "
    'locale="#F">Arbres de rue</lan:LocalisedCharacterString></lan:textGroup></lan:PT_FreeText>'
    "</cit:title>"
    + text("cit:alternateTitle", "Arbres")
    + date("cit:date", "2020-03-01", "publication")
    + "<cit:identifier><mcc:MD_Identifier>"
    + text("mcc:code", "arbres")
    + text("mcc:codeSpace", "https://grandpoitiers.fr")
    + "</mcc:MD_Identifier></cit:identifier></cit:CI_Citation></mri:citation>"
)
LICENCE = (
    "<mri:resourceConstraints><mco:MD_LegalConstraints><mco:reference><cit:CI_Citation>"
    + text("cit:title", "Licence Ouverte 2.0")
    + "<cit:onlineResource><cit:CI_OnlineResource>"
    + text("cit:linkage", "https://www.etalab.gouv.fr/licence-ouverte-open-licence")
    + "</cit:CI_OnlineResource></cit:onlineResource></cit:CI_Citation></mco:reference>"
    + code("mco:useConstraints", "mco:MD_RestrictionCode", "license")
    + "</mco:MD_LegalConstraints></mri:resourceConstraints>"
)
EXTENT = (
    "<mri:extent><gex:EX_Extent><gex:geographicElement><gex:EX_GeographicBoundingBox>"
    + "".join(
        f"<gex:{side}><gco:Decimal>{value}</gco:Decimal></gex:{side}>"
        for side, value in (
            ("westBoundLongitude", 0.2),
            ("eastBoundLongitude", 0.5),
            ("southBoundLatitude", 46.5),
            ("northBoundLatitude", 46.7),
        )
    )
    + "</gex:EX_GeographicBoundingBox></gex:geographicElement><gex:temporalElement>"
    + '<gex:EX_TemporalExtent><gex:extent><gml:TimePeriod gml:id="t"><gml:beginPosition>2010'
    + "</gml:beginPosition><gml:endPosition>2020</gml:endPosition></gml:TimePeriod></gex:extent>"
    + "</gex:EX_TemporalExtent></gex:temporalElement></gex:EX_Extent></mri:extent>"
)
IDENTIFICATION = (
    CITATION
    + text("mri:abstract", "Un.")
    + CONTACT
    + "<mri:spatialResolution><mri:MD_Resolution><mri:equivalentScale>"
    "<mri:MD_RepresentativeFraction><mri:denominator><gco:Integer>5000</gco:Integer>"
    "</mri:denominator></mri:MD_RepresentativeFraction></mri:equivalentScale></mri:MD_Resolution>"
    "</mri:spatialResolution><mri:topicCategory><mri:MD_TopicCategoryCode>environment"
    "</mri:MD_TopicCategoryCode></mri:topicCategory>"
    + EXTENT
    + "<mri:resourceMaintenance><mmi:MD_MaintenanceInformation>"
    + code("mmi:maintenanceAndUpdateFrequency", "mmi:MD_MaintenanceFrequencyCode", "annually")
    + "</mmi:MD_MaintenanceInformation></mri:resourceMaintenance>"
    "<mri:graphicOverview><mcc:MD_BrowseGraphic><mcc:linkage><cit:CI_OnlineResource>"
    + text("cit:linkage", "https://a.fr/v.png")
    + "</cit:CI_OnlineResource></mcc:linkage></mcc:MD_BrowseGraphic></mri:graphicOverview>"
    "<mri:descriptiveKeywords><mri:MD_Keywords><mri:keyword>"
    '<gcx:Anchor xlink:href="http://inspire.ec.europa.eu/theme/lu">Usage des sols</gcx:Anchor>'
    "</mri:keyword><mri:thesaurusName><cit:CI_Citation>"
    + text("cit:title", "GEMET - INSPIRE themes")
    + "</cit:CI_Citation></mri:thesaurusName></mri:MD_Keywords></mri:descriptiveKeywords>"
    + LICENCE
    + locale("mri:defaultLocale", "fre", "F")
)
DATA = f"<mri:MD_DataIdentification>{IDENTIFICATION}</mri:MD_DataIdentification>"
TAIL = (
    "<mdb:distributionInfo><mrd:MD_Distribution><mrd:distributionFormat><mrd:MD_Format>"
    "<mrd:formatSpecificationCitation><cit:CI_Citation>"
    + text("cit:title", "ESRI Shapefile")
    + "</cit:CI_Citation></mrd:formatSpecificationCitation></mrd:MD_Format>"
    "</mrd:distributionFormat><mrd:transferOptions><mrd:MD_DigitalTransferOptions><mrd:onLine>"
    "<cit:CI_OnlineResource>"
    + text("cit:linkage", "https://a.fr/arbres.zip")
    + text("cit:protocol", "WWW:DOWNLOAD")
    + text("cit:name", "Arbres")
    + "</cit:CI_OnlineResource></mrd:onLine></mrd:MD_DigitalTransferOptions></mrd:transferOptions>"
    "</mrd:MD_Distribution></mdb:distributionInfo><mdb:dataQualityInfo><mdq:DQ_DataQuality>"
    "<mdq:report><mdq:DQ_DomainConsistency><mdq:result><mdq:DQ_ConformanceResult>"
    "<mdq:specification><cit:CI_Citation>"
    + text("cit:title", "Règlement 1089/2010")
    + "</cit:CI_Citation></mdq:specification><mdq:pass><gco:Boolean>true</gco:Boolean></mdq:pass>"
    "</mdq:DQ_ConformanceResult></mdq:result></mdq:DQ_DomainConsistency></mdq:report>"
    "</mdq:DQ_DataQuality></mdb:dataQualityInfo><mdb:resourceLineage><mrl:LI_Lineage>"
    + text("mrl:statement", "Relevé sur le terrain.")
    + "</mrl:LI_Lineage></mdb:resourceLineage>"
)


def record(
    identification: str = DATA,
    scope: str = "dataset",
    versions: dict[str, str] = NEWER,
) -> bytes:
    return (
        f"<mdb:MD_Metadata{namespaces(versions)}><mdb:metadataIdentifier><mcc:MD_Identifier>"
        + text("mcc:code", "fr-200069854-arbres")
        + text("mcc:codeSpace", "urn:uuid")
        + "</mcc:MD_Identifier></mdb:metadataIdentifier>"
        + locale("mdb:defaultLocale", "eng", "E")
        + "<mdb:parentMetadata><cit:CI_Citation><cit:identifier><mcc:MD_Identifier>"
        + text("mcc:code", "serie-1")
        + "</mcc:MD_Identifier></cit:identifier></cit:CI_Citation></mdb:parentMetadata>"
        + "<mdb:metadataScope><mdb:MD_MetadataScope>"
        + code("mdb:resourceScope", "mcc:MD_ScopeCode", scope)
        + "</mdb:MD_MetadataScope></mdb:metadataScope>"
        + date("mdb:dateInfo", "2024-05-03T13:34:34Z", "revision")
        + date("mdb:dateInfo", "2025-01-01T00:00:00Z", "creation")
        + date("mdb:dateInfo", "2020-01-01T00:00:00Z", "revision")
        + locale("mdb:otherLocale", "fre", "F")
        + "<mdb:referenceSystemInfo><mrs:MD_ReferenceSystem><mrs:referenceSystemIdentifier>"
        + "<mcc:MD_Identifier>"
        + text("mcc:code", "EPSG:2154")
        + "</mcc:MD_Identifier></mrs:referenceSystemIdentifier></mrs:MD_ReferenceSystem>"
        + f"</mdb:referenceSystemInfo><mdb:identificationInfo>{identification}"
        + f"</mdb:identificationInfo>{TAIL}</mdb:MD_Metadata>"
    ).encode()


@pytest.fixture(params=[OLDER, NEWER], ids=["2014", "2023"])
def parsed(request: pytest.FixtureRequest) -> Record:
    return parse(record(versions=request.param))


def test_the_record_itself_is_read(parsed: Record) -> None:
    """Identifier, parent, kind, the last revision and not the last date."""
    assert (parsed.file_identifier, parsed.parent_identifier) == ("fr-200069854-arbres", "serie-1")
    assert (parsed.hierarchy_level, parsed.date_stamp) == ("dataset", "2024-05-03T13:34:34Z")
    assert parsed.problems == ()


def test_texts_are_in_french_where_the_record_has_it(parsed: Record) -> None:
    assert (parsed.title, parsed.alternate_titles) == ("Arbres de rue", ("Arbres",))
    assert (parsed.abstract, parsed.lineage) == ("Un.", "Relevé sur le terrain.")
    assert [language[-3:] for language in parsed.languages] == ["FRA"]
    assert parsed.language.endswith("ENG")


def test_an_organisation_and_its_person_are_one_contact(parsed: Record) -> None:
    assert parsed.contacts == (
        Contact(
            organisation="Grand Poitiers",
            individual="Camille Martin",
            position="Géomaticienne",
            email="sig@exemple.fr",
            phone="05 49 00 00 00",
            url="",
            role="owner",
            scope="resource",
        ),
    )


def test_the_resource_is_described(parsed: Record) -> None:
    """Everything that the older encoding gives, from where the newer one puts it."""
    assert parsed.identifiers == (Identifier("arbres", "https://grandpoitiers.fr"),)
    assert parsed.dates == (DateStamp("2020-03-01", "publication"),)
    assert parsed.topic_categories == ("environment",)
    assert parsed.keyword_sets[0].keywords == (
        Keyword("Usage des sols", "http://inspire.ec.europa.eu/theme/lu"),
    )
    assert parsed.keyword_sets[0].thesaurus == "GEMET - INSPIRE themes"
    assert parsed.resolutions == (Resolution(scale=5000),)
    assert parsed.reference_systems == ("EPSG:2154",)
    assert parsed.boxes == (Box(0.2, 46.5, 0.5, 46.7),)
    assert parsed.extents[0].periods == (Period("2010", "2020"),)
    assert parsed.maintenance_frequency == "annually"
    assert parsed.thumbnail == "https://a.fr/v.png"
    assert parsed.conformances == (Statement("Règlement 1089/2010"),)
    assert parsed.formats == ("ESRI Shapefile",)


def test_links_are_classified_like_any_others(parsed: Record) -> None:
    link = parsed.distributions[0]
    assert (link.url, link.protocol, link.format) == ("https://a.fr/arbres.zip", "file", "SHP")


def test_a_licence_that_is_cited_is_recognised(parsed: Record) -> None:
    """By the title of the citation, or its address."""
    assert read_rights(parsed.constraints).license_id == "lov2"


def test_a_service_knows_what_it_operates_on() -> None:
    served = (
        f"<srv:SV_ServiceIdentification>{CITATION}<srv:serviceType><gco:ScopedName>view"
        '</gco:ScopedName></srv:serviceType><srv:operatesOn uuidref="abc"/>'
        "</srv:SV_ServiceIdentification>"
    )
    parsed = parse(record(served, scope="service"))
    assert (parsed.hierarchy_level, parsed.service_type) == ("service", "view")
    assert parsed.operates_on == (Coupled("abc", ""),)


def test_the_document_given_is_left_as_it_is() -> None:
    root = read_xml(record())
    before = canonical(root)
    parse(root)
    assert canonical(root) == before


def test_the_reader_of_pages_finds_its_identifier() -> None:
    assert identifier(read_xml(record())) == "fr-200069854-arbres"
