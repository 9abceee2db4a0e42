"""What leaves the portal, asked as its readers ask: by address, by format, page after page."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.lib.redis import connect_to_redis
from ckan.tests import factories, helpers
from ckanext.harvest.model import HarvestSource
from pyoxigraph import Literal, NamedNode, Triple

from ckanext.grandpoitiers import seeding
from ckanext.grandpoitiers.catalogue import jobs as harvests
from ckanext.grandpoitiers.interchange import export, jobs, prepared, reading, structured
from ckanext.grandpoitiers.interchange.documents import EXTENSIONS, FORMATS
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.reading import snapshot
from ckanext.grandpoitiers.interchange.scope import Scope
from ckanext.grandpoitiers.interchange.vocabulary import DCAT, DCT, DQV, HYDRA, SCHEMAS, TYPE
from ckanext.scdl.model import reports
from tests.catalogues import Catalogue
from tests.exports import canonical, parsed

SITE = "http://test.portail.example"

pytestmark = pytest.mark.usefixtures("clean_db", "clean_index")


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Nothing is remembered from one test to the next."""
    connect_to_redis().flushdb()
    prepared.clear()
    yield
    connect_to_redis().flushdb()


@pytest.fixture
def organisation() -> dict[str, Any]:
    return factories.Organization(name="geomatique", title="Géomatique")


