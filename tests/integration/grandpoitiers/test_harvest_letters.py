"""The letters to the contacts of records: when they leave, what they say, what they never do."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import mailer

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.model import runs
from tests.catalogues import Catalogue
from tests.misbehaving import Reply, Server

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

DIGEST = '{"digest": true}'
TITLE = re.compile(rb"(<gmd:title>\s*<gco:CharacterString[^>]*>)[^<]*")


class Mail(NamedTuple):
    to: str
    subject: str
    body: str


@pytest.fixture
def box(ckan_config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """What left."""
    sent: list[Mail] = []

    def keep(name: str, address: str, subject: str, body: str, **more: Any) -> None:
        sent.append(Mail(address, subject, body))

    monkeypatch.setattr(mailer, "mail_recipient", keep)
    monkeypatch.setitem(ckan_config, "smtp.mail_from", "portail@ville.fr")
    return sent


def spoil(catalogue: Catalogue, rank: int = 0) -> str:
    """A record loses its title."""
    guid = sorted(catalogue.records)[rank]
    catalogue.records[guid] = TITLE.sub(rb"\g<1> ", catalogue.records[guid], count=1)
    return guid


def test_nobody_is_written_to_unless_the_source_says_so(
    source_id: str, catalogue: Catalogue, box: list[Mail]
) -> None:
    spoil(catalogue)
    done = jobs.run_now(source_id)
    assert done.result is not None
    assert (done.result.counts["invalid"], box) == (1, [])


def test_one_letter_a_contact_says_which_record_and_what_to_do(
    make_source: Callable[..., str], served: tuple[Catalogue, Server], box: list[Mail]
) -> None:
    """In French; and the next morning nothing, until something else is to be mended."""
    catalogue, server = served
    broken = spoil(catalogue)
    source_id = make_source(f"{server.url}/csw", config=DIGEST)
    jobs.run_now(source_id)
    assert box
    assert len({one.to for one in box}) == len(box)
    (mine,) = [one for one in box if broken in one.body]
    assert "@" in mine.to
    assert "à corriger" in mine.subject
    assert "La fiche n’a pas de titre" in mine.body
    assert "Bonjour" in mine.body
    assert not any("succ" in (one.subject + one.body).lower() for one in box)
    box.clear()
    jobs.run_now(source_id)
    assert box == []
    also = spoil(catalogue, 1)
    jobs.run_now(source_id)
    assert [also in one.body for one in box] == [True]
    details = model.Session.execute(sa.select(runs.c.details)).scalars().all()
    assert "@" not in str([one["told"] for one in details])


def test_a_run_that_stopped_midway_says_so_first(
    make_source: Callable[..., str],
    served: tuple[Catalogue, Server],
    box: list[Mail],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crawl = jobs.Crawl
    monkeypatch.setattr(jobs, "Crawl", lambda *args: crawl(*args, waits=()))
    catalogue, server = served
    spoil(catalogue)
    source_id = make_source(f"{server.url}/csw", config='{"digest": true, "page_size": 4}')

    def answer(request: Any) -> Reply:
        return catalogue(request) if b'startPosition="1"' in request.body else Reply(503)

    server.answer = answer
    done = jobs.run_now(source_id)
    assert done.outcome == "incomplete"
    assert box
    assert all(done.message in one.body.split("\n\n")[1] for one in box)


def test_without_a_mail_server_nothing_is_noted_as_told(
    make_source: Callable[..., str],
    served: tuple[Catalogue, Server],
    box: list[Mail],
    ckan_config: dict[str, Any],
) -> None:
    """The first letter that can leave speaks of what is still wrong."""
    catalogue, server = served
    broken = spoil(catalogue)
    source_id = make_source(f"{server.url}/csw", config=DIGEST)
    ckan_config["smtp.mail_from"] = ""
    jobs.run_now(source_id)
    assert box == []
    ckan_config["smtp.mail_from"] = "portail@ville.fr"
    jobs.run_now(source_id)
    assert [broken in one.body for one in box] == [True]


def test_a_mail_server_that_fails_spoils_no_run(
    make_source: Callable[..., str],
    served: tuple[Catalogue, Server],
    box: list[Mail],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*args: Any, **more: Any) -> None:
        raise mailer.MailerException("down")

    monkeypatch.setattr(mailer, "mail_recipient", refuse)
    spoil(served[0])
    done = jobs.run_now(make_source(f"{served[1].url}/csw", config=DIGEST))
    assert done.outcome == "complete"
