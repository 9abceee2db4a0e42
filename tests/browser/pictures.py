"""Pictures for the documentation, taken by the tests that open the pages."""

import os
from pathlib import Path

from playwright.sync_api import Page

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


def picture(page: Page, name: str) -> None:
    """Keep the page for the documentation, when asked to (PORTAL_SCREENSHOTS=1)."""
    if os.environ.get("PORTAL_SCREENSHOTS"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png")
