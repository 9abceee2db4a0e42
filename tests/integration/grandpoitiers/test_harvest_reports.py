"""The report of a run on its page, as files and to programs; how far a run is; stopping one."""

import csv
import io
import json
import threading
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from ckan import model
from ckan.lib import jobs as ckan_jobs
from ckan.tests import factories, helpers
from ckanext.harvest.model import HarvestJob

from ckanext.grandpoitiers.catalogue import abandoned, jobs, progress, stopping
from ckanext.grandpoitiers.catalogue.locking import source_lock
from tests.catalogues import Catalogue

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "clean_queues")

UNTITLED = (
    b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"'
    b' xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier>'
    b"<gco:CharacterString>=sans-titre</gco:CharacterString></gmd:fileIdentifier>"
    b"</gmd:MD_Metadata>"
)


@pytest.fixture
def headers() -> dict[str, str]:
    return {"Authorization": factories.SysadminWithToken()["token"]}


@pytest.fixture
def reader() -> dict[str, str]:
    return {"Authorization": factories.UserWithToken()["token"]}


@pytest.fixture
def job_id(source_id: str, catalogue: Catalogue) -> str:
    """The job of a run in which one record has no title."""
    catalogue.put(UNTITLED)
    jobs.run_now(source_id)
    return helpers.call_action("harvest_source_show_status", id=source_id)["last_job"]["id"]


def context() -> dict[str, Any]:
    return {"user": factories.Sysadmin()["name"], "ignore_auth": True}


def read(app: Any, path: str, headers: dict[str, str]) -> BeautifulSoup:
    return BeautifulSoup(app.get(path, headers=headers).body, "html.parser")


class TestPage:
    def test_it_counts_and_tells_record_by_record(
        self, app: Any, headers: dict[str, str], job_id: str
    ) -> None:
        """The record, its outcome, the field, what is wrong, and where that is mended."""
        page = read(app, f"/harvest/essai/job/{job_id}", headers)
        counts = [one.get_text(" ", strip=True) for one in page.select(".run-count")]
        assert counts == ["8 fiches créées", "1 fiche invalide"]
        assert "1 fiche n’a pas pu être utilisée" in page.select_one(".run-state").get_text()
        first = page.select_one(".run-records li")
        assert first.h3.get_text() == "=sans-titre"
        assert first.select_one(".run-badge").get_text() == "invalide"
        assert first.dt.get_text() == "Titre"
        assert "donnez-lui-en un dans le géocatalogue" in first.dd.get_text()
        assert first.select_one(".run-where").get_text() == "Identification › Citation › Titre"

    def test_it_is_filtered(self, app: Any, headers: dict[str, str], job_id: str) -> None:
        """By outcome, by field and by words."""
        for query, expected in (("outcome=invalid", 1), ("field=title", 1), ("q=rien", 0)):
            page = read(app, f"/harvest/essai/job/{job_id}?{query}", headers)
            assert len(page.select(".run-records li")) == expected

    def test_the_list_of_runs_and_the_dashboard_tell_the_outcome(
        self, app: Any, headers: dict[str, str], job_id: str
    ) -> None:
        listed = read(app, "/harvest/essai/job", headers)
        assert [one.get_text() for one in listed.select(".run-list .run-badge")] == ["complet"]
        dashboard = read(app, "/harvest/admin/essai", headers)
        assert len(dashboard.select(".run-count")) == 2

    def test_what_others_wrote_is_text(
        self, app: Any, headers: dict[str, str], job_id: str, catalogue: Catalogue, source_id: str
    ) -> None:
        """An identifier that is HTML is shown as it is."""
        catalogue.put(UNTITLED.replace(b"=sans-titre", b"&lt;script&gt;alert(1)&lt;/script&gt;"))
        jobs.run_now(source_id)
        page = app.get("/harvest/essai/job/last", headers=headers).body
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


class TestFiles:
    def test_json_is_that_of_the_command(
        self, app: Any, headers: dict[str, str], job_id: str
    ) -> None:
        """The action gives the same; counts are of all records whatever is filtered."""
        address = f"/geocatalogue/harvests/{job_id}/report.json"
        shown = json.loads(app.get(address, headers=headers).body)
        assert set(shown) == {"records", "counts", "complete"}
        assert (shown["counts"], shown["complete"]) == ({"created": 8, "invalid": 1}, True)
        assert set(shown["records"][0]) == {"guid", "outcome", "problems", "dataset"}
        assert shown == helpers.call_action("grandpoitiers_harvest_report", context(), id=job_id)
        invalid = json.loads(app.get(f"{address}?outcome=invalid", headers=headers).body)
        assert [one["guid"] for one in invalid["records"]] == ["=sans-titre"]
        assert invalid["counts"] == shown["counts"]

    def test_csv_opens_in_a_spreadsheet(
        self, app: Any, headers: dict[str, str], job_id: str
    ) -> None:
        """In French, and no cell is a formula."""
        address = f"/geocatalogue/harvests/{job_id}/report.csv?outcome=invalid"
        answer = app.get(address, headers=headers)
        assert "attachment" in answer.headers["Content-Disposition"]
        head, row = csv.reader(io.StringIO(answer.body.lstrip("\ufeff")), delimiter=";")
        assert head[:4] == ["Identifiant", "Jeu de données", "Issue", "Champ"]
        assert row[:4] == ["'=sans-titre", "", "invalide", "Titre"]

    @pytest.mark.parametrize("what", ["report.json", "report.csv", "progress"])
    def test_for_those_only_who_may_harvest(
        self, app: Any, reader: dict[str, str], job_id: str, what: str
    ) -> None:
        address = f"/geocatalogue/harvests/{job_id}/{what}"
        assert app.get(address, headers=reader, status=403).status_code == 403
        unknown = f"/geocatalogue/harvests/inconnu/{what}"
        assert app.get(unknown, headers=reader, status=404).status_code == 404


