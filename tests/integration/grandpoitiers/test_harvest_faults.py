"""Catalogues that fail in every known way: one sentence in French, nothing removed."""

import gzip
import socket
from collections.abc import Callable
from typing import Any

import pytest
from ckan.tests import helpers

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.getrecords import OWS
from portal_kit.outbound import Limits
from tests.catalogues import Catalogue
from tests.misbehaving import Reply, Request, Server

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

REPORT = (
    f'<ows:ExceptionReport xmlns:ows="{OWS}"><ows:Exception exceptionCode="NoApplicableCode">'
    "<ows:ExceptionText>Index en maintenance</ows:ExceptionText></ows:Exception>"
    "</ows:ExceptionReport>"
).encode()
BOMB = gzip.compress(b"<a>" + b" " * 400_000_000)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short limits, and no pause between two tries."""
    limits = Limits(connect=1, read=0.5, total=2)
    monkeypatch.setattr(jobs, "Limits", lambda **given: limits)
    crawl = jobs.Crawl
    monkeypatch.setattr(jobs, "Crawl", lambda *args: crawl(*args, waits=()))


def truncated(catalogue: Catalogue) -> Callable[[Request], Reply]:
    return lambda request: Reply(body=catalogue(request).body[:-200])


FAULTS = {
    "slow": (lambda catalogue: lambda request: Reply(pauses=(1.0,), body=b"x"), "secondes"),
    "redirecting inwards": (
        lambda catalogue: (
            lambda request: Reply(
                302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}
            )
        ),
        "169.254.169.254",
    ),
    "not XML": (
        lambda catalogue: lambda request: Reply(body=b"<html><p>Bienvenue<br></html>"),
        "XML",
    ),
    "bomb": (
        lambda catalogue: lambda request: Reply(body=BOMB, headers={"Content-Encoding": "gzip"}),
        "200",
    ),
    "exception report": (
        lambda catalogue: lambda request: Reply(400, REPORT),
        "Index en maintenance",
    ),
    "truncated": (truncated, "127.0.0.1"),
    "error": (lambda catalogue: lambda request: Reply(503), "503"),
    "empty": (lambda catalogue: lambda request: Reply(body=b""), "127.0.0.1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_catalogue_removes_nothing_and_says_why(
    fault: str, source_id: str, served: tuple[Catalogue, Server]
) -> None:
    """The job is finished, with one sentence that an administrator can act on."""
    catalogue, server = served
    jobs.run_now(source_id)
    make, words = FAULTS[fault]
    server.answer = make(catalogue)
    done = jobs.run_now(source_id)
    assert done.outcome == "incomplete"
    assert words in done.message
    assert done.message.endswith((".", "!"))
    assert helpers.call_action("package_search")["count"] == 8
    job = last_job(source_id)
    assert job["status"] == "Finished"
    assert [error["message"] for error in job["gather_error_summary"]] == [done.message]
    assert job["stats"]["deleted"] == 0


def test_an_unreachable_catalogue_does_not_stop_the_others(
    make_source: Callable[..., str], served: tuple[Catalogue, Server]
) -> None:
    """Nobody listens at the first address; the second source is harvested all the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    sources = make_source(f"http://127.0.0.1:{port}/", "muette"), make_source(served[1].url)
    outcomes = [jobs.run_now(source).outcome for source in sources]
    assert outcomes == ["incomplete", "complete"]
    assert last_job(sources[0])["status"] == "Finished"


def test_the_town_s_network_is_closed_by_default(
    source_id: str, ckan_config: dict[str, Any]
) -> None:
    """The option names what is open; the sentence names the option."""
    ckan_config["ckanext.grandpoitiers.outbound.allowed_networks"] = []
    done = jobs.run_now(source_id)
    assert "ckanext.grandpoitiers.outbound.allowed_networks" in done.message


def test_a_broken_configuration_ends_the_job_with_a_sentence(source_id: str) -> None:
    """Written behind the form's back, say."""
    from ckan import model
    from ckanext.harvest.model import HarvestSource

    source: Any = model.Session.get(HarvestSource, source_id)
    source.config = '{"page_siez": 10}'
    source.save()
    done = jobs.run_now(source_id)
    assert done.outcome == "failed"
    assert "page_siez" in done.message
    assert last_job(source_id)["status"] == "Finished"


def test_a_bug_of_ours_ends_the_job_with_a_sentence(
    source_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the next run is not blocked by it."""
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "mapping", lambda source: 1 / 0)
        done = jobs.run_now(source_id)
    assert (done.outcome, "ZeroDivisionError" in done.message) == ("failed", True)
    assert last_job(source_id)["status"] == "Finished"
    assert jobs.run_now(source_id).is_good


def last_job(source_id: str) -> dict[str, Any]:
    status = helpers.call_action("harvest_source_show_status", id=source_id)
    return status["last_job"]
