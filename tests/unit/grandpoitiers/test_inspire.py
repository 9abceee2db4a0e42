"""Vocabularies and what finds them: themes, licences, links, texts, and the form's choices."""

import json
from importlib import resources
from typing import Any

import pytest
import yaml

from ckanext.grandpoitiers.catalogue import inspire, licences, links
from ckanext.grandpoitiers.catalogue.licences import PUBLIC, RESTRICTED, read_rights, recognise
from ckanext.grandpoitiers.catalogue.links import Online, clean_url, read_link
from ckanext.grandpoitiers.catalogue.problems import Kind
from ckanext.grandpoitiers.catalogue.record import Constraints, Statement

EU = "http://publications.europa.eu/resource/authority"
CODELISTS = "http://inspire.ec.europa.eu/metadata-codelist"


class TestVocabularies:
    def test_the_directive_has_34_themes_and_the_standard_19_topics(self):
        assert len(inspire.INSPIRE_THEMES) == 34
        assert len(inspire.TOPIC_CATEGORIES) == 19

    @pytest.mark.parametrize(
        ("text", "href", "code"),
        [
            ("Réseaux de transport", "", "tn"),
            ("RESEAUX DE TRANSPORT", "", "tn"),
            ("Transport networks", "", "tn"),
            ("Services d'utilité publique et services publics", "", "us"),
            ("Transportnetze", "http://inspire.ec.europa.eu/theme/tn", "tn"),
            ("", "http://www.eionet.europa.eu/gemet/inspire-theme/hy", "hy"),
            ("", "http://inspire.ec.europa.eu/theme/zz", ""),
            ("Transports", "", ""),
        ],
    )
    def test_a_theme_is_found_by_its_address_or_its_label(self, text: str, href: str, code: str):
        assert inspire.inspire_theme(text, href) == code

    @pytest.mark.parametrize(
        "title", ["GEMET - INSPIRE themes, version 1.0", "GEMET inspire themes - version 1.0"]
    )
    def test_the_thesaurus_of_inspire_has_several_spellings(self, title: str):
        assert inspire.is_inspire_thesaurus(title)
        assert not inspire.is_inspire_thesaurus("GEMET themes")

    def test_topics_serve_for_eu_themes_only_where_inspire_says_nothing(self):
        assert inspire.theme_uris(("tn",), ("environment",)) == [
            f"{EU}/data-theme/TRAN",
            "http://inspire.ec.europa.eu/theme/tn",
        ]
        assert inspire.theme_uris((), ("environment",)) == [f"{EU}/data-theme/ENVI"]

    @pytest.mark.parametrize(
        ("code", "name"),
        [("annually", "ANNUAL"), ("biannually", "ANNUAL_2"), ("as Needed", "AS_NEEDED")],
    )
    def test_frequencies_are_those_of_the_eu(self, code: str, name: str):
        assert inspire.frequency(code) == f"{EU}/frequency/{name}"
        assert inspire.frequency("sometimes") == ""

    @pytest.mark.parametrize("value", ["fre", "fra", "FR", "fr-FR", "Français", "fre; FRA"])
    def test_french_is_french_under_all_its_names(self, value: str):
        assert inspire.language(value) == inspire.FRENCH

    def test_an_epsg_code_has_an_ogc_address_and_a_name_has_none(self):
        assert inspire.reference_system_uri("EPSG:2154") == (
            "http://www.opengis.net/def/crs/EPSG/0/2154"
        )
        assert inspire.reference_system_uri("Grille communale") == ""


