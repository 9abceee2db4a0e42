"""What has a page of its own and may be seen by everybody: datasets, themes, organisations, pages.

Read from one transaction, a batch at a time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

import sqlalchemy as sa
from ckan.plugins import plugin_loaded

from ckanext.grandpoitiers.interchange import queries
from ckanext.grandpoitiers.interchange.reading import BATCH, NOT_DATASETS, Snapshot
from ckanext.grandpoitiers.interchange.sitemap import LIMIT, Place
from ckanext.grandpoitiers.pages import rules, store
from ckanext.grandpoitiers.pages.store import Wanted

STATE = """
SELECT count(*), max(p.metadata_modified),
       coalesce(bit_xor(hashtextextended(concat(p.id, p.name, p.metadata_modified), 0)), 0)
FROM package p WHERE {where}
"""
NAMES = """
SELECT p.id, p.name, p.metadata_modified FROM package p
WHERE {where} ORDER BY p.id LIMIT :limit OFFSET :offset
"""
GROUPS = """
SELECT name, type FROM "group" WHERE state = 'active' AND type IN ('group', 'organization')
ORDER BY type, name
"""


class State(NamedTuple):
    """Datasets at one instant: how many, when the last changed, a digest of all names and dates."""

    total: int
    modified: str
    digest: str


def state(reading: Snapshot) -> State:
    """That of the public datasets."""
    row = reading.connection.execute(sa.text(STATE.format(where=queries.PUBLIC)), _known()).one()
    return State(int(row[0]), moment(row[1]), str(row[2]))


def datasets(reading: Snapshot, site: str, number: int) -> Iterator[Place]:
    """The pages of the datasets of a part of the sitemap, from 1."""
    span = {"limit": LIMIT, "offset": (number - 1) * LIMIT}
    query = sa.text(NAMES.format(where=queries.PUBLIC)).execution_options(
        stream_results=True, max_row_buffer=1000
    )
    rows = reading.connection.execute(query, {**_known(), **span})
    for batch in rows.partitions(BATCH):
        visible = reading.visible([str(row[0]) for row in batch])
        for key, name, modified in batch:
            if visible is None or key in visible:
                yield Place(f"{site}/dataset/{quote(str(name))}", moment(modified))


def others(reading: Snapshot, site: str) -> list[Place]:
    """All other pages: lists, themes, organisations, and what is written on screen."""
    return list(_others(reading, site))[:LIMIT]


def _others(reading: Snapshot, site: str) -> Iterator[Place]:
    for path in ("/", "/dataset/", "/group/", "/organization/", "/about"):
        yield Place(site + path)
    for name, kind in reading.connection.execute(sa.text(GROUPS)):
        yield Place(f"{site}/{kind}/{quote(str(name))}")
    if plugin_loaded("grandpoitiers_pages"):
        yield from _written(site)


def _written(site: str) -> Iterator[Place]:
    for path in ("/pages/evenements/", "/pages/actualites/"):
        yield Place(site + path)
    for stored in store.listed(Wanted(seen_at=rules.now(), limit=LIMIT)):
        yield Place(f"{site}/pages/{quote(stored.page.slug)}", moment(stored.modified))


def _known() -> dict[str, list[str]]:
    return {"not_datasets": list(NOT_DATASETS)}


def moment(value: datetime | None) -> str:
    """As W3C writes dates, in UTC; CKAN's have no zone and are in UTC."""
    if value is None:
        return ""
    known = value if value.tzinfo else value.replace(tzinfo=UTC)
    return known.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
