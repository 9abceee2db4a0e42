"""A catalogue tried before its source is saved: its first records, as they would appear."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.harvest import Result
from ckanext.grandpoitiers.catalogue.registry import TYPE, Source, SourceError
from ckanext.grandpoitiers.catalogue.report import Line
from ckanext.grandpoitiers.catalogue.source_config import read_config
from ckanext.grandpoitiers.catalogue.storing import Past
from portal_kit.outbound.errors import N_

NUMBER = 20
"""Records of a sample."""
SECONDS = 15
"""How long the catalogue may take for it: somebody waits before the screen."""

NO_ADDRESS = N_("Give the address of the catalogue first.")
OTHER_TYPE = N_("Only sources of the type “{type}” can be tried here.")


@dataclass(frozen=True, slots=True)
class Sample:
    """The first records of a catalogue: `records` are (line, dataset), an empty one if unusable."""

    result: Result
    records: list[tuple[Line, Mapping[str, Any]]]


def sample(form: Mapping[str, Any]) -> Sample:
    """Try what the form of a source says (`url`, `config`, `owner_org`, `id`…); saves nothing.

    Raises SourceError or ConfigError with a sentence, NotAuthorized.
    """
    _check(form)
    source = _source(form)
    source = replace(source, config=replace(source.config, page_size=NUMBER))
    with jobs.harvest(source.url, source, datetime.now(UTC), seconds=SECONDS) as made:
        made.crawl.waits = ()
        result, records = made.sample(_past(source), NUMBER)
    return Sample(result, records)


def _check(form: Mapping[str, Any]) -> None:
    if form.get("id"):
        tk.check_access("harvest_source_update", {}, {"id": form["id"]})
    else:
        organisation = form.get("owner_org")
        tk.check_access("harvest_source_create", {}, {"owner_org": organisation or None})


def _source(form: Mapping[str, Any]) -> Source:
    if form.get("source_type", TYPE) != TYPE:
        raise SourceError(OTHER_TYPE, type=str(TYPE))
    if not str(form.get("url") or "").strip():
        raise SourceError(NO_ADDRESS)
    return Source(
        id=str(form.get("id") or ""),
        name=str(form.get("name") or ""),
        title=str(form.get("title") or ""),
        url=str(form["url"]).strip(),
        owner_org=str(form.get("owner_org") or ""),
        frequency="MANUAL",
        config=read_config(form.get("config")),
    )


def _past(source: Source) -> Past:
    """Only what other sources own: a sample shows records as if they were new."""
    try:
        return Past(elsewhere=jobs.past_of(source).elsewhere)
    finally:
        model.Session.rollback()
