"""ckanext-harvest's screens and the commands, for sources of our type."""

import json
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.cli.cli import ckan
from ckan.lib import jobs as ckan_jobs
from ckan.tests import factories, helpers
from ckanext.harvest.model import HarvestJob, HarvestSource

from ckanext.grandpoitiers.catalogue import abandoned, jobs, registry
from ckanext.grandpoitiers.catalogue.model import runs
from tests.catalogues import Catalogue
from tests.misbehaving import Server

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "clean_queues")


@pytest.fixture
def headers() -> dict[str, str]:
    token = factories.SysadminWithToken()["token"]
    return {"Authorization": token}


def context() -> dict[str, Any]:
    return {"user": factories.Sysadmin()["name"], "ignore_auth": True}


class TestSourceForm:
    def fields(self, **more: str) -> dict[str, str]:
        return {
            "url": "https://geo.example.org/csw",
            "title": "Géocatalogue",
            "name": "geocatalogue",
            "source_type": "iso-csw",
            "frequency": "DAILY",
            "owner_org": factories.Organization()["id"],
            "save": "save",
            **more,
        }

    def test_our_type_is_offered(self, app: Any, headers: dict[str, str]) -> None:
        """By its French title."""
        page = app.get("/harvest/new", headers=headers)
        assert "Géocatalogue CSW (ISO 19139)" in page.body

    def test_a_source_is_created(self, app: Any, headers: dict[str, str]) -> None:
        """With its settings."""
        sent = self.fields(config='{"page_size": 50}')
        app.post("/harvest/new", data=sent, headers=headers)
        source = helpers.call_action("harvest_source_show", id="geocatalogue")
        assert (source["source_type"], source["config"]) == ("iso-csw", '{"page_size": 50}')

    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ("{page_size: 50}", "JSON"),
            ('{"page_siez": 50}', "page_siez"),
            ('{"page_size": 0}', "page_size"),
            ('{"filters": {"bbox": [1, 2]}}', "bbox"),
        ],
    )
    def test_a_wrong_setting_is_told(
        self, app: Any, headers: dict[str, str], config: str, words: str
    ) -> None:
        """On the form, before anything is saved."""
        page = app.post("/harvest/new", data=self.fields(config=config), headers=headers)
        told = BeautifulSoup(page.body, "html.parser").select_one(".error-explanation")
        assert told is not None
        assert words in told.get_text()
        assert model.Package.get("geocatalogue") is None

    def test_the_form_still_knows_the_type_after_a_harvest(
        self, app: Any, headers: dict[str, str], source_id: str
    ) -> None:
        """ckanext-harvest's own reindexing loses it (stock.py)."""
        jobs.run_now(source_id)
        page = app.get("/harvest/edit/essai", headers=headers)
        chosen = BeautifulSoup(page.body, "html.parser").select_one(
            "input[name=source_type][checked]"
        )
        assert chosen is not None
        assert chosen["value"] == "iso-csw"


