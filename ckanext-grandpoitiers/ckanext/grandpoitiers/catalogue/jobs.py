"""A harvest from its HarvestJob to its report; what `ckan jobs worker` and the commands run.

However a run ends, its job ends: refused, incomplete, failed or cut short, the job is finished
with one sentence, and the next run goes on from what was done.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
import click
from ckan import model
from ckanext.harvest.model import HarvestJob
from flask import has_request_context

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.catalogue import config, credentials, letters, registry
from ckanext.grandpoitiers.catalogue.abandoned import INTERRUPTED, close_abandoned, queue_id
from ckanext.grandpoitiers.catalogue.bounds import Bounds
from ckanext.grandpoitiers.catalogue.correspondents import Contacts
from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.dataset import MappingContext
from ckanext.grandpoitiers.catalogue.harvest import Harvest, Progress, Result
from ckanext.grandpoitiers.catalogue.locking import source_lock
from ckanext.grandpoitiers.catalogue.progress import Telling
from ckanext.grandpoitiers.catalogue.record import Box
from ckanext.grandpoitiers.catalogue.registry import Source, SourceError
from ckanext.grandpoitiers.catalogue.removing import NOT_THE_RECORD
from ckanext.grandpoitiers.catalogue.runs import Accepted, Run, finish, start, translate
from ckanext.grandpoitiers.catalogue.source_config import ConfigError, SourceConfig, read_config
from ckanext.grandpoitiers.catalogue.store import CkanStore
from ckanext.grandpoitiers.catalogue.storing import Past
from ckanext.grandpoitiers.catalogue.territory import Commune
from ckanext.grandpoitiers.themes import current
from portal_kit.outbound import Limits, outbound_client
from portal_kit.outbound.errors import N_

log = logging.getLogger(__name__)

BUSY = N_("Another harvest of this source is under way: wait until it has ended.")
STORE_DOWN = N_(
    "The portal's database or search index stopped answering: what was done is kept, run the "
    "harvest again once they are back."
)
FAILED = N_(
    "The harvest failed for a reason of our own ({error}): what was done is kept; tell the "
    "portal's administrator, the log has more."
)


STOPPING = 900
"""Seconds that a run past its time may take to come to its next page or batch, and to its end;
the worker then stops it, between any two instructions."""


@contextmanager
def in_site_language() -> Generator[None]:
    """A request's context, in commands and jobs that have none: CKAN's own sentences, those of
    its validators first, have a language within a request only."""
    command = click.get_current_context(silent=True)
    app = command.meta.get("flask_app") if command else None
    if app is None or has_request_context():
        yield
    else:
        with app.test_request_context():
            yield


def enqueue(job_id: str, source: Any, accepted: Accepted | None = None) -> None:
    """Give the run of a source (a HarvestSource) to `ckan jobs worker`; the queue's job has the
    harvest job's id in its own."""
    try:
        bound = bounds(read_config(source.config)).seconds
    except ConfigError:  # for the run to say
        bound = config.time_limit()
    tk.enqueue_job(
        run_queued,
        [job_id, accepted],
        title=f"harvest {source.title}",
        queue=config.queue(),
        rq_kwargs={"timeout": int(bound) + STOPPING, "job_id": queue_id(job_id)},
    )


def bounds(settings: SourceConfig) -> Bounds:
    """What a run of a source may take, from now on."""
    return Bounds(
        settings.time_limit or config.time_limit(), settings.memory_limit or config.memory_limit()
    )


def run_queued(job_id: str, accepted: Accepted | None = None) -> None:
    """What the worker calls: its report is in the database, not in the queue."""
    run(job_id, accepted=accepted)


def run_now(source_id: str, progress: Progress | None = None) -> Run:
    """Harvest a source in this process, with a HarvestJob of its own. Raises SourceError."""
    close_abandoned(source_id)
    job: Any = HarvestJob()
    job.source_id = source_id
    job.status = "Running"
    job.save()
    return run(job.id, progress)


