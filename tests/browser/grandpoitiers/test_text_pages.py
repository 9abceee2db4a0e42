"""Pages one reads are light and quick: at most 80 kB of JavaScript, the main content in 1.5 s."""

import gzip

from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import OpenPortal
from tests.browser.visiting import TEXTS

MOST_SCRIPTS = 80_000
"""Bytes of JavaScript, compressed."""
MOST_SECONDS = 1.5
LARGEST = """() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime / 1000))
    .observe({ type: "largest-contentful-paint", buffered: true });
})"""


def test_their_scripts_are_few(page: Page) -> None:
    """Those of CKAN weigh some 300 kB: these pages do without."""
    scripts: list[Response] = []
    page.on(
        "response",
        lambda one: scripts.append(one) if one.request.resource_type == "script" else None,
    )
    weights: dict[str, int] = {}
    for path in TEXTS:
        scripts.clear()
        page.goto(path, wait_until="networkidle")
        weights[path] = sum(len(gzip.compress(one.body())) for one in scripts)
    assert {path: weight for path, weight in weights.items() if weight > MOST_SCRIPTS} == {}


def test_their_main_content_shows_soon(browser: Browser, portal: OpenPortal) -> None:
    """To somebody who has never been here: the best of three visits, each with an empty cache."""
    seconds: dict[str, float] = {}
    for path in TEXTS:
        for _ in range(3):
            context = browser.new_context(base_url=portal.url, locale="fr-FR")
            page = context.new_page()
            page.goto(path)
            taken = float(page.evaluate(LARGEST))
            context.close()
            seconds[path] = min(taken, seconds.get(path, taken))
            if taken <= MOST_SECONDS:
                break
    assert {path: taken for path, taken in seconds.items() if taken > MOST_SECONDS} == {}
