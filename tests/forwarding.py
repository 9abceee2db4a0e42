"""A proxy in a process of its own: whatever host is asked for, the loopback port answers.

    python -m tests.forwarding PORT

prints the port it listens on; what it hands on says so in `X-Forwarded-By`.
"""

import contextlib
import http.client
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Forwarding(BaseHTTPRequestHandler):
    """GET with an absolute address, as clients ask a proxy for plain HTTP; CONNECT for TLS."""

    def do_CONNECT(self) -> None:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as upstream:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_relay, args=(upstream, self.connection), daemon=True)
            back.start()
            _relay(self.connection, upstream)
            back.join(10)
        self.close_connection = True

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


def _relay(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def main() -> None:
    """Serve until killed."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Forwarding)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
