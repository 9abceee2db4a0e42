"""A real HTTP server on the loopback that answers as a test tells it to, well or badly.

with serving(lambda request: Reply(body=b"<ok/>")) as server:
    server.url, server.requests
"""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """What the server received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What it answers.

    `announced` is the Content-Length when it must lie; `pauses` are seconds waited before each
    piece of `body`, cut in that many; `raw` is sent instead of any HTTP.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    announced: int | None = None
    pauses: tuple[float, ...] = ()
    raw: bytes | None = None


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up on purpose: most of the tests are about that."""


class Server:
    """The running server: its address, and the requests it has received so far."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.requests: list[Request] = []
        self.answer = answer
        self._http = _QuietServer(("127.0.0.1", 0), self._handler())
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    def encrypt(self, certificate: Path) -> None:
        """Answer over TLS only."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = self.url.replace("http:", "https:")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                request = Request(
                    self.command, self.path, dict(self.headers.items()), self.rfile.read(length)
                )
                server.requests.append(request)
                self._send(server.answer(request))

            do_POST = do_GET  # noqa: N815  (http.server's name)

            def _send(self, reply: Reply) -> None:
                if reply.raw is not None:
                    self.wfile.write(reply.raw)
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                length = len(reply.body) if reply.announced is None else reply.announced
                self.send_header("Content-Length", str(length))
                self.end_headers()
                size = max(1, -(-len(reply.body) // max(1, len(reply.pauses))))
                for rank, pause in enumerate(reply.pauses or (0.0,)):
                    time.sleep(pause)
                    self.wfile.write(reply.body[rank * size : (rank + 1) * size])
                    self.wfile.flush()
                self.close_connection = reply.announced is not None

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler


@contextlib.contextmanager
def serving(
    answer: Callable[[Request], Reply], certificate: Path | None = None
) -> Generator[Server]:
    """A server for the time of a `with` block; over TLS with a certificate and its key."""
    server = Server(answer)
    if certificate is not None:
        server.encrypt(certificate)
    server.start()
    try:
        yield server
    finally:
        server.stop()
