"""The processes that `realtime.py` measures; each ends with one JSON line.

`source N`: serves N vehicles, all of them changed at each request. `declare URL`: makes the feed,
and the same table as CKAN makes it. `poll TICKS`: the poller itself, as fast as answers come.
`stock RESOURCE N`: CKAN's own upsert.
"""

import asyncio
import json
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import psutil

from tests.feeds import moving

KIND = "gtfs-rt-vehicle-positions"
ROUNDS = 10


def source(count: str) -> None:
    """Serve on a free port, which is printed first."""
    start = datetime.now(UTC) - timedelta(days=1)
    served = [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served[0] += 1
            # Ten seconds between two answers of the source, however fast they are asked for.
            body = moving(int(count), start + 10 * served[0] * timedelta(seconds=1), served[0])
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    click.echo(json.dumps({"port": server.server_address[1]}))
    server.serve_forever()


def declare(url: str) -> None:
    """The feed, with its dataset; and a table of the same columns and key beside it."""
    import ckan.plugins.toolkit as tk

    _load_ckan()
    from ckanext.realtime import publishing
    from ckanext.realtime.decoding import table_of

    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]

    def act(action: str, **data: Any) -> Any:
        return tk.get_action(action)({"user": user, "ignore_auth": True}, data)

    act("organization_create", name="bench")
    act("package_create", name="bench", title="Bench", owner_org="bench")
    feed = act(
        "realtime_feed_create", name="bench", title="Bench", kind=KIND, dataset="bench",
        address=url, interval=10,
    )  # fmt: skip
    table = table_of(KIND)
    stock = act(
        "datastore_create",
        resource={"package_id": "bench", "name": "stock"},
        fields=publishing.fields(table),
        primary_key=list(table.key),
    )
    told = {"id": feed["id"], "resource": feed["resource_id"], "stock": stock["resource_id"]}
    click.echo(json.dumps(told))


def poll(ticks: str) -> None:
    """So many answers through the poller of production; times and sizes along the way."""
    from ckanext.realtime.poller.options import read
    from ckanext.realtime.poller.service import Poller, Timing

    wanted = int(ticks)
    ini = Path(os.environ["CKAN_INI"]).read_text(encoding="utf-8")
    # Upkeep and metadata come as often a second as they would a minute.
    poller = Poller(read(ini, os.environ), Timing(upkeep=1, publish=1, spread=0, pace=0))
    seconds: list[float] = []
    samples: list[dict[str, float]] = []
    process = psutil.Process()

    async def run() -> None:
        task = asyncio.ensure_future(poller.run())

        def observe(_source: Any, turn: Any) -> None:
            seconds.append(turn.seconds)
            if len(seconds) % max(1, wanted // 200) == 0:
                samples.append(
                    {
                        "tick": len(seconds),
                        "rss": process.memory_info().rss / 2**20,
                        "fds": process.num_fds(),
                        "connections": len(process.net_connections()),
                    }
                )
            if len(seconds) == wanted:
                task.cancel()

        poller.observe = observe  # type: ignore[method-assign]
        with suppress(asyncio.CancelledError):
            await task

    started = time.perf_counter()
    asyncio.run(run())
    whole = time.perf_counter() - started
    click.echo(json.dumps({"seconds": seconds, "samples": samples, "whole": whole}))


def stock(resource_id: str, count: str) -> None:
    """CKAN's own `datastore_upsert` of rows decoded beforehand, every row changed."""
    import ckan.plugins.toolkit as tk

    _load_ckan()
    from ckanext.realtime.decoding import decode

    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    start = datetime.now(UTC)
    took: list[float] = []
    for rank in range(ROUNDS):
        moment = start + 10 * rank * timedelta(seconds=1)
        rows = decode(KIND, moving(int(count), moment, rank), moment).rows
        before = time.perf_counter()
        tk.get_action("datastore_upsert")(
            {"user": user, "ignore_auth": True},
            {"resource_id": resource_id, "records": rows, "method": "upsert"},
        )
        took.append(time.perf_counter() - before)
    # The first is an insertion.
    click.echo(json.dumps({"seconds": took[1:]}))


def _load_ckan() -> None:
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    app = make_app(load_config(os.environ["CKAN_INI"]))
    app.test_request_context().push()


if __name__ == "__main__":
    {"source": source, "declare": declare, "poll": poll, "stock": stock}[sys.argv[1]](*sys.argv[2:])