class TestReharvest:
    def test_the_button_queues_one_background_job(
        self, app: Any, headers: dict[str, str], source_id: str
    ) -> None:
        """Of CKAN's own queue; ckanext-harvest's stays empty."""
        app.post(f"/harvest/refresh/{source_id}", headers=headers)
        (queued,) = helpers.call_action("job_list")
        (job,) = model.Session.query(HarvestJob).all()
        assert queued["id"] == abandoned.queue_id(job.id)
        assert job.status == "Running"

    def test_the_worker_harvests_and_the_page_tells(
        self, app: Any, headers: dict[str, str], source_id: str, catalogue: Catalogue
    ) -> None:
        """Counts, status, and each record's reasons in French."""
        catalogue.put(
            b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"'
            b' xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier>'
            b"<gco:CharacterString>sans-titre</gco:CharacterString></gmd:fileIdentifier>"
            b"</gmd:MD_Metadata>"
        )
        helpers.call_action("harvest_job_create", context(), source_id=source_id)
        ckan_jobs.Worker().work(burst=True)
        model.Session.remove()
        job = helpers.call_action("harvest_source_show_status", id=source_id)["last_job"]
        assert (job["status"], job["stats"]["added"], job["stats"]["errored"]) == ("Finished", 8, 1)
        page = app.get(f"/harvest/essai/job/{job['id']}", headers=headers)
        assert "sans-titre" in page.body
        assert "titre" in page.body
        assert "GetRecordById" in page.body
        assert app.get("/harvest/essai", headers=headers).status_code == 200

    def test_unchanged_records_are_counted(self, source_id: str) -> None:
        """Although they have no row in this job."""
        jobs.run_now(source_id)
        jobs.run_now(source_id)
        job = helpers.call_action("harvest_source_show_status", id=source_id)["last_job"]
        assert job["stats"]["not modified"] == 8
        listed = helpers.call_action("harvest_job_list", source_id=source_id)
        assert [one["stats"]["added"] for one in listed] == [0, 8]

    def test_a_job_whose_process_died_does_not_block_the_next(self, source_id: str) -> None:
        """It said "running" for ever; it is finished, with the reason, and a new one begins."""
        dead: Any = HarvestJob(source_id=source_id, status="Running")
        dead.save()
        dead_id = dead.id
        helpers.call_action("harvest_job_create", context(), source_id=source_id)
        shown = helpers.call_action("harvest_job_show", id=dead_id)
        assert shown["status"] == "Finished"
        assert shown["gather_error_summary"]

    def test_a_queued_job_is_left_alone(self, source_id: str) -> None:
        """It waits for its turn."""
        first = helpers.call_action("harvest_job_create", context(), source_id=source_id)
        abandoned.close_abandoned(source_id)
        assert helpers.call_action("harvest_job_show", id=first["id"])["status"] == "Running"

    def test_other_types_keep_ckanext_harvest_s_queues(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A source of type "ckan" is sent to its gather queue, as ever."""
        sent: list[Any] = []

        class Publisher:
            def send(self, body: Any) -> None:
                sent.append(body)

        monkeypatch.setattr("ckanext.harvest.logic.action.update.get_gather_publisher", Publisher)
        source: Any = HarvestSource(url="http://example.org", type="ckan", id="other", title="o")
        source.save()
        job: Any = HarvestJob(source_id="other")
        job.save()
        monkeypatch.setattr(
            "ckanext.harvest.logic.action.update.harvest_source_show",
            lambda context, data: {"active": True},
        )
        helpers.call_action("harvest_send_job_to_gather_queue", context(), id=job.id)
        assert sent == [{"harvest_job_id": job.id}]
        assert helpers.call_action("job_list") == []


class TestOriginalXml:
    def test_the_record_is_served_as_it_was(
        self, app: Any, source_id: str, catalogue: Catalogue
    ) -> None:
        """At a stable address, and unable to run anything in our pages."""
        jobs.run_now(source_id)
        guid = sorted(catalogue.records)[0]
        answer = app.get(f"/geocatalogue/{guid}.xml")
        assert answer.headers["Content-Type"].startswith("application/xml")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert guid in answer.body
        assert "MD_Metadata" in answer.body

    @pytest.mark.parametrize("guid", ["inconnu", "../../../etc/passwd", "%00", "a'--"])
    def test_anything_else_is_not_found(self, app: Any, guid: str) -> None:
        """An identifier only ever goes into a query."""
        assert app.get(f"/geocatalogue/{guid}.xml", status=404).status_code == 404

    def test_the_record_of_a_private_dataset_is_not_shown(
        self, app: Any, source_id: str, catalogue: Catalogue
    ) -> None:
        """Nor its existence."""
        jobs.run_now(source_id)
        guid = sorted(catalogue.records)[0]
        found = helpers.call_action("package_search", fq=f'identifier:"{guid}"', rows=1)
        dataset = (found["results"] or helpers.call_action("package_search", rows=1)["results"])[0]
        helpers.call_action("package_patch", context(), id=dataset["id"], private=True)
        assert app.get(f"/geocatalogue/{dataset['identifier']}.xml", status=404)


class TestCommands:
    def test_a_dry_run_shows_the_plan_and_stores_nothing(
        self, cli: Any, served: tuple[Catalogue, Server], open_loopback: None
    ) -> None:
        """The form is the contract's; standard output holds nothing else."""
        told = cli.invoke(
            ckan, ["grandpoitiers", "harvest", "--url", served[1].url, "--dry-run", "--json"]
        )
        assert told.exit_code == 0, told.output
        shown = json.loads(told.stdout)
        assert set(shown) == {"records", "counts", "complete"}
        assert (shown["counts"], shown["complete"]) == ({"created": 8}, True)
        assert set(shown["records"][0]) == {"guid", "outcome", "problems", "dataset"}
        assert all(one["dataset"]["title"] for one in shown["records"])
        assert helpers.call_action("package_list") == []

    def test_a_dry_run_of_a_source_knows_what_is_there(
        self, cli: Any, source_id: str, catalogue: Catalogue
    ) -> None:
        """Unchanged records show their dataset too."""
        jobs.run_now(source_id)
        del catalogue.records[sorted(catalogue.records)[0]]
        told = cli.invoke(ckan, ["grandpoitiers", "harvest", "essai", "--dry-run", "--json"])
        shown = json.loads(told.stdout)
        assert shown["counts"] == {"unchanged": 8}
        assert sum(bool(one["dataset"]) for one in shown["records"]) == 7

    @pytest.mark.parametrize(
        ("arguments", "status"),
        [
            ([], 2),
            (["--url", "http://127.0.0.1:1/"], 2),
            (["inconnue"], 2),
            (["--url", "http://127.0.0.1:1/", "--dry-run"], 1),
            (["--all-due"], 0),
        ],
    )
    def test_exit_statuses(self, cli: Any, arguments: list[str], status: int) -> None:
        """0 done, 1 incomplete, 2 wrong usage."""
        assert cli.invoke(ckan, ["grandpoitiers", "harvest", *arguments]).exit_code == status

    def test_all_due_runs_those_whose_time_has_come(
        self, cli: Any, make_source: Callable[..., str], served: tuple[Catalogue, Server]
    ) -> None:
        """A manual one is never due; a daily one is, once a day."""
        make_source(served[1].url + "/a", "manuelle")
        daily = make_source(served[1].url + "/b", "quotidienne")
        helpers.call_action("harvest_source_patch", context(), id=daily, frequency="DAILY")
        for expected in ("quotidienne", ""):
            told = cli.invoke(ckan, ["grandpoitiers", "harvest", "--all-due", "--json"])
            assert told.exit_code == 0
            assert ("quotidienne" in told.stderr) is bool(expected)
            assert "manuelle" not in told.stderr

    def test_declared_sources_are_loaded_once(self, cli: Any) -> None:
        """What an administrator changed on screen afterwards stays."""
        cli.invoke(ckan, ["grandpoitiers", "seed"])
        first = cli.invoke(ckan, ["grandpoitiers", "sources"])
        assert first.exit_code == 0, first.output
        name = registry.names()[0]
        helpers.call_action("harvest_source_patch", context(), id=name, title="Autre titre")
        second = cli.invoke(ckan, ["grandpoitiers", "sources"])
        assert second.exit_code == 0, second.output
        assert first.stdout.count("\n") == second.stdout.count("\n") > 3
        assert helpers.call_action("harvest_source_show", id=name)["title"] == "Autre titre"


class TestAccept:
    SHRINK = '{"max_count": 0, "max_share": 0.1, "archive_after_days": 0}'

    def refused(self, source_id: str, catalogue: Catalogue, lost: int) -> str:
        """The job of a run that was refused because `lost` records are gone."""
        helpers.call_action("harvest_source_patch", context(), id=source_id, config=self.SHRINK)
        jobs.run_now(source_id)
        for guid in sorted(catalogue.records)[:lost]:
            del catalogue.records[guid]
        assert jobs.run_now(source_id).outcome == "refused"
        return helpers.call_action("harvest_source_show_status", id=source_id)["last_job"]["id"]

    def accept(self, job_id: str) -> None:
        helpers.call_action("grandpoitiers_harvest_accept", context(), id=job_id)
        ckan_jobs.Worker().work(burst=True)
        model.Session.remove()

    def last(self, source_id: str) -> Any:
        query = sa.select(runs).where(runs.c.source_id == source_id)
        return model.Session.execute(query.order_by(runs.c.started.desc())).first()

    def test_a_refused_run_is_accepted_once(self, source_id: str, catalogue: Catalogue) -> None:
        """The datasets go, the report tells who said so, and nothing is left to accept."""
        job_id = self.refused(source_id, catalogue, 3)
        self.accept(job_id)
        done = self.last(source_id)
        assert (done.outcome, done.counts) == ("complete", {"archived": 3, "unchanged": 5})
        assert done.details["accepted"]["missing"] == 3
        assert done.details["accepted"]["by"]
        for again in (job_id, done.id):
            with pytest.raises(tk.ValidationError):
                helpers.call_action("grandpoitiers_harvest_accept", context(), id=again)

    def test_what_has_gone_missing_since_is_not_accepted(
        self, source_id: str, catalogue: Catalogue
    ) -> None:
        """The run is refused again, with the new number."""
        job_id = self.refused(source_id, catalogue, 2)
        del catalogue.records[sorted(catalogue.records)[0]]
        self.accept(job_id)
        done = self.last(source_id)
        assert (done.outcome, done.details["refusal"]["missing"]) == ("refused", 3)

    def test_an_empty_answer_cannot_be_accepted(self, source_id: str, catalogue: Catalogue) -> None:
        """Nor can a run that does not exist."""
        job_id = self.refused(source_id, catalogue, 8)
        with pytest.raises(tk.ValidationError):
            helpers.call_action("grandpoitiers_harvest_accept", context(), id=job_id)
        with pytest.raises(tk.ObjectNotFound):
            helpers.call_action("grandpoitiers_harvest_accept", context(), id="inconnu")

    def test_only_who_may_harvest_the_source_may_accept(
        self, source_id: str, catalogue: Catalogue
    ) -> None:
        job_id = self.refused(source_id, catalogue, 3)
        reader = {"user": factories.User()["name"], "ignore_auth": False}
        with pytest.raises(tk.NotAuthorized):
            helpers.call_action("grandpoitiers_harvest_accept", reader, id=job_id)
