"""The harvest sources of our type: what they are, which are due, and those of sources.yaml."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context
from ckanext.harvest.model import HarvestSource

from ckanext.grandpoitiers.catalogue.source_config import SourceConfig, dump_config, read_config
from ckanext.grandpoitiers.catalogue.sources import Source as Declared
from portal_kit.outbound.errors import N_

TYPE = "iso-csw"
PERIODS = {
    "ALWAYS": timedelta(0),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "BIWEEKLY": timedelta(weeks=2),
    "MONTHLY": timedelta(days=30),
}
"""How long after a run the next one is due; MANUAL is never due."""

UNKNOWN_SOURCE = N_("There is no geocatalogue source named “{name}”. There are: {known}.")
NOT_OURS = N_("The source “{name}” is of another type ({type}): run it with “ckan harvester”.")


class SourceError(Exception):
    """A source that can't be harvested by us; one sentence."""

    def __init__(self, sentence: str, **params: str) -> None:
        super().__init__(sentence.format(**params))
        self.sentence = sentence
        self.params = params


@dataclass(frozen=True, slots=True)
class Source:
    """A harvest source as a run needs it."""

    id: str
    name: str
    title: str
    url: str
    owner_org: str
    frequency: str
    config: SourceConfig


def load(source_id: str) -> Source:
    """The source of this id. Raises SourceError, or ConfigError for a broken configuration."""
    row: Any = model.Session.get(HarvestSource, source_id)
    package = model.Package.get(source_id)
    if row is None or package is None:
        raise SourceError(UNKNOWN_SOURCE, name=source_id, known=", ".join(names()) or "—")
    if row.type != TYPE:
        raise SourceError(NOT_OURS, name=package.name, type=row.type)
    return Source(
        id=source_id,
        name=package.name,
        title=row.title or package.title or package.name,
        url=row.url,
        owner_org=package.owner_org or "",
        frequency=row.frequency or "MANUAL",
        config=read_config(row.config),
    )


def find(name_or_id: str) -> str:
    """The id of a source by its name or id. Raises SourceError."""
    package = model.Package.get(name_or_id)
    if package is None or package.type != "harvest":
        raise SourceError(UNKNOWN_SOURCE, name=name_or_id, known=", ".join(names()) or "—")
    return package.id


def names() -> list[str]:
    """The names of our active sources."""
    packages = (model.Package.get(row.id) for row in _rows())
    return [package.name for package in packages if package is not None]


def due(now: datetime) -> list[str]:
    """The ids of the active sources whose time has come; `now` in UTC, without zone."""
    return [
        row.id
        for row in _rows()
        if row.frequency in PERIODS and (row.next_run is None or row.next_run <= now)
    ]


def schedule(source_id: str, now: datetime) -> None:
    """Say when the next run is due; without commit."""
    row: Any = model.Session.get(HarvestSource, source_id)
    period = PERIODS.get(row.frequency)
    row.next_run = now + period if period is not None else None


def _rows() -> list[Any]:
    query = model.Session.query(HarvestSource).filter_by(type=TYPE, active=True)
    return cast("list[Any]", query.order_by(HarvestSource.created).all())


def declare(declared: Iterable[Declared]) -> dict[str, str]:
    """Bring CKAN's sources up to those of sources.yaml; what was done to each, by name.

    A source is written again only when its declaration changed: what an administrator changed
    on screen stays. Raises CKAN's ValidationError.
    """
    return {source.name: _declare(source) for source in declared}


def _declare(declared: Declared) -> str:
    mark = hashlib.sha256(repr(sorted(asdict(declared).items())).encode()).hexdigest()[:16]
    package = model.Package.get(declared.name)
    if package is None:
        tk.get_action("harvest_source_create")(_context(), _fields(declared, mark))
        return "created"
    row: Any = model.Session.get(HarvestSource, package.id)
    if row is not None and read_config(row.config).declared == mark:
        return "unchanged"
    tk.get_action("harvest_source_update")(
        _context(), {**_fields(declared, mark), "id": package.id, "state": "active"}
    )
    return "updated"


def _fields(declared: Declared, mark: str) -> dict[str, Any]:
    config = SourceConfig(
        filters=declared.filters,
        cql=declared.cql,
        auth=declared.auth,
        preference=declared.preference,
        home_page=declared.home_page,
        verified=declared.verified,
        offer_again=declared.offer_again,
        note=declared.note,
        declared=mark,
    )
    return {
        "name": declared.name,
        "title": declared.title,
        "url": declared.url,
        "notes": declared.note,
        "source_type": TYPE,
        "owner_org": declared.organisation,
        # One that is only declared is harvested when somebody asks.
        "frequency": declared.frequency.upper() if declared.active else "MANUAL",
        "config": dump_config(config),
    }


def _context() -> Context:
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    return cast(Context, {"user": user, "ignore_auth": True})
