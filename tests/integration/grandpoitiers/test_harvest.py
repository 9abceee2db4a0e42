"""The harvest on a real CKAN: what it writes, what it leaves alone, what it mends."""

import json
import re
from typing import Any

import ckan
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.lib.search import SearchIndexError
from ckan.tests import helpers

from ckanext.grandpoitiers.catalogue import jobs, store
from ckanext.grandpoitiers.catalogue.batching import index_datasets
from ckanext.grandpoitiers.catalogue.bulk import support as supports
from ckanext.grandpoitiers.catalogue.locking import source_lock
from ckanext.grandpoitiers.catalogue.model import records, runs
from portal_kit import demo
from tests.catalogues import Catalogue

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

AT_ONCE = '{"archive_after_days": 0, "delete_after_days": 0, "max_share": 1}'


def counts(source_id: str) -> dict[str, int]:
    done = jobs.run_now(source_id)
    assert done.result is not None, done.message
    return dict(done.result.counts)


def datasets() -> list[dict[str, Any]]:
    """The active datasets, by name, as the index gives them."""
    found = helpers.call_action("package_search", rows=100, sort="name asc")
    return found["results"]


def document(name: str) -> dict[str, Any]:
    """A dataset's document in Solr, without what changes at each indexing."""
    found = search.show(name)
    whole = json.loads(found.pop("data_dict"))
    whole["extras"].sort(key=lambda extra: extra["key"])
    changing = ("indexed_ts", "_version_")
    return {"whole": whole} | {key: found[key] for key in found if key not in changing}


def activities() -> list[str]:
    rows = model.Session.execute(
        sa.text("SELECT activity_type FROM activity WHERE activity_type LIKE '% package'")
    )
    return sorted(row[0] for row in rows)


def retitled(catalogue: Catalogue, title: str) -> str:
    """Change the title of one record; its identifier."""
    guid = sorted(catalogue.records)[0]
    pattern = rb"(<gmd:title>\s*<gco:CharacterString[^>]*>)[^<]*"
    changed, times = re.subn(pattern, rb"\g<1>" + title.encode(), catalogue.records[guid], count=1)
    assert times == 1
    catalogue.records[guid] = changed
    return guid


