"""From a record to the dataset dict that CKAN stores."""

import json
import re
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue import inspire
from ckanext.grandpoitiers.catalogue.dataset import (
    MappingContext,
    dataset_name,
    digest,
    inspire_codes,
    to_dataset,
)
from ckanext.grandpoitiers.catalogue.errors import CatalogueError
from ckanext.grandpoitiers.catalogue.hardened import canonical, read_xml
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.matching import match_themes
from ckanext.grandpoitiers.catalogue.problems import Kind
from ckanext.grandpoitiers.catalogue.record import (
    Box,
    Constraints,
    Contact,
    Coupled,
    DateStamp,
    Distribution,
    Extent,
    Identifier,
    Keyword,
    KeywordSet,
    Period,
    Record,
    Resolution,
    Statement,
)
from ckanext.grandpoitiers.catalogue.territory import Commune

EU = "http://publications.europa.eu/resource/authority"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Theme(NamedTuple):
    name: str
    inspire_themes: tuple[str, ...] = ()
    topic_categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


THEMES = (
    Theme("transports", ("tn",), ("transportation",), ("vélo", "stationnement")),
    Theme("environnement", ("hy", "ps"), ("environment",), ("arbre", "biodiversité")),
    Theme("referentiels", ("ad",), ("location",), ("adresse",)),
)


COMMUNES = (Commune("86194", "Poitiers", Box(0.29, 46.54, 0.45, 46.63), (0.343, 46.583)),)


def words(*texts: str, thesaurus: str = "", kind: str = "theme") -> KeywordSet:
    return KeywordSet(tuple(Keyword(text) for text in texts), kind, thesaurus)


def link(url: str, protocol: str = "page", function: str = "document", **more: str) -> Distribution:
    return Distribution(url=url, protocol=protocol, function=function, **more)


def record(**fields: Any) -> Record:
    return Record(**{"file_identifier": "guid-1", "title": "Arbres d’alignement"} | fields)


def mapped(context: MappingContext | None = None, **fields: Any) -> dict[str, Any]:
    return to_dataset(record(**fields), context or MappingContext())[0]


def problems(context: MappingContext | None = None, **fields: Any) -> list[Kind]:
    found = to_dataset(record(**fields), context or MappingContext())[1]
    return [problem.kind for problem in found]


class TestName:
    def test_the_name_is_made_of_the_title_and_of_a_mark_of_the_identifier(self):
        assert dataset_name("Arbres d’alignement (été)", "a") == "arbres-d-alignement-ete-ca978112"

    def test_two_records_with_one_title_have_two_names(self):
        assert dataset_name("Arbres", "a") != dataset_name("Arbres", "b")

    @given(st.text(), st.text())
    def test_any_title_and_identifier_give_a_name_that_ckan_takes(self, title: str, guid: str):
        safe = guid.encode("utf-8", "ignore").decode()
        assert re.fullmatch(r"[a-z0-9_-]{2,100}", dataset_name(title, safe))


class TestIdentity:
    def test_the_dataset_has_no_id_and_the_owner_only_when_given(self):
        assert "id" not in mapped()
        assert "owner_org" not in mapped()
        assert mapped(MappingContext(organisation="ville"))["owner_org"] == "ville"

    def test_the_record_s_identifier_is_the_dataset_s_and_the_others_are_alternates(self):
        dataset = mapped(identifiers=(Identifier("guid-1"), Identifier("a", "https://b.fr")))
        assert dataset["identifier"] == dataset["harvest_guid"] == "guid-1"
        assert dataset["alternate_identifier"] == ["https://b.fr/a"]

    def test_the_page_of_origin_is_the_catalogue_s_or_the_first_page(self):
        context = MappingContext(landing_page="https://geo.fr/?id={guid}")
        assert mapped(context, file_identifier="{a&b}")["url"] == "https://geo.fr/?id=%7Ba%26b%7D"
        assert mapped(distributions=(link("https://a.fr/page"),))["url"] == "https://a.fr/page"
        assert "url" not in mapped()

    def test_a_service_names_the_datasets_it_serves(self):
        served = (Coupled("a", "https://x"), Coupled("b", ""))
        dataset = mapped(hierarchy_level="service", operates_on=served)
        assert dataset["operates_on"] == ["a", "b"]
        assert dataset["iso_type"] == "service"

    def test_blank_fields_are_left_out(self):
        assert all(value not in ("", [], None) for value in mapped().values())