class TestLicences:
    @pytest.mark.parametrize(
        ("text", "href", "license_id"),
        [
            ("Licence Ouverte 2.0", "", "lov2"),
            ("Licence Ouverte v2.0 (Etalab)", "", "lov2"),
            ("Licence Ouverte version 2.0 Open Licence version 2.0", "", "lov2"),
            ("ETALAB-Licence-Ouverte-v2.0.pdf", "", "lov2"),
            (
                "Licence Ouverte 1.0 http://www.data.gouv.fr/Licence-Ouverte-Open-Licence",
                "",
                "fr-lo",
            ),
            ("Licence ouverte", "", "fr-lo"),
            ("", "https://www.etalab.gouv.fr/licence-ouverte-open-licence", "fr-lo"),
            (
                "Licence Ouverte version 2.0",
                "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
                "lov2",
            ),
            ("Licence ODbL mai 2013 (basée sur ODbL 1.0)", "", "odc-odbl"),
            ("Licence ouverte ODbL", "", "odc-odbl"),
            ("Open Database License", "", "odc-odbl"),
            ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/deed.da", "cc-by"),
            ("CC BY 4.0", f"{EU}/licence/CC_BY_4_0", "cc-by"),
            ("CC-BY-SA", "", "cc-by-sa"),
            ("", "http://creativecommons.org/licenses/by-nc/4.0", "cc-nc"),
            ("", "https://creativecommons.org/licenses/by-nd/4.0/", "other-closed"),
            ("CC0 1.0", "", "cc-zero"),
            ("Creative Commons CC0 1.0 (Public Domain 1.0)", "", "cc-zero"),
            ("Open Government Licence", "", "uk-ogl"),
            ("Usage interne", "", ""),
        ],
    )
    def test_a_licence_is_recognised_in_words_or_in_a_link(self, text, href, license_id):
        assert recognise(Statement(text, href)) == license_id

    def test_the_text_of_a_licence_names_others_further_down(self):
        text = "Licence Ouverte 2.0, compatible avec CC BY 2.0 et ODC-BY"
        assert recognise(Statement(text)) == "lov2"

    def test_two_versions_of_one_licence_are_the_newer(self):
        rights = read_rights(
            [Constraints(others=(Statement("Licence Ouverte"), Statement("lov2")))]
        )
        assert (rights.license_id, rights.problems) == ("lov2", ())

    def test_two_licences_are_reported_and_the_first_kept(self):
        rights = read_rights([Constraints(others=(Statement("ODbL"), Statement("CC-BY")))])
        assert rights.license_id == "odc-odbl"
        assert [problem.kind for problem in rights.problems] == [Kind.SEVERAL_LICENCES]

    def test_a_licence_on_use_comes_before_one_on_access(self):
        access = Constraints(access_codes=("otherRestrictions",), others=(Statement("CC-BY"),))
        use = Constraints(use_codes=("license",), others=(Statement("ODbL"),))
        assert read_rights([access, use]).license_id == "odc-odbl"

    def test_the_licence_of_the_metadata_is_not_that_of_the_data(self):
        rights = read_rights([Constraints(use_limitations=(Statement("Métadonnées : CC BY-NC"),))])
        assert rights.license_id == licences.UNKNOWN

    @pytest.mark.parametrize(
        "statement",
        [
            Statement(
                "",
                f"{CODELISTS}/ConditionsApplyingToAccessAndUse/noConditionsApply",
            ),
            Statement("Aucune condition ne s'applique"),
        ],
    )
    def test_no_condition_at_all_is_open_without_a_licence(self, statement: Statement):
        assert read_rights([Constraints(others=(statement,))]).license_id == "other-open"

    @pytest.mark.parametrize(
        ("statement", "access"),
        [
            (Statement("", f"{CODELISTS}/LimitationsOnPublicAccess/noLimitations"), PUBLIC),
            (Statement("Pas de restriction d’accès public selon\nINSPIRE"), PUBLIC),
            (
                Statement(
                    "", f"{CODELISTS}/LimitationsOnPublicAccess/INSPIRE_Directive_Article13_1e"
                ),
                RESTRICTED,
            ),
            (Statement("L124-4-I-1 du code de l’environnement"), RESTRICTED),
            (
                Statement("Aucun des articles ne peut justifier une restriction d’accès public."),
                PUBLIC,
            ),
            (Statement("Usage interne"), ""),
        ],
    )
    def test_limits_on_public_access_are_those_of_inspire(self, statement, access):
        assert read_rights([Constraints(others=(statement,))]).access_rights == access

    def test_what_is_not_recognised_is_reported_with_its_words(self):
        rights = read_rights([Constraints(others=(Statement("Nous consulter"),))])
        assert rights.license_id == "notspecified"
        assert rights.conditions == ("Nous consulter",)
        assert [p.kind for p in rights.problems] == [Kind.LICENCE_NOT_RECOGNISED]
        assert [p.kind for p in read_rights([]).problems] == [Kind.NO_LICENCE]

    def test_every_licence_that_can_be_chosen_is_in_the_portal_s_list(self):
        listed = json.loads((resources.files("portal_config") / "licenses.json").read_text("utf-8"))
        assert set(licences.IDENTIFIERS) <= {licence["id"] for licence in listed}
        assert all(licence["title"] and licence["status"] == "active" for licence in listed)


