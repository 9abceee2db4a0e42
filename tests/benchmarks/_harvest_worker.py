"""The process that `harvest.py` measures: `ours URL DATABASE` or `stock URL`; one JSON line at the
end. DATABASE is the catalogue's own, in which one record in a hundred is changed."""

import json
import os
import re
import sqlite3
import sys
import time
from contextlib import closing
from typing import Any

import click
import httpx
import psutil
import sqlalchemy as sa
from ckan.cli import load_config
from ckan.config.middleware import make_app

BOOKKEEPING = ("harvest_job", "harvest_source", "harvest_gather_error", "grandpoitiers_run")
"""Tables in which every run, even an idle one, says that it took place."""


TITLE = re.compile(r"(<gmd:title>\s*<gco:CharacterString[^>]*>)")


def ours(url: str, database: str) -> dict[str, Any]:
    """A first run, an unchanged one, and one after a few changes."""
    from ckanext.grandpoitiers.catalogue import jobs, registry
    from ckanext.grandpoitiers.catalogue.sources import Source

    registry.declare([Source("bench", "Bench", url, "csw", "geomatique", active=True)])
    source_id = registry.find("bench")
    marks: list[float] = []
    held: list[int] = []

    def tell(phase: str, done: int, total: int | None) -> None:
        if phase == "write" and (done % 1000 == 0 or done == total):
            marks.append(time.perf_counter())
            held.append(resident())
        elif phase == "read":
            marks[:] = [time.perf_counter()]
            held[:] = [resident()]

    first, first_s = timed(lambda: jobs.run_now(source_id, tell))
    held.append(resident())
    rows, (documents, last) = written(), indexed()
    again, again_s = timed(lambda: jobs.run_now(source_id))
    again_writes, again_adds = written() - rows, indexed(last)[0]
    held.append(resident())
    change(database)
    changed, changed_s = timed(lambda: jobs.run_now(source_id))
    return {
        "records": sum(first.result.counts.values()),
        "documents": documents,
        "first": dict(first.result.counts),
        "first_s": first_s,
        "again": dict(again.result.counts),
        "again_s": again_s,
        "requests": again.result.requests,
        "writes": again_writes,
        "index_adds": again_adds,
        "changed": dict(changed.result.counts),
        "changed_s": changed_s,
        "per_thousand": rates(marks, sum(first.result.counts.values())),
        "held": [*held, resident()],
    }


def resident() -> int:
    """MB of memory that this process holds at this moment."""
    return psutil.Process().memory_info().rss // 1024 // 1024


def rates(marks: list[float], count: int) -> list[int]:
    """Records a second, from the moments at which the first was about to be written and each
    thousandth had been."""
    sizes = [min(1000, count - start) for start in range(0, count, 1000)]
    spans = zip(marks, marks[1:], sizes, strict=False)
    return [round(size / (end - start)) for start, end, size in spans]


def change(database: str) -> None:
    """Give one record in a hundred of the catalogue another title."""
    with closing(sqlite3.connect(database)) as connection, connection:
        rows = connection.execute("SELECT rowid, xml FROM records WHERE rowid % 100 = 0").fetchall()
        changed = [(TITLE.sub(r"\g<1>Nouveau : ", xml, count=1), rowid) for rowid, xml in rows]
        connection.executemany("UPDATE records SET xml = ? WHERE rowid = ?", changed)


def stock(url: str) -> dict[str, Any]:
    """A first run, by the functions that ckanext-harvest's two consumers call."""
    import ckan.plugins.toolkit as tk
    from ckan import model
    from ckanext.harvest import queue
    from ckanext.harvest.model import HarvestJob, HarvestObject

    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    trusted: Any = {"user": user, "ignore_auth": True, "model": model, "session": model.Session}
    tk.get_action("organization_create")({**trusted}, {"name": "bench-owner"})
    source = tk.get_action("harvest_source_create")(
        trusted,
        {
            "name": "bench",
            "title": "Bench",
            "url": url,
            "source_type": "csw",
            "owner_org": "bench-owner",
        },
    )
    job: Any = HarvestJob(source_id=source["id"], status="Running")
    job.save()
    harvester = queue.get_harvester("csw")

    def harvest() -> list[str]:
        found = queue.gather_stage(harvester, job) or []
        for object_id in found:
            queue.fetch_and_import_stages(harvester, HarvestObject.get(object_id))
        return found

    objects, seconds = timed(harvest)
    added = model.Session.query(HarvestObject).filter_by(report_status="added").count()
    return {"records": len(objects), "added": added, "first_s": seconds}


def timed(work: Any) -> tuple[Any, float]:
    """The result and the seconds it took."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def written() -> int:
    """Rows written so far in all tables but those of bookkeeping, by PostgreSQL's own counters."""
    from ckan import model

    # A backend gives its counts when it ends, at the latest.
    model.Session.remove()
    engine: Any = model.meta.engine
    engine.dispose()
    time.sleep(1)
    query = sa.text(
        "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables "
        "WHERE relname <> ALL(:tables)"
    )
    with engine.connect() as connection:
        return int(connection.execute(query, {"tables": list(BOOKKEEPING)}).scalar() or 0)


def indexed(since: int = 0) -> tuple[int, int]:
    """How many documents were added to the index since a version, and the last version: Solr gives
    each addition one of its own, always greater."""
    answer = httpx.get(
        os.environ["CKAN_SOLR_URL"] + "/select",
        params={
            "q": "*:*", "fq": f"_version_:{{{since} TO *]", "fl": "_version_",
            "sort": "_version_ desc", "rows": 1, "wt": "json",
        },
        auth=(os.environ["CKAN_SOLR_USER"], os.environ["CKAN_SOLR_PASSWORD"]),
        timeout=60,
        trust_env=False,
    )  # fmt: skip
    found = answer.json()["response"]
    last = found["docs"][0]["_version_"] if found["docs"] else since
    return found["numFound"], last


if __name__ == "__main__":
    make_app(load_config(os.environ["CKAN_INI"]))
    measured = {"ours": ours, "stock": stock}[sys.argv[1]](*sys.argv[2:])
    click.echo(json.dumps(measured))