class TestTimes:
    def test_issued_is_the_first_publication_and_modified_the_last_change(self):
        dates = (
            DateStamp("2010", "creation"),
            DateStamp("2015-05-01", "publication"),
            DateStamp("2012-01-01", "publication"),
            DateStamp("2020-06-01", "revision"),
            DateStamp("2019-06-01", "revision"),
        )
        dataset = mapped(dates=dates)
        assert (dataset["issued"], dataset["modified"]) == ("2012-01-01", "2020-06-01")
        assert dataset["created"] == "2010"

    def test_a_dataset_is_never_older_than_its_publication(self):
        dates = (DateStamp("2017-11-10", "publication"), DateStamp("2017-06-30", "revision"))
        assert mapped(dates=dates)["modified"] == "2017-11-10"

    def test_periods_keep_their_open_ends(self):
        extents = (Extent(periods=(Period("2010", ""), Period("2010", ""), Period("", "2020"))),)
        assert mapped(extents=extents)["temporal_coverage"] == [{"start": "2010"}, {"end": "2020"}]

    def test_an_unknown_frequency_is_left_out_and_reported(self):
        assert mapped(maintenance_frequency="weekly")["frequency"] == f"{EU}/frequency/WEEKLY"
        assert "frequency" not in mapped(maintenance_frequency="parfois")
        assert Kind.UNKNOWN_CODE in problems(maintenance_frequency="parfois")


class TestPeople:
    @staticmethod
    def person(role: str, organisation: str, scope: str = "resource", email: str = "") -> Contact:
        return Contact(organisation, "", "", email, "", "", role, scope)

    def test_contacts_of_the_data_keep_their_roles_whom_to_ask_first(self):
        contacts = (
            self.person("owner", "Ville"),
            self.person("pointOfContact", "Service SIG", email="sig@a.fr"),
            self.person("custodian", "Service SIG", email="sig@a.fr"),
            self.person("distributor", "Région", "distributor"),
            self.person("pointOfContact", "Auteur de la fiche", "metadata"),
        )
        dataset = mapped(contacts=contacts)
        assert dataset["contact"] == [
            {"name": "Service SIG", "email": "sig@a.fr", "role": "pointOfContact"},
            {"name": "Ville", "role": "owner"},
            {"name": "Région", "role": "distributor"},
        ]
        assert dataset["publisher"] == [{"name": "Ville"}]

    def test_the_author_of_a_record_answers_when_nobody_else_does(self):
        contacts = (self.person("pointOfContact", "Service SIG", "metadata"),)
        assert mapped(contacts=contacts)["contact"][0]["name"] == "Service SIG"

    def test_publishers_come_before_owners_and_originators_create(self):
        contacts = (
            self.person("owner", "Ville"),
            self.person("publisher", "Grand Poitiers"),
            self.person("originator", "Bureau d’études"),
        )
        dataset = mapped(contacts=contacts)
        assert dataset["publisher"] == [{"name": "Grand Poitiers"}]
        assert dataset["creator"] == [{"name": "Bureau d’études"}]

    def test_a_role_outside_the_standard_is_left_out(self):
        dataset = mapped(contacts=(self.person("Technical", "Service SIG"),))
        assert dataset["contact"] == [{"name": "Service SIG"}]