class TestLinks:
    @pytest.mark.parametrize(
        ("protocol", "url", "expected"),
        [
            ("OGC:WMS", "https://a.fr/ows", "WMS"),
            ("OGC:WMS-1.3.0-http-get-capabilities", "https://a.fr/ows", "WMS"),
            ("OGC Web Map Service", "https://a.fr/ows", "WMS"),
            ("OGC:WMTS", "https://a.fr/ows", "WMTS"),
            ("OGC:WFS-1.1.0-http-get-feature", "https://a.fr/ows", "WFS"),
            ("OGC API - Features", "https://a.fr/api", "OGC API Features"),
            ("OGC API-Features", "https://a.fr/api", "OGC API Features"),
            ("ESRI:REST", "https://a.fr/x", "ESRI REST"),
            ("INSPIRE Atom", "https://a.fr/x", "ATOM"),
            ("OGC:CSW", "https://a.fr/x", "service"),
            ("", "https://a.fr/ows?SERVICE=WFS&request=GetCapabilities", "WFS"),
            ("WWW:LINK", "https://a.fr/geoserver/wms?layers=x", "WMS"),
            ("", "https://a.fr/arcgis/rest/services/Velo/MapServer/1", "ESRI REST"),
            ("", "https://a.fr/arcgis/services/Velo/MapServer/WMSServer", "WMS"),
            ("", "https://a.fr/collections/velo/items?f=json", "OGC API Features"),
            ("WWW:DOWNLOAD-1.0-http--download", "https://a.fr/get?id=3", "file"),
            ("WWW:LINK", "https://a.fr/velo.csv", "file"),
            ("image/jp2", "https://a.fr/tuile", "file"),
            ("text/html", "https://a.fr/velo", "page"),
            ("WWW:LINK-1.0-http--link", "https://a.fr/velo", "page"),
            ("", "https://a.fr/carte#/wms?service=wms", "page"),
        ],
    )  # fmt: skip
    def test_links_are_sorted_by_protocol(self, protocol: str, url: str, expected: str):
        found, problems = read_link(Online(url, protocol))
        assert found is not None
        assert (found.protocol, problems) == (expected, [])
        assert found.protocol in links.PROTOCOLS
        assert found.function in links.FUNCTIONS

    @pytest.mark.parametrize(
        ("name", "url", "layer"),
        [
            ("velo:arceaux", "https://a.fr/wms", "velo:arceaux"),
            ("arceaux,pistes", "https://a.fr/wms", "arceaux,pistes"),
            ("Arceaux à vélo", "https://a.fr/wms?LAYERS=velo", "velo"),
            ("WMS", "https://a.fr/wms?typeName=ns%3Avelo", "ns:velo"),
            ("Arceaux à vélo", "https://a.fr/wms", ""),
        ],
    )
    def test_the_layer_is_a_name_without_spaces_or_in_the_address(self, name, url, layer):
        found, _ = read_link(Online(url, "OGC:WMS", name))
        assert found is not None
        assert found.layer_name == layer

    @pytest.mark.parametrize(
        ("url", "formats", "expected"),
        [
            ("https://a.fr/velo.csv", (), "CSV"),
            ("https://a.fr/velo.zip", (), "ZIP"),
            ("https://a.fr/velo.zip", ("ESRI Shapefile (.shp)",), "SHP"),
            ("https://a.fr/velo.zip", ("SHP", "CSV"), "ZIP"),
            ("https://a.fr/velo.gpkg?v=1", (), "GPKG"),
        ],
    )
    def test_the_format_is_that_of_the_file_or_of_what_an_archive_holds(
        self, url: str, formats: tuple[str, ...], expected: str
    ):
        found, _ = read_link(Online(url), formats)
        assert found is not None
        assert found.format == expected

    @pytest.mark.parametrize(
        ("linkage", "kind"),
        [
            ("javascript:alert(1)", Kind.LINK_SCHEME),
            ("JAVASCRIPT:alert(1)", Kind.LINK_SCHEME),
            ("java\nscript:alert(1)", Kind.LINK_SCHEME),
            ("data:text/html,x", Kind.LINK_SCHEME),
            ("\\\\serveur\\partage", Kind.LINK_MALFORMED),
            ("http://", Kind.LINK_MALFORMED),
            ("http://[::1", Kind.LINK_MALFORMED),
            ("http://a.fr:port/", Kind.LINK_MALFORMED),
            ("https://a.fr/" + "a" * 5000, Kind.LINK_MALFORMED),
        ],
    )
    def test_what_is_no_web_address_is_refused(self, linkage: str, kind: Kind):
        url, problems = clean_url(linkage)
        assert url == ""
        assert [problem.kind for problem in problems] == [kind]

    def test_a_password_in_an_address_is_never_published(self):
        url, problems = clean_url("https://sig:secret@a.fr:8443/x")
        assert url == "https://a.fr:8443/x"
        assert "secret" not in problems[0].message()
        assert problems[0].kind is Kind.LINK_CREDENTIALS

    def test_quotes_and_spaces_are_escaped_and_tile_templates_stay(self):
        assert clean_url('https://a.fr/a b"<>/{z}/{x}')[0] == "https://a.fr/a%20b%22%3C%3E/{z}/{x}"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    text = (resources.files("portal_schemas") / "scheming" / "dataset.yaml").read_text("utf-8")
    return yaml.safe_load(text)


class TestForm:
    @pytest.mark.parametrize(
        ("group", "field", "values"),
        [
            ("dataset_fields", "topic_category", inspire.TOPIC_CATEGORIES),
            ("dataset_fields", "inspire_theme", inspire.INSPIRE_THEMES),
            ("dataset_fields", "frequency", inspire.FREQUENCIES.values()),
            ("dataset_fields", "language", inspire.LANGUAGES.values()),
            ("dataset_fields", "iso_type", inspire.RESOURCE_TYPES.values()),
            ("resource_fields", "protocol", links.PROTOCOLS),
            ("resource_fields", "function", links.FUNCTIONS),
        ],
    )
    def test_the_choices_of_a_field_are_the_vocabulary(self, schema, group, field, values):
        (found,) = (f for f in schema[group] if f["field_name"] == field)
        assert {choice["value"] for choice in found["choices"]} == set(values)

    def test_every_field_has_a_label_and_help(self, schema: dict[str, Any]):
        for field in (*schema["dataset_fields"], *schema["resource_fields"]):
            assert field["label"], field
            assert field["help_text"], field
