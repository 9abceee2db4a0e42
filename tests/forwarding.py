"""A proxy in a process of its own: whatever host is asked for, the loopback port answers.

    python -m tests.forwarding PORT

prints the port it listens on; what it hands on says so in `X-Forwarded-By`.
"""

import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Forwarding(BaseHTTPRequestHandler):
    """GET with an absolute address, as clients ask a proxy for plain HTTP."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        upstream = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
        upstream.request("GET", address.path or "/", headers={"X-Forwarded-By": "tests"})
        answer = upstream.getresponse()
        self.send_response(answer.status)
        length = answer.headers["Content-Length"]
        if length:
            self.send_header("Content-Length", length)
        self.end_headers()
        try:
            self.wfile.write(answer.read())
        except http.client.IncompleteRead as cut:
            self.wfile.write(cut.partial)
        upstream.close()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Forwarding)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