def run(job_id: str, progress: Progress | None = None, *, accepted: Accepted | None = None) -> Run:
    """Carry out a HarvestJob and finish it, however it ends."""
    job: Any = model.Session.get(HarvestJob, job_id)
    source_id = job.source_id
    started = datetime.now(UTC)
    telling = Telling(job_id, progress)
    with in_site_language(), source_lock(source_id) as free:
        if not free:
            return finish(job_id, source_id, Run(source_id, "failed", translate()(BUSY)))
        start(job_id, source_id, started)
        telling("read", 0, None)
        done = Run(source_id, "interrupted", translate()(INTERRUPTED))
        try:
            done = _carry_out(job_id, source_id, started, telling, accepted)
        except (SourceError, ConfigError) as error:
            sentence = translate()(error.sentence).format(**error.params)
            done = Run(source_id, "failed", sentence)
        except NOT_THE_RECORD:
            log.exception("Harvest of %s: the database or the index failed", source_id)
            done = Run(source_id, "failed", translate()(STORE_DOWN))
        except Exception as error:  # the per-job boundary
            log.exception("Harvest of %s failed", source_id)
            sentence = translate()(FAILED).format(error=type(error).__name__)
            done = Run(source_id, "failed", sentence)
        finally:
            model.Session.rollback()
            done = finish(job_id, source_id, replace(done, accepted=accepted))
            # Noted as told by now: killed here, a run sends no letter rather than two.
            letters.send_all(source_id, done, translate())
            model.Session.remove()
            telling.forget()
    return done


def _carry_out(
    job_id: str,
    source_id: str,
    started: datetime,
    progress: Progress,
    accepted: Accepted | None,
) -> Run:
    source = registry.load(source_id)
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    store = CkanStore(source_id, job_id, user, started)
    with harvest(source.url, source, started, progress) as made:
        made.settings = source.config.plan_settings(accepted.missing if accepted else 0)
        made.bounds = bounds(source.config)
        made.contacts = Contacts() if source.config.digest else None
        result = made.run(store)
    log.info(
        "Harvest of %s: %s, %d requests, %d writes, %d documents indexed",
        source.name, dict(result.counts), result.requests, store.writes, store.index_adds,
    )  # fmt: skip
    done = run_of(source.name, result)
    return replace(done, post=letters.pending(source_id, result, made.contacts))


@contextmanager
def harvest(
    url: str,
    source: Source | None,
    now: datetime,
    progress: Progress | None = None,
    seconds: int | None = None,
) -> Generator[Harvest]:
    """A harvest of an address, with the settings of a source or the defaults.

    `seconds` is how long the catalogue may take for a page, when somebody waits before a screen.
    """
    settings = source.config if source else SourceConfig()
    secret = credentials.headers(settings.auth, url, tk.config)
    limits = Limits(total=seconds or config.request_limit())
    with outbound_client(tk.config, limits, secret) as client:
        made = Harvest(
            crawl=Crawl(client, url, settings.query),
            mapping=mapping(source),
            filters=settings.filters,
            settings=settings.plan_settings(),
            now=now,
        )
        if progress is not None:
            made.progress = progress
        yield made


def mapping(source: Source | None) -> MappingContext:
    """What the mapping needs: the town's themes and communes, and the source's owner."""
    return MappingContext(
        themes=[theme for theme in current.themes() if theme.chooses()],
        communes=[
            Commune(c.insee, c.name, Box(*c.bbox) if c.bbox else None, c.centre, c.aliases)
            for c in town.communes()
        ],
        organisation=source.owner_org if source else "",
        source_title=source.title if source else "",
        landing_page=source.config.landing_page if source else "",
    )


def past_of(source: Source | None) -> Past:
    """What is known of a source, for a dry run."""
    if source is None:
        return Past()
    return CkanStore(source.id, "", "", datetime.now(UTC)).past()


def run_of(source: str, result: Result) -> Run:
    """The result, with its outcome and its sentence."""
    return Run(source, _outcome(result), _message(result), result)


def _outcome(result: Result) -> str:
    if not result.complete:
        return "incomplete"
    return "refused" if result.refusal else "complete"


def _message(result: Result) -> str:
    if result.stopped is not None:
        return result.stopped.message(translate())
    return result.refusal.message(translate()) if result.refusal else ""
