"""The HTML of every kind of page is valid, by the W3C's own checker."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import validator
from tests.browser.conftest import OpenPortal
from tests.browser.visiting import OURS, PUBLIC, TEXTS, places

CKANS_OWN = (
    # htmx's attributes, as CKAN writes them: browsers leave them alone.
    ("", "^Attribute “hx-"),
    # The form of a dataset is ckanext-scheming's, the macros of fields are CKAN's.
    ("^/dataset/new", "“name” not allowed|^Self-closing|ID of a non-hidden form control"),
    ("^/(dataset|pages|ckan-admin/feeds)/new", "“placeholder” is only allowed|^Element “option”"),
    ("^/(dataset/new|user/login)", "Bad value “” for attribute “action”"),
    # The frame of a view, and the window that gives its code.
    ("/resource/[^/]+( |$)", "element “iframe”|^The heading “h3”"),
)
"""Addresses and sentences (regular expressions) of what CKAN's own templates do."""


def is_ckans(path: str, sentence: str) -> bool:
    return any(re.search(page, path) and re.search(said, sentence) for page, said in CKANS_OWN)


def test_the_html_of_every_kind_of_page_is_valid(
    administrator: Page, browser: Browser, portal: OpenPortal, tmp_path: Path
) -> None:
    """As visitors get it, then as the administrator does: the tools of a page show too."""
    known = places(administrator)
    public = sorted({known.get(path, path) for path in (*PUBLIC, *TEXTS)})
    visitor = browser.new_context(base_url=portal.url, locale="fr-FR")
    pages = {path: visitor.request.get(path).text() for path in public}
    visitor.close()
    for path in (*public, *OURS):
        pages[f"{path} (signed in)"] = administrator.request.get(path).text()
    found = validator.errors(pages, tmp_path)
    ours = [one for one in found if not is_ckans(one[0], one[1])]
    assert not ours, "\n".join(map(str, ours))