class TestProgress:
    def test_a_step_is_told_with_what_is_left(self) -> None:
        """Phases start again from nothing; the caller's own display is told everything."""
        now = [1000.0]
        seen: list[tuple[str, int, int | None]] = []
        telling = progress.Telling("essai", lambda *told: seen.append(told), lambda: now[0])
        telling("read", 0, None)
        now[0] += 10
        telling("read", 100, 400)
        step = progress.step_of("essai")
        assert step is not None
        assert (step.done, step.total, step.share, step.remaining) == (100, 400, 0.25, 30.0)
        telling("write", 0, 50)
        step = progress.step_of("essai")
        assert step is not None
        assert (step.phase, step.remaining) == ("write", None)
        assert len(seen) == 3
        telling.forget()
        assert progress.step_of("essai") is None

    def test_the_page_follows_a_run_and_reloads_at_its_end(
        self, app: Any, headers: dict[str, str], job_id: str, source_id: str
    ) -> None:
        queued = helpers.call_action("harvest_job_create", context(), source_id=source_id)
        address = f"/geocatalogue/harvests/{queued['id']}/progress"
        assert "attend son tour" in app.get(address, headers=headers).body
        progress.Telling(queued["id"])("read", 3, 9)
        shown = BeautifulSoup(app.get(address, headers=headers).body, "html.parser")
        assert shown.progress["value"] == "33"
        assert "3 sur 9" in shown.get_text()
        page = read(app, f"/harvest/essai/job/{queued['id']}", headers)
        assert page.select_one(".run-progress")["hx-get"] == address
        ended = app.get(f"/geocatalogue/harvests/{job_id}/progress", headers=headers)
        assert ended.headers["HX-Refresh"] == "true"


class TestStop:
    def test_a_queued_run_never_begins(self, source_id: str) -> None:
        queued = helpers.call_action("harvest_job_create", context(), source_id=source_id)
        helpers.call_action("harvest_job_abort", context(), id=queued["id"])
        ckan_jobs.Worker().work(burst=True)
        model.Session.remove()
        shown = helpers.call_action("harvest_job_show", id=queued["id"])
        assert shown["status"] == "Finished"
        assert "arrêté" in shown["gather_error_summary"][0]["message"]
        assert helpers.call_action("package_search")["count"] == 0

    def test_a_run_of_a_terminal_is_not_said_to_have_ended(
        self, source_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its process is not the worker's to kill."""
        monkeypatch.setattr(stopping, "PATIENCE", 0)
        job: Any = HarvestJob(source_id=source_id, status="Running")
        job.save()
        job_id = job.id
        with source_lock(source_id), pytest.raises(tk.ValidationError):
            helpers.call_action("harvest_job_abort", context(), id=source_id)
        assert helpers.call_action("harvest_job_show", id=job_id)["status"] == "Running"

    def test_the_worker_kills_a_run_under_way(self, source_id: str, catalogue: Catalogue) -> None:
        """The catalogue doesn't answer: only killing the process ends the run."""
        asked, answer = threading.Event(), threading.Event()
        original = Catalogue.__call__

        def silent(self: Catalogue, request: Any) -> Any:
            asked.set()
            answer.wait(60)
            return original(self, request)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Catalogue, "__call__", silent)
            queued = helpers.call_action("harvest_job_create", context(), source_id=source_id)
            stopper = threading.Thread(target=lambda: asked.wait(60) and stop(queued["id"]))
            stopper.start()
            ckan_jobs.Worker().work(burst=True)
            stopper.join()
            answer.set()
        model.Session.remove()
        abandoned.close_abandoned(source_id)
        assert helpers.call_action("harvest_job_show", id=queued["id"])["status"] == "Finished"
        assert jobs.run_now(source_id).outcome == "complete"


def stop(job_id: str) -> None:
    """As the button does, in another process than the worker's."""
    from ckan.lib.redis import connect_to_redis
    from rq.command import send_stop_job_command

    send_stop_job_command(connect_to_redis(), abandoned.queue_id(job_id))