def make(organisation: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A public dataset of the organisation."""
    return factories.Dataset(**({"owner_org": organisation["id"], "license_id": "lov2"} | fields))


def act(action: str, **fields: Any) -> Any:
    """Carry it out as the site itself: ckanext-activity asks for a user."""
    site = helpers.call_action("get_site_user")
    return helpers.call_action(action, {"user": site["name"]}, **fields)


def get(app: Any, address: str, status: int = 200, **headers: str) -> Any:
    return app.get(address, status=status, headers=headers)


def triples(app: Any, address: str) -> list[Triple]:
    extension = address.partition("?")[0].rpartition(".")[2]
    return parsed(get(app, address).data, EXTENSIONS[extension].rdf)


def subjects(found: list[Triple]) -> set[str]:
    """The datasets."""
    said = [one for one in found if one.predicate == TYPE and one.object == DCAT("Dataset")]
    return {one.subject.value for one in said}


def uri(dataset: dict[str, Any]) -> str:
    return f"{SITE}/dataset/{dataset['id']}"


class TestAddresses:
    def test_every_format_gives_the_same_graph(self, app: Any, organisation: Any) -> None:
        make(organisation, notes="Été « brut » & <b>", tags=[{"name": "un mot"}])
        graphs = [canonical(triples(app, f"/catalog.{one.extension}")) for one in FORMATS]
        assert all(graph == graphs[0] for graph in graphs)
        assert len(graphs[0]) > 20

    def test_a_dataset_an_organisation_a_theme_a_commune_and_the_whole(
        self, app: Any, organisation: Any
    ) -> None:
        seeding.carry_out(seeding.prepare(force=False))
        elsewhere = make(factories.Organization())
        here = make(organisation, groups=[{"name": "transports"}], territory=["86194"])
        for address in (
            f"/dataset/{here['name']}.ttl", f"/dataset/{here['id']}.nt", "/group/transports.rdf",
            "/organization/geomatique.jsonld", "/commune/86194.xml",
        ):  # fmt: skip
            assert subjects(triples(app, address)) == {uri(here)}, address
        assert subjects(triples(app, "/catalog.ttl")) == {uri(here), uri(elsewhere)}

    def test_programs_get_rdf_where_people_get_pages(self, app: Any, organisation: Any) -> None:
        dataset = make(organisation)
        addresses = ("/", f"/dataset/{dataset['name']}", "/organization/geomatique")
        for address, syntax in product(addresses, FORMATS):
            answer = get(app, address, Accept=syntax.media_type.partition(";")[0])
            assert answer.headers["Content-Type"] == syntax.media_type
            assert uri(dataset) in subjects(parsed(answer.data, syntax.rdf))
        for address, accept in product(addresses, ("text/html", "*/*")):
            page = get(app, address, Accept=accept)
            assert page.headers["Content-Type"].startswith("text/html")
            assert "Accept" in page.headers["Vary"]

    def test_what_is_not_there_is_said(self, app: Any) -> None:
        for address, status in (
            ("/dataset/nothing.ttl", 404), ("/organization/nothing.ttl", 404),
            ("/group/nothing.ttl", 404), ("/commune/75056.ttl", 404), ("/catalog.csv", 404),
            ("/catalog.ttl?page=0", 400), ("/catalog.ttl?page=x", 400),
            ("/catalog.ttl?page=99999999999999999999", 400), ("/catalog.ttl?profile=x", 400),
            ("/catalog.ttl?page=1&after=" + "x" * 5000, 200), ("/catalog.ttl?page=999", 200),
            ("/dataset/nothing.csv", 404), ("/dataset_series/nothing.ttl", 404),
        ):  # fmt: skip
            get(app, address, status)

    def test_ckanext_dcat_says_the_same_by_its_own_actions(
        self, app: Any, organisation: Any
    ) -> None:
        """Its action and its profile go through ours."""
        dataset = make(organisation, contact=[{"name": "A"}], tags=[{"name": "un mot"}])
        with app.flask_app.test_request_context():
            written = helpers.call_action("dcat_dataset_show", id=dataset["id"], format="nt")
        ours = triples(app, f"/dataset/{dataset['id']}.nt")
        assert canonical(parsed(written.encode(), EXTENSIONS["nt"].rdf)) == canonical(ours)


class TestReading:
    def test_the_database_gives_what_package_show_gives(self, app: Any, organisation: Any) -> None:
        """For every field that an export uses, on a dataset that has them all."""
        made = make(
            organisation, contact=[{"name": "Été", "email": "a@b.example"}], language=[],
            tags=[{"name": "zinc"}, {"name": "abri"}], conforms_to=["x", "y"], theme=["http://a.example"],
            spatial_coverage=[{"text": "Ici", "uri": "http://b.example"}], territory=["86194"],
            temporal_coverage=[{"start": "2024", "end": "2025"}], frequency=None, version="1",
            alternate_identifier=["z"], issued="2024-02", provenance="De\nloin", url="http://c.example",
            resources=[
                {"url": "www.a.example/b", "size": 12, "name": "n", "hash": "ab"},
                {"url": "http://a.example/wms", "access_services": [
                    {"title": "t", "endpoint_url": ["http://a.example/wms"]}]},
            ],
        )  # fmt: skip
        shown = helpers.call_action("package_show", id=made["id"])
        with snapshot() as found:
            (read,) = found.datasets([made["id"]])
        fields = set(read) - {"resources", "tags", "groups"}
        assert {n: read[n] for n in fields if read[n]} == {n: shown[n] for n in fields if shown[n]}
        assert set(read) >= {"contact", "territory", "temporal_coverage", "conforms_to"}
        assert read["tags"] == [{"name": one["name"]} for one in shown["tags"]]
        for one, other in zip(read["resources"], shown["resources"], strict=True):
            assert {n: v for n, v in one.items() if v} == {n: other[n] for n in one if other.get(n)}

    def test_one_dataset_is_read_as_among_all(self, app: Any, organisation: Any) -> None:
        """Asked for alone or with the others, by its name or its id; what is not public is not."""
        seeding.carry_out(seeding.prepare(force=False))
        made = [
            make(
                organisation, groups=[{"name": "transports"}], tags=[{"name": "bus"}],
                resources=[{"url": "https://a.example/b.csv"}] * rank,
            )
            for rank in range(3)
        ]  # fmt: skip
        hidden = make(organisation, private=True)
        with snapshot() as found:
            whole = found.versions(Scope())
            for one in whole:
                assert found.versions(Scope(), [one.id]) == [one]
            assert found.versions(Scope(), [one.id for one in whole]) == whole
            for one in made:
                assert found.find(one["name"]) == found.find(one["id"]) == one["id"]
            assert [found.find(hidden[key]) for key in ("name", "id")] == [None, None]
            assert found.versions(Scope(), [hidden["id"]]) == []

    def test_a_page_asks_no_more_of_a_larger_portal(self, app: Any, organisation: Any) -> None:
        """As many statements, and none that adds up a whole table."""
        dataset = make(organisation, resources=[{"url": "https://a.example/b.csv"}])

        def asked() -> list[str]:
            statements: list[str] = []

            def listen(conn: Any, cursor: Any, statement: str, *args: Any) -> None:
                statements.append(statement)

            sa.event.listen(model.meta.engine, "before_cursor_execute", listen)
            try:
                assert structured.dataset(dataset["name"])
                assert export.problems(dataset["name"])
                assert triples(app, f"/dataset/{dataset['name']}.nt")
            finally:
                sa.event.remove(model.meta.engine, "before_cursor_execute", listen)
            return statements

        asked()
        few = asked()
        for _ in range(5):
            make(organisation, resources=[{"url": "https://a.example/b.csv"}])
        asked()  # the first visit after a change reads the themes again
        assert len(asked()) == len(few)
        sums = re.compile(
            r"SELECT (?:package_id|table_id|f\.package_id), bit_xor.*?GROUP BY", re.DOTALL
        )
        found = [part for one in few for part in sums.findall(one)]
        assert found
        assert all("ids)" in part for part in found)

    def test_a_document_is_of_one_instant(self, app: Any, organisation: Any) -> None:
        """Datasets change, go and come while it is written: it is as it was when it began."""
        made = [make(organisation, title=f"Avant {rank}") for rank in range(5)]
        with export.catalogue_export(Scope(), EXTENSIONS["nt"], Profile.DCAT_AP_3) as found:
            assert found is not None
            chunks = found.chunks()
            written = [next(chunks)]
            for one in made[:3]:
                act("package_patch", id=one["id"], title="Après")
            act("package_delete", id=made[3]["id"])
            late = make(organisation, title="Nouveau")
            written += list(chunks)
        said = parsed(b"".join(written), EXTENSIONS["nt"].rdf)
        titles = {one.object.value for one in said if one.predicate == DCT("title")}
        assert {f"Avant {rank}" for rank in range(5)} <= titles
        assert not titles & {"Après", "Nouveau"}
        now = triples(app, "/catalog.nt")
        assert subjects(now) == {uri(one) for one in (*made[:3], made[4], late)}

    def test_a_document_begins_before_its_datasets_are_read(self, organisation: Any) -> None:
        """And goes on a piece at a time, whatever the catalogue's size."""
        for _ in range(4):
            make(organisation, notes="mot " * 10_000)
        with export.catalogue_export(Scope(), EXTENSIONS["nt"], Profile.DCAT_AP_3) as found:
            assert found is not None
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(export.prepared, "pieces", None)
                chunks = found.chunks()
                assert next(chunks)
            rest = list(chunks)
        assert len(rest) >= 3
        assert max(map(len, rest)) < 2 * export.CHUNK

    def test_only_what_everybody_may_see_is_read(self, organisation: Any) -> None:
        """A plugin that decides who sees what is asked."""
        seen, hidden = make(organisation), make(organisation)

        class Labels:
            def get_dataset_labels(self, dataset: Any) -> list[str]:
                return ["agents"] if dataset.id == hidden["id"] else ["public"]

            def get_user_dataset_labels(self, user: Any) -> list[str]:
                return ["public"]

        with pytest.MonkeyPatch.context() as patch, snapshot() as found:
            patch.setattr(reading.lib_plugins, "get_permission_labels", Labels)
            assert [one.id for one in found.versions(Scope())] == [seen["id"]]


class TestConditional:
    def test_nothing_is_sent_twice(self, app: Any, organisation: Any) -> None:
        dataset = make(organisation)
        for address in (
            "/catalog.ttl",
            f"/dataset/{dataset['id']}.ttl",
            "/organization/geomatique.nt",
        ):
            first = get(app, address)
            etag, date = first.headers["ETag"], first.headers["Last-Modified"]
            assert get(app, address, 304, **{"If-None-Match": etag}).data == b""
            # As a proxy that compresses writes it.
            assert get(app, address, 304, **{"If-None-Match": f"W/{etag}"}).data == b""
            assert get(app, address, 304, **{"If-Modified-Since": date}).data == b""
            assert app.flask_app.test_client().head(address).headers["ETag"] == etag
            get(app, address, 200, **{"If-None-Match": '"other"'})

    def test_every_change_is_seen_at_once(self, app: Any, organisation: Any) -> None:
        """Of the dataset, of what it hangs on, and of what is no more."""
        seeding.carry_out(seeding.prepare(force=False))
        dataset, other = make(organisation), make(organisation)
        changes = [
            lambda: act("package_patch", id=dataset["id"], notes="Autre"),
            lambda: factories.Resource(package_id=dataset["id"], url="http://a.example/b"),
            lambda: act(
                "member_create", id="transports", object=dataset["id"], object_type="package",
                capacity="public",
            ),
            lambda: act("organization_patch", id="geomatique", title="Autre nom"),
            lambda: act("package_patch", id=other["id"], private=True),
            lambda: act("package_delete", id=dataset["id"]),
        ]  # fmt: skip
        seen = {get(app, "/catalog.ttl").headers["ETag"]}
        for rank, change in enumerate(changes, 2):
            change()
            prepared.refresh(list(Profile)) if rank % 2 else None
            seen.add(get(app, "/catalog.ttl").headers["ETag"])
            assert len(seen) == rank

    def test_what_is_written_by_no_action_is_a_change_too(
        self, app: Any, organisation: Any
    ) -> None:
        """By SQL, in a file, a keyword or a theme alone: the dataset's own row is as it was. What
        was prepared before is not used."""
        seeding.carry_out(seeding.prepare(force=False))
        made = make(
            organisation, groups=[{"name": "transports"}], tags=[{"name": "bus"}],
            resources=[{"url": "https://a.example/b.csv", "name": "Avant"}],
        )  # fmt: skip
        seen = {get(app, "/catalog.nt").headers["ETag"]}
        for rank, change in enumerate(
            (
                "UPDATE resource SET name = 'Maintenant' WHERE package_id = :key",
                "UPDATE package_tag SET state = 'deleted' WHERE package_id = :key",
                "UPDATE member SET state = 'deleted' WHERE table_id = :key",
            ),
            2,
        ):
            prepared.refresh(list(Profile))
            model.Session.execute(sa.text(change), {"key": made["id"]})
            model.Session.commit()
            seen.add(get(app, "/catalog.nt").headers["ETag"])
            assert len(seen) == rank
        said = {one.object.value for one in triples(app, "/catalog.nt")}
        assert "Maintenant" in said
        assert not said & {"Avant", "bus"}

    def test_formats_profiles_and_pages_are_told_apart(self, app: Any, organisation: Any) -> None:
        make(organisation)
        addresses = [
            "/catalog.ttl", "/catalog.nt", "/catalog.ttl?page=1", "/organization/geomatique.ttl",
            "/catalog.ttl?profile=dcat-ap-2", "/catalog/data-gouv-fr.ttl",
        ]  # fmt: skip
        etags = {get(app, address).headers["ETag"] for address in addresses}
        assert len(etags) == len(addresses)

    def test_a_check_of_a_file_is_a_change(self, app: Any, organisation: Any) -> None:
        """Its verdict is in a table of the schemas' extension, not on the resource's own row."""
        dataset = make(organisation, resources=[{"url": "https://a.example/b.csv"}])
        key = dataset["resources"][0]["id"]
        before = get(app, "/catalog.nt")
        report = {"schema": "scdl/subventions@2.1.1", "verdict": "invalid", "rows": 9, "body": {}}
        checked = {"resource_id": key, "errors": 3, "checked": datetime.now(UTC), **report}
        model.Session.execute(reports.insert().values(**checked))
        model.Session.commit()
        after = get(app, "/catalog.nt")
        assert before.headers["ETag"] != after.headers["ETag"]
        found = parsed(after.data, EXTENSIONS["nt"].rdf)
        (value,) = [one.object.value for one in found if one.predicate == DQV("value")]
        assert value == "3"
        schema = f"{SCHEMAS}scdl/subventions/2.1.1/schema.json"
        assert NamedNode(schema) in [
            one.object for one in found if one.predicate == DCT("conformsTo")
        ]


class TestPrepared:
    def test_a_prepared_catalogue_is_the_one_that_is_made(
        self, app: Any, organisation: Any
    ) -> None:
        dataset = make(organisation, contact=[{"name": "A"}])
        addresses = [f"/catalog.{one.extension}" for one in FORMATS]
        made = [get(app, address).data for address in addresses]
        assert prepared.refresh([Profile.DCAT_AP_3]) == {"prepared": 1, "kept": 0, "removed": 0}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(prepared, "make", None)  # nothing is made any more
            ready = [
                canonical(parsed(get(app, a).data, f.rdf))
                for a, f in zip(addresses, FORMATS, strict=True)
            ]
        assert ready == [
            canonical(parsed(one, f.rdf)) for one, f in zip(made, FORMATS, strict=True)
        ]
        assert prepared.refresh([Profile.DCAT_AP_3]) == {"prepared": 0, "kept": 1, "removed": 0}
        act("package_delete", id=dataset["id"])
        assert prepared.refresh([Profile.DCAT_AP_3]) == {"prepared": 0, "kept": 0, "removed": 1}

    def test_a_change_asks_for_one_preparation(self, organisation: Any) -> None:
        def waiting() -> int:
            return tk.get_job_queue().scheduled_job_registry.count

        before = waiting()
        dataset = make(organisation)
        act("package_patch", id=dataset["id"], title="Autre")
        assert waiting() == before + 1
        assert jobs.refresh()["prepared"] == 2
        act("package_delete", id=dataset["id"])
        assert waiting() == before + 2

    def test_publishing_does_not_need_the_queue(
        self, organisation: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from redis import ConnectionError as NoRedis

        def down() -> Any:
            raise NoRedis

        monkeypatch.setattr(jobs, "connect_to_redis", down)
        assert make(organisation)["state"] == "active"

    def test_one_that_fails_does_not_spoil_the_others(
        self, app: Any, organisation: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        good, bad = make(organisation), make(organisation)
        whole = prepared.to_rdf

        def failing(dataset: dict[str, Any], *rest: Any) -> Any:
            if dataset["id"] == bad["id"]:
                raise RuntimeError
            return whole(dataset, *rest)

        monkeypatch.setattr(prepared, "to_rdf", failing)
        assert subjects(triples(app, "/catalog.ttl")) == {uri(good)}


class TestPaging:
    def pages(self, app: Any, address: str) -> Iterator[list[Triple]]:
        """As udata does: follow hydra:next of the partial view."""
        while address:
            found = triples(app, address.removeprefix(SITE))
            yield found
            view = next(
                one.subject for one in found if one.object == HYDRA("PartialCollectionView")
            )
            following = [
                one.object.value
                for one in found
                if one.subject == view and one.predicate == HYDRA("next")
            ]
            address = following[0] if following else ""

    @pytest.mark.ckan_config("ckanext.grandpoitiers.export.page_size", "2")
    def test_pages_hold_every_dataset_once(self, app: Any, organisation: Any) -> None:
        made = [make(organisation) for _ in range(5)]
        pages = list(self.pages(app, f"{SITE}/catalog.ttl?page=1"))
        assert [len(subjects(page)) for page in pages] == [2, 2, 1]
        assert {one for page in pages for one in subjects(page)} == {uri(one) for one in made}
        (total,) = {one.object.value for one in pages[0] if one.predicate == HYDRA("totalItems")}
        assert total == "5"
        for number, page in enumerate(pages, 1):
            around = {
                one.predicate.value.rpartition("#")[2]: one.object.value.partition("&")[0]
                for one in page
                if one.predicate.value.startswith(HYDRA("").value)
            }
            assert around["first"].endswith("?page=1")
            assert around["last"].endswith("?page=3")
            assert around.get("previous", "").endswith(f"?page={number - 1}" if number > 1 else "")
            assert ("previous" in around, "next" in around) == (number > 1, number < 3)

    @pytest.mark.ckan_config("ckanext.grandpoitiers.export.page_size", "2")
    def test_a_dataset_that_goes_between_two_pages_moves_no_other(
        self, app: Any, organisation: Any
    ) -> None:
        made = sorted((make(organisation) for _ in range(5)), key=lambda one: one["id"])
        walk = self.pages(app, f"{SITE}/catalog.nt?page=1")
        seen = subjects(next(walk))
        act("package_delete", id=made[0]["id"])
        make(organisation)
        for page in walk:
            seen |= subjects(page)
        assert seen >= {uri(one) for one in made}

    @pytest.mark.ckan_config("ckanext.grandpoitiers.export.page_size", "1")
    @pytest.mark.ckan_config("ckan.root_path", "/data/{{LANG}}")
    def test_addresses_are_those_of_the_configuration_not_of_the_request(
        self, app: Any, organisation: Any
    ) -> None:
        """Behind a proxy, the host and the scheme of a request are anybody's word."""
        make(organisation)
        make(organisation)
        answer = app.get(
            "/catalog.nt?page=1",
            headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example",
                     "X-Forwarded-Proto": "gopher"},
        )  # fmt: skip
        assert b"evil.example" not in answer.data
        assert f"<{SITE}/data/catalog.nt?page=2".encode() in answer.data


class TestForGood:
    def test_identifiers_and_downloads_never_change(
        self, app: Any, organisation: Any, create_with_upload: Any
    ) -> None:
        """Renamed, uploaded again, moved, reindexed, prepared and exported again."""
        dataset = make(organisation, resources=[])
        context = {"user": helpers.call_action("get_site_user")["name"]}
        resource = create_with_upload(
            "a,b\n1,2\n", "2023.csv", context, package_id=dataset["id"], format="CSV"
        )
        before = self.identity(app, dataset)
        assert {kind for _, kind, _ in before} >= {"identifier", "downloadURL", "distribution"}

        act("package_patch", id=dataset["id"], name="autre-nom", title="Autre")
        act(
            "package_owner_org_update",
            id=dataset["id"],
            organization_id=factories.Organization()["id"],
        )
        create_with_upload(
            "a,b\n3,4\n",
            "2024 (final).csv",
            context,
            action="resource_update",
            id=resource["id"],
            package_id=dataset["id"],
            format="CSV",
        )
        act("package_revise", match={"id": dataset["id"]}, update={"notes": "Autre"})
        prepared.refresh(list(Profile))
        act("organization_patch", id="geomatique", name="autre-organisation")
        search.rebuild()
        assert self.identity(app, dataset) == before
        (address,) = {value for _, kind, value in before if kind == "downloadURL"}
        assert app.get(address.removeprefix(SITE)).body == "a,b\n3,4\n"

    def identity(self, app: Any, dataset: dict[str, Any]) -> set[tuple[str, str, str]]:
        """Every node that has a name, every identifier and every address of a download."""
        kept = {
            DCT("identifier"): "identifier",
            DCAT("downloadURL"): "downloadURL",
            DCAT("accessURL"): "accessURL",
            DCAT("distribution"): "distribution",
            TYPE: "type",
        }
        found = triples(app, f"/dataset/{dataset['id']}.ttl")
        return {
            (one.subject.value, kept[one.predicate], one.object.value)
            for one in found
            if isinstance(one.subject, NamedNode) and one.predicate in kept
            and one.subject.value.startswith(uri(dataset))
        }  # fmt: skip

    def test_a_second_harvest_changes_none(
        self, app: Any, source_id: str, catalogue: Catalogue
    ) -> None:
        harvests.run_now(source_id)
        names = {DCT("identifier"), DCAT("accessURL"), DCAT("distribution")}

        def identity() -> tuple[set[str], set[str]]:
            found = triples(app, "/catalog.nt")
            kept = {str(one) for one in found if one.predicate in names}
            return kept, {str(one) for one in found if one.predicate == DCT("title")}

        before, titles = identity()
        for guid, record in catalogue.records.items():
            catalogue.records[guid] = re.sub(
                rb"(<gmd:title>\s*<gco:CharacterString>)", rb"\1Autre ", record
            )
        harvests.run_now(source_id)
        prepared.refresh(list(Profile))
        search.rebuild()
        after, changed = identity()
        assert len(before) > 16
        assert changed != titles
        assert after == before

    def test_a_dataset_that_goes_and_comes_back_is_the_same(
        self, app: Any, organisation: Any
    ) -> None:
        dataset = make(organisation, resources=[{"url": "https://a.example/b.csv"}])
        before = self.identity(app, dataset)
        act("package_patch", id=dataset["id"], private=True)
        get(app, f"/dataset/{dataset['id']}.ttl", 404)
        act("package_patch", id=dataset["id"], private=False)
        prepared.clear()
        assert self.identity(app, dataset) == before


class TestOfferedOnce:
    def test_what_data_gouv_fr_has_by_another_way_is_not_offered(
        self, app: Any, make_source: Any, served: Any, organisation: Any
    ) -> None:
        """By source: the geocatalogue goes through the INSPIRE gateway."""
        source = make_source(served[1].url + "/csw", config=json.dumps({"offer_again": False}))
        harvests.run_now(source)
        own = make(organisation)
        assert subjects(triples(app, "/catalog/data-gouv-fr.ttl")) == {uri(own)}
        assert len(subjects(triples(app, "/catalog.ttl"))) > 5
        row = model.Session.get(HarvestSource, source)
        row.config = "{}"
        model.Session.commit()
        assert len(subjects(triples(app, "/catalog/data-gouv-fr.ttl"))) > 5


class TestProblems:
    def test_its_publisher_is_told_what_does_not_leave(self, organisation: Any) -> None:
        dataset = make(organisation, frequency=None, contact=[{"name": "A", "email": "nobody"}])
        editor = factories.User()
        act(
            "member_create",
            id=organisation["id"],
            object=editor["id"],
            object_type="user",
            capacity="editor",
        )
        told = tk.get_action("grandpoitiers_export_problems")(
            {"user": editor["name"]}, {"id": dataset["id"]}
        )
        assert told["exported"]
        assert [(one["field"], one["kind"]) for one in told["problems"]] == [
            ("contact.0.email", "bad-email")
        ]
        assert "nobody" in told["problems"][0]["message"]

    def test_nobody_else_is(self, organisation: Any) -> None:
        dataset = make(organisation)
        for user in ("", factories.User()["name"]):
            with pytest.raises(tk.NotAuthorized):
                tk.get_action("grandpoitiers_export_problems")(
                    {"user": user, "ignore_auth": False}, {"id": dataset["id"]}
                )

    def test_surrogates_in_stored_json_reach_no_export(self, app: Any, organisation: Any) -> None:
        """A list is kept as JSON, whose escapes PostgreSQL does not read."""
        dataset = make(organisation, conforms_to=["a"])
        package = model.Package.get(dataset["id"])
        assert package is not None
        package.extras["conforms_to"] = '["\\ud800 seul", "http://a.example/\\udfff"]'
        package.title = f"Titre \x01 {uuid.uuid4().hex}"
        model.Session.commit()
        for one in FORMATS:
            found = triples(app, f"/catalog.{one.extension}")
            assert Literal("seul") in [triple.object for triple in found]

    def test_a_dataset_hostile_in_every_field_spoils_nothing(
        self, app: Any, organisation: Any
    ) -> None:
        """Written past every check, as by SQL: valid in all formats, prepared or not, and reported;
        the dataset beside it is whole."""
        good = make(organisation, tags=[{"name": "sain"}])
        bad = make(organisation, resources=[{"url": "https://a.example/b.csv"}])
        package = model.Package.get(bad["id"])
        assert package is not None
        package.title = "</script>\x01 Hostile"
        package.notes = "a" * 1_000_000
        package.url = "http://a b/\x02"
        for name in HOSTILE_FIELDS.split():
            package.extras[name] = '["\\ud800</script>", {"a": 1e999, "start": "2023-02-30"}]'
        package.extras |= {"issued": "2023-02-30", "spatial": f"[{'9' * 400}]"}
        file = model.Resource.get(bad["resources"][0]["id"])
        assert file is not None
        file.url, file.hash, file.mimetype = "javascript:alert(1)", "zz", "\x03"
        model.Session.commit()
        for refresh in (False, True):
            if refresh:
                prepared.refresh(list(Profile))
            for one, profile in product(FORMATS, Profile):
                found = triples(app, f"/catalog.{one.extension}?profile={profile}")
                assert {uri(good), uri(bad)} <= subjects(found)
                assert Literal("sain") in [triple.object for triple in found]
        told = act("grandpoitiers_export_problems", id=bad["id"])["problems"]
        kinds = {one["kind"] for one in told}
        assert kinds >= {"bad-date", "too-long", "bad-address", "malformed"}


HOSTILE_FIELDS = """
alternate_title use_constraints access_rights frequency temporal_coverage topic_category theme
inspire_theme hvd_category territory spatial_coverage spatial_resolution language contact publisher
creator provenance conforms_to documentation thumbnail identifier alternate_identifier
reference_system parent_identifier operates_on
"""
