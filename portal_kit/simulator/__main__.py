"""``python -m portal_kit.simulator PORT``: serves the simulated feeds on the loopback.

Must not import CKAN.
"""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from portal_kit.configuration import find, read_yaml
from portal_kit.simulator import buses, gtfs, network, parkings

LOOPBACK = "127.0.0.1"
PROTOBUF = "application/x-protobuf"
Answer = Callable[[datetime], tuple[str, bytes]]


def answers() -> Mapping[str, Answer]:
    """What each path answers at a moment: the type and the bytes."""
    parks = parkings.car_parks(find("demo/tables/parkings.csv").read_text(encoding="utf-8"))
    town = network.read(read_yaml("demo/network.yaml"))

    def places(now: datetime) -> tuple[str, bytes]:
        document = parkings.document(parks, now)
        return "application/json", json.dumps(document, ensure_ascii=False).encode()

    return {
        "/parkings.json": places,
        "/vehicle-positions.pb": lambda now: (PROTOBUF, buses.vehicle_positions(town, now)),
        "/trip-updates.pb": lambda now: (PROTOBUF, buses.trip_updates(town, now)),
        "/alerts.pb": lambda now: (PROTOBUF, buses.alerts(town, now)),
        "/gtfs.zip": lambda now: ("application/zip", gtfs.timetable(town, now.year)),
    }


def server(port: int) -> ThreadingHTTPServer:
    """A server of these answers on the loopback, not started yet."""
    known = answers()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = known.get(self.path.partition("?")[0])
            if answer is None:
                self.send_error(404)
                return
            media_type, content = answer(datetime.now(UTC))
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Some lines a minute would say nothing."""

    return ThreadingHTTPServer((LOOPBACK, port), Handler)


if __name__ == "__main__":
    server(int(sys.argv[1])).serve_forever()
