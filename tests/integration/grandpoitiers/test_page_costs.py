"""What a page asks of PostgreSQL and Solr does not grow with the catalogue."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pysolr
import pytest
import sqlalchemy as sa
from ckan.tests import factories

from ckanext.grandpoitiers.pagecache.remembered import Remembered
from ckanext.grandpoitiers.pages import store
from ckanext.grandpoitiers.pages.page import Rules, read_page

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
FEW, MANY = 10, 40
NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
RULES = Rules(ZoneInfo("Europe/Paris"), {"data-sandwich": "Data-sandwich"})
PAGES = (
    "/",
    "/group/transports",
    "/dataset/?q=comptage&groups=transports&res_format=CSV",
    "/dataset/comptage-0",
    "/pages/atelier",
)
"""Home, theme, search with facets, dataset, event."""


@dataclass
class Asked:
    """How often each was asked."""

    sql: int = 0
    solr: int = 0


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Generator[Asked]:
    """Counts the statements of every engine, and the questions to Solr; nothing is remembered."""
    counted = Asked()
    send = pysolr.Solr.search

    def note(*_: Any) -> None:
        counted.sql += 1

    def noting(self: pysolr.Solr, *arguments: Any, **named: Any) -> Any:
        counted.solr += 1
        return send(self, *arguments, **named)

    # What is remembered depends on when one asks.
    monkeypatch.setattr(Remembered, "get", lambda _self, _key, make: make())
    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    monkeypatch.setattr(pysolr.Solr, "search", noting)
    yield counted
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def publish(numbers: range, organisation: str) -> None:
    """Datasets of one theme and organisation, each with two files."""
    for number in numbers:
        factories.Dataset(
            name=f"comptage-{number}",
            title=f"Comptage {number}",
            owner_org=organisation,
            groups=[{"name": "transports"}],
            tags=[{"name": f"mot-{number}"}, {"name": "comptage"}],
            license_id="lov2",
            resources=[
                {"url": f"https://example.com/{number}.{kind}", "format": kind}
                for kind in ("CSV", "JSON")
            ],
        )


def announce(names: list[str]) -> None:
    """The event `atelier`, which presents datasets."""
    data: dict[str, Any] = {
        "kind": "event",
        "title": "Atelier",
        "state": "published",
        "type": "data-sandwich",
        "starts": "2026-05-18T12:00",
        "datasets": names,
    }
    found = read_page(data, RULES)
    assert found.errors == ()
    known = store.find("atelier")
    if known is None:
        store.create(found.page, "ada", NOW)
    else:
        store.save(known.id, found.page, "ada", known.version, NOW)


def costs(app: Any, asked: Asked) -> dict[str, Asked]:
    """What each kind of page asks the second time it is opened."""
    found: dict[str, Asked] = {}
    for path in PAGES:
        app.get(path, status=200)
        asked.sql = asked.solr = 0
        app.get(path, status=200)
        found[path] = Asked(asked.sql, asked.solr)
    return found


def test_a_page_asks_as_much_of_ten_datasets_as_of_forty(app: Any, asked: Asked) -> None:
    factories.Group(name="transports", title="Transports")
    organisation = factories.Organization(name="mobilites")["id"]
    publish(range(FEW), organisation)
    announce([f"comptage-{number}" for number in range(3)])
    few = costs(app, asked)
    publish(range(FEW, MANY), organisation)
    announce([f"comptage-{number}" for number in range(12)])
    assert costs(app, asked) == few
    assert all(
        cost.sql and cost.solr for path, cost in few.items() if path != "/dataset/comptage-0"
    )