class TestSpace:
    def test_the_extent_is_geojson_text(self):
        extents = (Extent("Vienne", ("86",), (Box(0, 46, 1, 47),)),)
        dataset = mapped(extents=extents)
        shape = json.loads(dataset["spatial"])
        assert shape["type"] == "Polygon"
        assert dataset["spatial_coverage"] == [{"text": "Vienne", "bbox": dataset["spatial"]}]

    def test_resolution_is_for_people_and_metres_for_programs(self):
        resolutions = (Resolution(scale=5000), Resolution(metres=2.0), Resolution(metres=0.5))
        dataset = mapped(resolutions=resolutions)
        assert dataset["spatial_resolution"] == "1:5000, 2 m, 0.5 m"
        assert dataset["spatial_resolution_in_meters"] == "0.5"

    def test_what_the_data_conforms_to_includes_its_reference_system(self):
        dataset = mapped(
            reference_systems=("EPSG:2154", "Local"),
            conformances=(Statement("Règlement 1089", "http://a/1089"), Statement("CNIG PLU")),
        )
        assert dataset["reference_system"] == ["EPSG:2154", "Local"]
        assert dataset["conforms_to"] == [
            "http://a/1089",
            "CNIG PLU",
            "http://www.opengis.net/def/crs/EPSG/0/2154",
        ]

    def test_a_table_without_extent_is_no_problem_and_a_map_without_is(self):
        assert Kind.NO_EXTENT in problems()
        assert Kind.NO_EXTENT not in problems(hierarchy_level="nonGeographicDataset")


class TestSubjects:
    def test_inspire_themes_come_from_their_thesaurus_or_by_their_address(self):
        sets = (
            words("Réseaux de transport", thesaurus="GEMET - INSPIRE themes, version 1.0"),
            words("Hydrographie"),
            KeywordSet((Keyword("Adr.", "http://inspire.ec.europa.eu/theme/ad"),)),
        )
        dataset = mapped(keyword_sets=sets)
        assert dataset["inspire_theme"] == ["ad", "tn"]
        assert dataset["theme"] == [
            f"{EU}/data-theme/TRAN",
            f"{EU}/data-theme/REGI",
            "http://inspire.ec.europa.eu/theme/tn",
            "http://inspire.ec.europa.eu/theme/ad",
        ]
        assert dataset["tags"] == [{"name": "Hydrographie"}, {"name": "Adr."}]

    def test_tags_are_what_ckan_takes_each_once_whatever_their_case(self):
        sets = (words("Eau d’irrigation", "eau d'irrigation", "PLU/PLUi", "a", "un, deux; trois"),)
        names = [tag["name"] for tag in mapped(keyword_sets=sets)["tags"]]
        assert names == ["Eau dʼirrigation", "PLU PLUi", "un", "deux", "trois"]
        assert all(re.fullmatch(r"[\w \-.]{2,100}", name) for name in names)

    def test_the_category_of_high_value_data_is_kept(self):
        href = "http://data.europa.eu/bna/c_ac64a52d"
        sets = (
            KeywordSet((Keyword("Géospatiales", href),), thesaurus="High-value dataset categories"),
        )
        dataset = mapped(keyword_sets=sets)
        assert dataset["hvd_category"] == [href]
        assert "tags" not in dataset

    def test_lists_that_no_page_can_show_are_cut_and_reported(self):
        sets = (words(*(f"mot {i}" for i in range(400))),)
        assert len(mapped(keyword_sets=sets)["tags"]) == 300
        assert Kind.TOO_MANY in problems(keyword_sets=sets)


