"""The cache in front of CKAN: a page made for one visitor is given to the next.

Only to those who are not signed in, only what CKAN made for somebody who was not, and never a page
with a form. WSGI; must import neither CKAN nor Flask.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ckanext.grandpoitiers.pagecache import page as pages
from ckanext.grandpoitiers.pagecache.asking import key_of
from ckanext.grandpoitiers.pagecache.generation import YOUNG, Generations
from ckanext.grandpoitiers.pagecache.page import Page
from ckanext.grandpoitiers.pagecache.shelf import Shelf
from portal_kit.keeping import ANONYMOUS, KEEP_SECONDS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class PageCache:
    """WSGI: answers from `shelf` while the generation is that of the page, else asks `app`.

    `seconds` is how long a page is kept that does not say so itself; `cookies` and `headers` are
    those that may sign somebody in (`asking.key_of`); `told` names what of the environment is kept
    with a page, for whoever counts in front of this.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        shelf: Shelf,
        generations: Generations,
        seconds: int,
        *,
        cookies: Iterable[str] = (),
        headers: Iterable[str] = (),
        told: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._shelf = shelf
        self._generations = generations
        self._seconds = seconds
        self._cookies = frozenset(cookies)
        self._headers = frozenset(headers)
        self._told = tuple(told)
        self._clock = clock

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        key = key_of(environ, self._cookies, self._headers)
        generation = None if key is None else self._generations.current()
        if key is None or generation is None:
            return self._app(environ, start_response)
        kept = self._shelf.get(key)
        if kept and kept.generation == generation and self._clock() < kept.until:
            environ.update(kept.told)
            return _given(kept, environ, start_response)
        if environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        return self._made(key, generation, environ, start_response)

    def _made(
        self,
        key: tuple[str, ...],
        generation: int,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        answer = _Answer(start_response)
        chunks = self._app(environ, answer.start)
        if answer.held is None or not pages.may_be_kept(*answer.held[:2]):
            answer.release()
            return chunks
        status, headers, exc_info = answer.held
        body = _whole(chunks)
        page = self._page(generation, environ, headers, body)
        if page is None:
            start_response(status, headers, exc_info)
            return [body]
        self._shelf.put(key, page)
        return _given(page, environ, start_response)

    def _page(
        self,
        generation: int,
        environ: "WSGIEnvironment",
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> Page | None:
        seconds = float(environ.get(KEEP_SECONDS, self._seconds))
        if seconds <= 0 or environ.get(ANONYMOUS) is not True:
            return None
        if self._generations.is_young():
            seconds = min(seconds, YOUNG)
        told = {name: environ[name] for name in self._told if name in environ}
        return pages.made_of(headers, body, generation, self._clock() + seconds, told)


class _Answer:
    """Holds what the application starts its answer with, until somebody decides."""

    def __init__(self, start_response: "StartResponse") -> None:
        self._start_response = start_response
        self._released = False
        self.held: tuple[str, list[tuple[str, str]], Any] | None = None

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        if self._released:
            return self._start_response(status, headers, exc_info)
        self.held = (status, headers, exc_info)
        return None

    def release(self) -> None:
        """Let the answer go as it is; also one that starts with its first bytes."""
        self._released = True
        if self.held is not None:
            self._start_response(*self.held)


def _whole(chunks: Iterable[bytes]) -> bytes:
    try:
        return b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()


def _given(
    page: Page, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    status, headers, body = page.answer(environ)
    start_response(status, headers)
    return [body]
