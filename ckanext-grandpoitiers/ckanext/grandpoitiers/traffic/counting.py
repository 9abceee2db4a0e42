"""Counts what is asked, in front of the kept pages: those are visits too.

WSGI; must import neither CKAN nor Flask. Nothing is written while somebody waits: a thread does it
every few seconds, so that a killed process loses that much at most.
"""

import atexit
import threading
import time
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from ckanext.grandpoitiers.traffic.asked import PROGRAMS, asked_for, searched
from ckanext.grandpoitiers.traffic.robots import is_robot
from ckanext.grandpoitiers.traffic.tally import Tally

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = 5.0
"""Between two writings."""


class Counting:
    """WSGI: adds each answer to `tally`; `today` is the portal's day, `wake` is told of a count."""

    def __init__(
        self,
        app: "WSGIApplication",
        tally: Tally,
        today: Callable[[], date],
        wake: Callable[[], None],
    ) -> None:
        self._app = app
        self._tally = tally
        self._today = today
        self._wake = wake

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        # What lies in front may rewrite the path for CKAN: the visitor's own is what counts.
        seen = {name: environ.get(name, "") for name in ("PATH_INFO", "QUERY_STRING")}

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            self._count({**environ, **seen}, status)
            return start_response(status, headers, exc_info)

        return self._app(environ, start)

    def _count(self, environ: "WSGIEnvironment", status: str) -> None:
        asked = asked_for(environ, status)
        search = searched(environ, status)
        if asked is None and search is None:
            return
        agent = str(environ.get("HTTP_USER_AGENT", ""))
        if asked is not None:
            robot = is_robot(agent, program_welcome=asked.kind in PROGRAMS)
            self._tally.visit(self._today(), asked, robot=robot)
        if search is not None and not is_robot(agent):
            self._tally.search(self._today(), search)
        self._wake()


class Writer:
    """Hands what was counted to `write`, in a thread that begins with the first count: a process
    that forks afterwards begins its own.
    """

    def __init__(self, flush: Callable[[], None], seconds: float = SECONDS) -> None:
        self._flush = flush
        self._seconds = seconds
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Begin, unless it has."""
        if self._thread is not None and self._thread.is_alive():
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="traffic", daemon=True)
                self._thread.start()
                atexit.register(self._flush)

    def _run(self) -> None:
        while True:
            time.sleep(self._seconds)
            self._flush()
