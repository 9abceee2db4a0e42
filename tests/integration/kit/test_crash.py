"""Rows that a producer was told are taken are there after kill -9 of everything that held them."""

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import psycopg2
import pytest

from tests.portals import Portal, kill, wait_until

KEY = "rtk_" + "a" * 43
FEEDS = """
feeds:
  - name: crash
    title: Crash
    kind: parking-json
    dataset: {name: crash, title: Crash, organisation: mobilites, theme: transports}
"""
STARTED = datetime.now(UTC)


@pytest.fixture
def address(shared: Portal) -> Iterator[str]:
    """Where rows of a feed that is only pushed are sent; its key is put where keys are."""
    file = shared.home / "config" / "feeds.yaml"
    file.write_text(FEEDS, encoding="utf-8")
    shared.done("ckan", "realtime", "load-feeds")
    url = shared.database_url("portal_ckan", "postgres_ckan", "ckan")
    session = psycopg2.connect(url)
    with session, session.cursor() as cursor:
        cursor.execute(
            "INSERT INTO realtime_key (id, feed_id, label, digest, hint, created) "
            "SELECT 'crash', id, 'crash', %s, 'aaaa', now() FROM realtime_feed "
            "WHERE name = 'crash' ON CONFLICT DO NOTHING",
            (hashlib.sha256(KEY.encode()).hexdigest(),),
        )
    session.close()
    yield f"{shared.url}/realtime/crash"
    file.unlink()


def push(address: str, rank: int) -> bool:
    """Whether the portal said that it has the row."""
    at = (STARTED + timedelta(milliseconds=rank)).isoformat()
    row = {"id": f"row-{rank}", "capacity": 10, "free": rank % 10, "measured_at": at}
    try:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx.post(address, json=row, headers=headers, timeout=20, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.json()["applied"] == 1


def stored(address: str) -> set[str]:
    answer = httpx.get(f"{address}/quality.json", timeout=60, trust_env=False)
    resource = answer.json()["resource_id"]
    base = address.rpartition("/realtime/")[0]
    found = httpx.get(
        f"{base}/api/3/action/datastore_search",
        params={"resource_id": resource, "limit": 10_000, "fields": "id"},
        timeout=60,
        trust_env=False,
    )
    return {row["id"] for row in json.loads(found.content)["result"]["records"]}


@pytest.mark.parametrize("service", ["postgres", "valkey", "poller"])
def test_no_row_that_was_taken_is_lost(shared: Portal, address: str, service: str) -> None:
    first = {"postgres": 0, "valkey": 1000, "poller": 2000}[service]
    taken = {f"row-{rank}" for rank in range(first, first + 10) if push(address, rank)}
    assert len(taken) == 10
    kill(shared.pid(service))
    for rank in range(first + 10, first + 30):
        if push(address, rank):
            taken.add(f"row-{rank}")
        else:
            time.sleep(0.5)
    wait_until(lambda: bool(shared.status()["healthy"]), f"all healthy after {service}")
    wait_until(lambda: push(address, first + 99), "rows are taken again")
    assert taken <= stored(address)
