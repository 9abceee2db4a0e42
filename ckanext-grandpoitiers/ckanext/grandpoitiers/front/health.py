"""`/health`: whether the services the portal needs answer, for machines.

It stands in front of CKAN, so that it opens no session, sets no cookie, and still answers when
one of the services is down. It names the services and nothing else: neither address nor error.
Must import neither CKAN nor Flask.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
from redis import Redis, RedisError
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

PATH = "/health"
PATIENCE = 2
"""Seconds a service has to answer."""
KEPT = 2.0
"""Seconds an answer is given again without asking: a flood of calls costs one check."""

Check = Callable[[], None]
FAULTS = (SQLAlchemyError, httpx.HTTPError, httpx.InvalidURL, RedisError, OSError, ValueError)


def checks(settings: Mapping[str, Any]) -> dict[str, Check]:
    """One check for each service, from CKAN's settings; a check raises one of `FAULTS`."""
    return {
        "database": lambda: _ask_database(settings["sqlalchemy.url"]),
        "solr": lambda: _ask_solr(settings),
        "redis": lambda: _ask_redis(settings["ckan.redis.url"]),
    }


class Health:
    """WSGI: answers `/health` itself and hands everything else on.

    200 when all services answer, 503 otherwise, with
    `{"status": "ok"|"failing", "services": {name: "ok"|"failing"}}`.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        named_checks: Mapping[str, Check],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._checks = named_checks
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[str, bool] = {}
        self._until = float("-inf")

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return self._app(environ, start_response)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(environ, start_response, "405 Method Not Allowed", {"status": "refused"})
        services = self._services()
        well = all(services.values())
        document = {
            "status": _word(well),
            "services": {name: _word(up) for name, up in services.items()},
        }
        status = "200 OK" if well else "503 Service Unavailable"
        return _answer(environ, start_response, status, document)

    def _services(self) -> dict[str, bool]:
        with self._lock:
            if self._clock() >= self._until:
                with ThreadPoolExecutor(len(self._checks)) as pool:
                    answers = pool.map(_succeeds, self._checks, self._checks.values())
                    self._last = dict(zip(self._checks, answers, strict=True))
                self._until = self._clock() + KEPT
            return self._last


def _succeeds(name: str, check: Check) -> bool:
    try:
        check()
    except FAULTS as error:
        # The message may hold an address with its password: only the kind of fault is kept.
        log.warning("The service %s does not answer: %s", name, type(error).__name__)
        return False
    return True


def _word(well: bool) -> str:
    return "ok" if well else "failing"


def _answer(
    environ: "WSGIEnvironment", start_response: "StartResponse", status: str, document: object
) -> Iterable[bytes]:
    body = json.dumps(document).encode()
    start_response(
        status,
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ],
    )
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _ask_database(url: str) -> None:
    # A connection of its own: CKAN's pool may be exhausted while the database is well.
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": PATIENCE})
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


def _ask_solr(settings: Mapping[str, Any]) -> None:
    user = settings.get("solr_user")
    response = httpx.get(
        f"{settings['solr_url'].rstrip('/')}/select",
        params={"q": "*:*", "rows": 0},
        auth=(user, settings.get("solr_password") or "") if user else None,
        timeout=PATIENCE,
        trust_env=False,
    )
    response.raise_for_status()


def _ask_redis(url: str) -> None:
    with Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    ) as connection:
        connection.ping()