class TestThemes:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"keyword_sets": (words("Stationnements"),)}, [("transports", "keyword")]),
            ({"keyword_sets": (words("STATIONNEMENT VÉLO"),)}, [("transports", "words")]),
            ({"topic_categories": ("environment",)}, [("environnement", "topic")]),
            ({"title": "Les arbres de la ville"}, [("environnement", "words")]),
            ({"title": "Budget"}, []),
            (
                {"keyword_sets": (words("vélo"),), "topic_categories": ("environment",)},
                [("transports", "keyword")],
            ),
        ],
    )
    def test_the_most_certain_rule_decides_and_says_so(self, fields, expected):
        matches = match_themes(record(**({"title": "X"} | fields)), (), THEMES)
        assert [(match.theme, match.rule) for match in matches] == expected

    def test_an_inspire_theme_and_a_keyword_both_count(self):
        matches = match_themes(record(keyword_sets=(words("arbre"),)), ["tn"], THEMES)
        assert [(m.theme, m.rule, m.value) for m in matches] == [
            ("transports", "inspire", "tn"),
            ("environnement", "keyword", "arbre"),
        ]

    def test_themes_become_groups_and_their_absence_a_problem(self):
        context = MappingContext(themes=THEMES)
        assert mapped(context)["groups"] == [{"name": "environnement"}]
        assert Kind.NO_THEME in problems(context, title="Budget")
        assert Kind.NO_THEME not in problems(MappingContext(), title="Budget")


class TestCommunes:
    def test_communes_become_the_territory(self):
        context = MappingContext(communes=(Commune("86194", "Poitiers"),))
        assert mapped(context, keyword_sets=(words("poitiers"),))["territory"] == ["86194"]


class TestResources:
    WMS = link(
        "https://a.fr/ows", "WMS", "view", layer_name="velo", description="Carte des arceaux"
    )
    WFS = link("https://a.fr/ows", "WFS", "download", layer_name="velo")
    CSV = link("https://a.fr/velo.csv", "file", "download", format="CSV")
    PAGE = link("https://a.fr/velo", name="Le vélo à Poitiers")

    def test_data_comes_first_and_pages_last(self):
        dataset = mapped(distributions=(self.PAGE, self.WMS, self.WFS, self.CSV))
        assert [r["protocol"] for r in dataset["resources"]] == ["file", "WFS", "WMS", "page"]

    def test_ids_are_stable_unique_and_do_not_depend_on_order_or_texts(self):
        links = (self.PAGE, self.WMS, self.WFS, self.CSV)
        renamed = (self.CSV, self.WFS, link("https://a.fr/velo", name="Autre"), self.WMS)
        first, second = (
            {r["url"] + r["protocol"]: r["id"] for r in mapped(distributions=d)["resources"]}
            for d in (links, renamed)
        )
        assert first == second
        assert len(set(first.values())) == 4
        assert all(UUID.fullmatch(identifier) for identifier in first.values())

    def test_the_same_link_in_two_records_has_two_ids(self):
        ids = {
            mapped(file_identifier=g, distributions=(self.CSV,))["resources"][0]["id"] for g in "ab"
        }
        assert len(ids) == 2

    def test_the_same_link_twice_is_one_resource(self):
        assert (
            len(
                mapped(
                    distributions=(
                        self.CSV,
                        link(**{"url": self.CSV.url, "protocol": "file", "name": "Bis"}),
                    )
                )["resources"]
            )
            == 1
        )

    @pytest.mark.parametrize(
        ("distribution", "name"),
        [
            (WMS, "Carte des arceaux"),
            (WFS, "WFS velo"),
            (CSV, "velo.csv"),
            (PAGE, "Le vélo à Poitiers"),
            (link("https://a.fr/"), "a.fr"),
        ],
    )
    def test_a_resource_has_a_name_for_people(self, distribution: Distribution, name: str):
        assert mapped(distributions=(distribution,))["resources"][0]["name"] == name

    def test_a_service_is_described_as_dcat_describes_services(self):
        (service,) = mapped(distributions=(self.WMS,))["resources"][0]["access_services"]
        assert service == {
            "title": "Carte des arceaux",
            "endpoint_url": ["https://a.fr/ows"],
            "conforms_to": ["http://www.opengis.net/def/serviceType/ogc/wms"],
        }

    def test_documents_are_listed_as_documentation_too(self):
        assert mapped(distributions=(self.PAGE,))["documentation"] == ["https://a.fr/velo"]

    def test_a_dataset_without_link_is_reported(self):
        assert Kind.NO_LINK in problems()


