"""Who reads over HTTP while 100,000 rows take the place of two: no error, and never half of it."""

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from ckanext.scdl.queue import switching
from tests.integration.scdl import publisher, server
from tests.integration.scdl.conftest import FIRST, call
from tests.integration.scdl.team import Act

MANY = "nom,places\n" + "".join(f"Parc {i},{i}\n" for i in range(100_000))
Found = Callable[[httpx.Response], object]


def _table(answer: httpx.Response) -> object:
    found = answer.json()["result"]
    return found["total"], found["records"][0]["nom"]


def _file(answer: httpx.Response) -> object:
    return {FIRST: 2, MANY: 100_000}.get(answer.text, f"{len(answer.text)} characters")


def _page(answer: httpx.Response) -> object:
    return "Places" in answer.text


class Reader(threading.Thread):
    """Asks for one address again and again; `seen` is what it found, `failed` what failed."""

    def __init__(self, address: str, found: Found) -> None:
        super().__init__()
        self.address, self.found = address, found
        self.seen: set[object] = set()
        self.failed: list[str] = []
        self.reads, self.slowest = 0, 0.0
        self.stop = threading.Event()

    def run(self) -> None:
        with httpx.Client(trust_env=False, timeout=30) as client:
            while not self.stop.is_set():
                begun = time.perf_counter()
                try:
                    answer = client.get(self.address)
                    answer.raise_for_status()
                    self.seen.add(self.found(answer))
                except (httpx.HTTPError, ValueError, KeyError, IndexError) as error:
                    self.failed.append(repr(error))
                self.reads += 1
                self.slowest = max(self.slowest, time.perf_counter() - begun)


def test_who_reads_over_http_finds_the_former_version_or_the_new_one(
    act: Act, hand_over: Act, resource: dict[str, Any], ckan_config: dict[str, Any],
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    one = hand_over(content=MANY)
    name = call("package_show", id=resource["package_id"])["name"]
    file = f"/dataset/{name}/resource/{resource['id']}"
    asked: dict[str, Found] = {
        f"/api/3/action/datastore_search?resource_id={resource['id']}&limit=1": _table,
        f"{file}/download/places.csv": _file,
        file: _page,
        f"/dataset/{name}": _page,
    }
    # More than 50,000 rows are left to a worker: here, to this process.
    assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "publishing"
    with server.served(publisher.settings(ckan_config, request)) as address:
        readers = [Reader(f"{address}{path}", found) for path, found in asked.items()]
        for reader in readers:
            # The first page of a new portal makes its scripts, for all those that follow.
            httpx.get(reader.address, trust_env=False, timeout=60).raise_for_status()
        for reader in readers:
            reader.start()
        try:
            _until(lambda: all(reader.seen or reader.failed for reader in readers))
            assert switching.tick() == {one["id"]: "published"}
            before = [reader.reads for reader in readers]
            _until(lambda: all(r.reads > n + 1 for r, n in zip(readers, before, strict=True)))
        finally:
            for reader in readers:
                reader.stop.set()
            for reader in readers:
                reader.join()
    assert [reader.failed[:3] for reader in readers] == [[]] * len(readers)
    table, download, *pages = (reader.seen for reader in readers)
    assert table == {(2, "Nord"), (100_000, "Parc 0")}
    assert download == {2, 100_000}
    assert pages == [{True}, {True}]
    with capsys.disabled():
        told = [f"{reader.reads}/{reader.slowest:.2f}" for reader in readers]
        sys.stdout.write(f"\nreads/slowest, table, file and pages: {' '.join(told)}\n")


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