class TestFirstHarvest:
    def test_every_record_becomes_a_dataset(self, source_id: str, catalogue: Catalogue) -> None:
        """In the database and in the index, with its source."""
        assert counts(source_id) == {"created": 8}
        found = datasets()
        assert {one["identifier"] for one in found} == set(catalogue.records)
        assert {one["harvest_source_title"] for one in found} == {"Géocatalogue essai"}
        assert activities() == ["new package"] * 8 + ["new package"]  # and the source itself

    def test_the_index_holds_what_ckan_itself_would_put_there(self, source_id: str) -> None:
        """A dataset written in a batch and the same one indexed by CKAN alone are one document."""
        counts(source_id)
        for one in datasets():
            ours = document(one["name"])
            index_datasets([one["id"]], {"ignore_auth": True})
            assert document(one["name"]) == ours

    def test_one_request_to_the_index_for_a_batch(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Eight datasets, one `add`."""
        sent: list[int] = []
        send = store.send_documents
        monkeypatch.setattr(
            store, "send_documents", lambda docs: sent.append(len(docs)) or send(docs)
        )
        counts(source_id)
        assert sent == [8]

    def test_where_the_faster_way_may_not_be_used_the_report_says_so(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On another version of CKAN, its actions write the same datasets."""
        monkeypatch.setattr(supports, "CHECKED_VERSIONS", ("2.11.0",))
        done = jobs.run_now(source_id)
        assert done.result is not None
        assert done.result.counts == {"created": 8}
        assert [note.params for note in done.result.notes] == [{"version": ckan.__version__}]
        assert len(datasets()) == 8
        assert activities().count("new package") == 9
        details = model.Session.execute(sa.select(runs.c.details)).scalar_one()
        assert details["notes"][0]["sentence"] == supports.VERSION


class TestSecondHarvest:
    def test_unchanged_records_cost_nothing(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No row written but the job's, no document sent, no activity."""
        counts(source_id)
        before = activities(), [one["metadata_modified"] for one in datasets()]
        monkeypatch.setattr(store, "send_documents", lambda *args: pytest.fail("indexed"))
        statements: list[str] = []

        def listen(conn: Any, cursor: Any, statement: str, *args: Any) -> None:
            if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement):
                statements.append(statement)

        sa.event.listen(model.meta.engine, "before_cursor_execute", listen)
        try:
            assert counts(source_id) == {"unchanged": 8}
        finally:
            sa.event.remove(model.meta.engine, "before_cursor_execute", listen)
        tables = {re.search(r"(?:INTO|UPDATE|FROM) (\w+)", text)[1] for text in statements}  # type: ignore[index]
        assert tables <= {
            "harvest_job", "harvest_source", "harvest_object", "harvest_object_error",
            "harvest_gather_error", "grandpoitiers_run",
        }  # fmt: skip
        assert not [text for text in statements if re.match(r"\s*INSERT INTO harvest_object", text)]
        assert (activities(), [one["metadata_modified"] for one in datasets()]) == before

    def test_a_changed_record_is_updated_at_its_address(
        self, source_id: str, catalogue: Catalogue
    ) -> None:
        """The id, the name and the resources' ids stay; the title changes; one activity tells."""
        counts(source_id)
        guid = retitled(catalogue, "Carrousel des hirondelles")
        before = next(one for one in datasets() if one["identifier"] == guid)
        assert counts(source_id) == {"updated": 1, "unchanged": 7}
        after = helpers.call_action("package_show", id=before["id"])
        assert after["title"] == "Carrousel des hirondelles"
        assert after["name"] == before["name"]
        assert [r["id"] for r in after["resources"]] == [r["id"] for r in before["resources"]]
        assert helpers.call_action("package_search", q="hirondelle")["count"] == 1
        assert activities().count("changed package") == 1

    def test_a_change_that_changes_no_field_is_no_change(
        self, source_id: str, catalogue: Catalogue
    ) -> None:
        """Another comment in the XML: the record's row is written, not the dataset."""
        counts(source_id)
        guid = sorted(catalogue.records)[0]
        catalogue.records[guid] = catalogue.records[guid].replace(
            b"</gmd:MD_Metadata>", b"<gmd:unheard/></gmd:MD_Metadata>"
        )
        assert counts(source_id) == {"unchanged": 8}
        assert "changed package" not in activities()


class TestBadRecords:
    def test_a_record_refused_by_ckan_spoils_itself_only(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The seven others are written, indexed and announced; the reason is in the report."""
        from ckanext.grandpoitiers.catalogue import harvest

        original = harvest.to_dataset

        def spoilt(record: Any, context: Any) -> Any:
            dataset, problems = original(record, context)
            if record.file_identifier == bad:
                dataset["name"] = "Pas Un Nom !"
            return dataset, problems

        bad = demo_guid(3)
        monkeypatch.setattr(harvest, "to_dataset", spoilt)
        done = jobs.run_now(source_id)
        assert done.result is not None
        assert done.result.counts == {"created": 7, "failed": 1}
        assert len(datasets()) == 7
        assert activities().count("new package") == 8  # seven, and the source
        (line,) = [line for line in done.result.interesting if line.outcome == "failed"]
        assert "CKAN" in line.remarks[-1].message()

    def test_an_invalid_record_is_reported_and_not_read_again(
        self, source_id: str, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its row keeps its digest; the report of the next run still says what is wrong."""
        guid = retitled(catalogue, " ")
        assert counts(source_id) == {"created": 7, "invalid": 1}
        monkeypatch.setattr(
            "ckanext.grandpoitiers.catalogue.harvest.parse",
            lambda xml: pytest.fail("read again"),
        )
        done = jobs.run_now(source_id)
        assert done.result is not None
        assert done.result.counts == {"unchanged": 7, "invalid": 1}
        assert [line.guid for line in done.result.interesting if line.remarks] == [guid]

    def test_a_dataset_whose_record_becomes_invalid_stays(
        self, source_id: str, catalogue: Catalogue
    ) -> None:
        """As it was at the last good harvest."""
        counts(source_id)
        retitled(catalogue, " ")
        assert counts(source_id) == {"unchanged": 7, "invalid": 1}
        assert len(datasets()) == 8

    def test_a_record_of_another_source_is_not_stolen(
        self, source_id: str, served: Any, make_source: Any
    ) -> None:
        """The second source says who has it."""
        counts(source_id)
        other = make_source(served[1].url + "/other", name="autre")
        done = jobs.run_now(other)
        assert done.result is not None
        assert done.result.counts == {"skipped": 8}
        assert "Géocatalogue essai" in done.result.interesting[0].remarks[0].message()

    def test_a_record_that_its_source_lets_go_is_taken_up_by_the_other(
        self, make_source: Any, served: Any, catalogue: Catalogue
    ) -> None:
        """Unchanged and skipped until then, it is no longer; its address stays."""
        first = make_source(served[1].url, config=AT_ONCE)
        counts(first)
        other = make_source(served[1].url + "/other", name="autre")
        assert counts(other) == {"skipped": 8}
        guid = sorted(catalogue.records)[0]
        name = next(one["name"] for one in datasets() if one["identifier"] == guid)
        kept = catalogue.records.pop(guid)
        counts(first)
        catalogue.records[guid] = kept
        assert counts(other) == {"skipped": 7, "updated": 1}
        assert name in {one["name"] for one in datasets()}
        catalogue.records.pop(guid)
        assert counts(first) == {"unchanged": 7}


def demo_guid(rank: int) -> str:
    return sorted(Catalogue(demo.records()[:8]).records)[rank]


class TestRemovals:
    def test_a_vanished_record_stays_for_a_while(
        self, source_id: str, catalogue: Catalogue
    ) -> None:
        """One missing night is no reason; the record's row says since when."""
        counts(source_id)
        guid = sorted(catalogue.records)[0]
        del catalogue.records[guid]
        assert counts(source_id) == {"unchanged": 8}
        assert len(datasets()) == 8
        since = model.Session.execute(
            sa.select(records.c.vanished_at).where(records.c.guid == guid)
        ).scalar()
        assert since is not None

    def test_it_is_archived_then_comes_back_at_its_address(
        self, make_source: Any, served: Any, catalogue: Catalogue
    ) -> None:
        """With its id, its name and its resources."""
        source = make_source(served[1].url, config='{"archive_after_days": 0}')
        counts(source)
        guid = sorted(catalogue.records)[0]
        before = next(one for one in datasets() if one["identifier"] == guid)
        kept = catalogue.records.pop(guid)
        assert counts(source) == {"unchanged": 7, "archived": 1}
        assert len(datasets()) == 7
        catalogue.records[guid] = kept
        assert counts(source) == {"unchanged": 7, "updated": 1}
        after = next(one for one in datasets() if one["identifier"] == guid)
        assert (after["id"], after["name"]) == (before["id"], before["name"])
        assert [r["id"] for r in after["resources"]] == [r["id"] for r in before["resources"]]

    def test_its_archiving_is_told_as_ckan_tells_it(
        self, make_source: Any, served: Any, catalogue: Catalogue
    ) -> None:
        """In the transaction that archives it; once."""
        from ckanext.activity.model import Activity
        from ckanext.activity.subscriptions import package_changed

        source_id = make_source(served[1].url, config=json.dumps({"archive_after_days": 0}))
        jobs.run_now(source_id)
        del catalogue.records[sorted(catalogue.records)[0]]
        jobs.run_now(source_id)
        query = model.Session.query(Activity).filter_by(activity_type="deleted package")
        ours = query.one()
        user = model.User.get(ours.user_id)
        assert user is not None
        package_changed(
            "package_delete",
            context={"user": user.name, "session": model.Session, "model": model},
            data_dict={"id": ours.object_id},
            result={"id": ours.object_id},
        )
        theirs = query.filter(Activity.id != ours.id).one()
        assert theirs.data == ours.data
        assert theirs.permission_labels == ours.permission_labels

    def test_it_is_deleted_for_good_then_comes_back_at_its_address(
        self, make_source: Any, served: Any, catalogue: Catalogue
    ) -> None:
        """Even then: the record's row has kept the name."""
        source = make_source(served[1].url, config=AT_ONCE)
        counts(source)
        guid = sorted(catalogue.records)[0]
        before = next(one for one in datasets() if one["identifier"] == guid)
        kept = catalogue.records.pop(guid)
        assert counts(source) == {"unchanged": 7, "archived": 1}
        assert counts(source) == {"unchanged": 7, "deleted": 1}
        assert model.Package.get(before["id"]) is None
        catalogue.records[guid] = kept
        assert counts(source) == {"unchanged": 7, "updated": 1}
        after = next(one for one in datasets() if one["identifier"] == guid)
        assert (after["id"], after["name"]) == (before["id"], before["name"])

    def test_an_empty_catalogue_removes_nothing(
        self, make_source: Any, served: Any, catalogue: Catalogue
    ) -> None:
        """The run is refused and says so, whatever the settings."""
        source = make_source(served[1].url, config=AT_ONCE)
        counts(source)
        catalogue.records.clear()
        done = jobs.run_now(source)
        assert done.outcome == "refused"
        assert "8" in done.message
        assert len(datasets()) == 8

    def test_a_dataset_purged_by_hand_is_made_again(self, source_id: str) -> None:
        """At its address, although its record has not changed."""
        counts(source_id)
        victim = datasets()[0]
        store.harvest_objects.remove(victim["id"], "", keep=False)
        helpers.call_action("dataset_purge", id=victim["id"])
        assert counts(source_id) == {"unchanged": 7, "created": 1}
        again = helpers.call_action("package_show", id=victim["name"])
        assert again["id"] == victim["id"]


class TestCrashes:
    def test_what_was_committed_and_not_indexed_is_mended(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Killed between PostgreSQL's commit and Solr's: the next run indexes it."""
        with monkeypatch.context() as broken:
            broken.setattr(store, "send_documents", lambda *args: (_ for _ in ()).throw(Killed()))
            with pytest.raises(Killed):
                jobs.run_now(source_id)
        assert datasets() == []
        done = jobs.run_now(source_id)
        assert done.result is not None
        assert (done.result.repaired, done.result.counts) == (8, {"unchanged": 8})
        assert len(datasets()) == 8

    def test_an_index_that_is_down_fails_the_run_not_the_records(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One sentence; nothing is lost; the next run finishes."""
        with monkeypatch.context() as broken:

            def refuse(*args: Any) -> None:
                raise SearchIndexError("down")

            broken.setattr(store, "send_documents", refuse)
            done = jobs.run_now(source_id)
        assert done.outcome == "failed"
        assert "search index" in done.message or "index de recherche" in done.message
        assert counts(source_id) == {"unchanged": 8}
        assert len(datasets()) == 8

    def test_a_crash_before_the_commit_leaves_nothing(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Half a batch is never seen."""
        original = store.CkanStore._remember  # noqa: SLF001
        calls: list[int] = []

        def remember(self: Any, *args: Any, **more: Any) -> None:
            calls.append(1)
            if len(calls) == 5:
                raise Killed
            original(self, *args, **more)

        with monkeypatch.context() as broken:
            broken.setattr(store.CkanStore, "_remember", remember)
            with pytest.raises(Killed):
                jobs.run_now(source_id)
        assert datasets() == []
        assert counts(source_id) == {"created": 8}
        assert len(datasets()) == 8


class Killed(BaseException):
    """Stands for the death of the process: nothing catches it."""


class TestOneAtATime:
    def test_a_second_run_of_a_source_is_refused(self, source_id: str) -> None:
        """The lock is PostgreSQL's: it holds across machines."""
        with source_lock(source_id) as free:
            assert free
            done = jobs.run_now(source_id)
        assert done.outcome == "failed"
        assert datasets() == []

    def test_the_lock_is_the_source_s_own(self, source_id: str) -> None:
        """Another source's run does not wait."""
        with source_lock("another") as free:
            assert free
            assert counts(source_id) == {"created": 8}