class TestRights:
    def test_licence_access_and_conditions(self):
        constraints = (
            Constraints(
                use_codes=("license",),
                others=(Statement("Licence Ouverte 2.0"), Statement("Citer Grand Poitiers")),
            ),
            Constraints(
                access_codes=("otherRestrictions",),
                others=(Statement("Pas de restriction d’accès public"),),
            ),
        )
        dataset = mapped(constraints=constraints)
        assert dataset["license_id"] == "lov2"
        assert dataset["access_rights"] == f"{EU}/access-right/PUBLIC"
        assert dataset["use_constraints"] == (
            "Licence Ouverte 2.0\n\nCiter Grand Poitiers\n\nPas de restriction d’accès public"
        )


class TestDigest:
    def test_it_changes_with_the_record_and_with_what_maps_it(self):
        contexts = (
            MappingContext(),
            MappingContext(organisation="ville"),
            MappingContext(themes=THEMES),
            MappingContext(communes=COMMUNES),
            MappingContext(source_title="SIG"),
        )
        digests = [digest(b"<a/>", c) for c in contexts] + [digest(b"<b/>", MappingContext())]
        assert len(set(digests)) == len(digests)
        assert digest(b"<a/>", MappingContext()) == digest(b"<a/>", MappingContext())


@cache
def schema_fields(group: str) -> set[str]:
    text = (resources.files("portal_schemas") / "scheming" / "dataset.yaml").read_text("utf-8")
    return {field["field_name"] for field in yaml.safe_load(text)[group]}


def recorded(real_data: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((real_data / "csw" / "iso19139").rglob("*.xml"))]


def test_every_field_that_real_records_fill_is_in_the_schema_and_valid(real_data: Path):
    context = MappingContext(themes=THEMES, communes=COMMUNES, organisation="ville")
    core = {"type", "tags", "groups", "resources"}
    names: set[str] = set()
    for xml in recorded(real_data):
        try:
            dataset, _ = to_dataset(parse(xml), context)
        except CatalogueError:
            continue
        names.add(dataset["name"])
        assert set(dataset) - core <= schema_fields("dataset_fields")
        assert all(re.fullmatch(r"[\w \-.]{2,100}", t["name"]) for t in dataset.get("tags", ()))
        for resource in dataset.get("resources", ()):
            assert set(resource) - {"id"} <= schema_fields("resource_fields")
            assert resource["url"].startswith(("http://", "https://", "ftp://"))
        assert set(dataset.get("inspire_theme", ())) <= set(inspire.INSPIRE_THEMES)
        assert json.loads(json.dumps(dataset)) == dataset
    assert len(names) > 150


def test_the_same_bytes_always_give_the_same_dataset(real_data: Path):
    for xml in recorded(real_data)[:60]:
        try:
            first = to_dataset(parse(xml), MappingContext(themes=THEMES))
        except CatalogueError:
            continue
        second = to_dataset(parse(read_xml(xml)), MappingContext(themes=THEMES))
        assert json.dumps(first[0]) == json.dumps(second[0])
        assert first[1] == second[1]
        assert canonical(read_xml(xml)) == canonical(read_xml(xml))


def test_every_real_inspire_keyword_of_a_french_record_is_recognised(real_data: Path):
    unknown: set[str] = set()
    for xml in recorded(real_data):
        try:
            parsed = parse(xml)
        except CatalogueError:
            continue
        for group in parsed.keyword_sets:
            if parsed.language == inspire.FRENCH and inspire.is_inspire_thesaurus(
                group.thesaurus, group.thesaurus_href
            ):
                codes = inspire_codes(record(keyword_sets=(group,)))
                unknown |= set() if codes else {k.text for k in group.keywords}
    # A plan of easements that names its own subject as if the directive knew it.
    assert unknown == {"Servitude d'utilité publique"}
