"""Puts the cache of pages in front of CKAN's application."""

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Flask, Response, request

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.pagecache import writes
from ckanext.grandpoitiers.pagecache.middleware import PageCache
from ckanext.grandpoitiers.pagecache.shelf import Shelf
from portal_kit.keeping import ANONYMOUS, COUNTED


def install(app: Flask, settings: Any) -> None:
    """Wrap the application, when pages are kept at all."""
    seconds = config.pages_kept()
    if not seconds:
        return
    app.after_request(note_who_asked)
    token = settings["apitoken_header_name"].upper().replace("-", "_")
    app.wsgi_app = PageCache(  # pyright: ignore[reportAttributeAccessIssue]
        app.wsgi_app,
        Shelf(config.kept_pages_size()),
        writes.generations(),
        seconds,
        cookies=(settings["SESSION_COOKIE_NAME"], settings["REMEMBER_COOKIE_NAME"]),
        headers=(f"HTTP_{token}",),
        told=COUNTED,
    )


def note_who_asked(response: Response) -> Response:
    """Tell the cache whether CKAN has answered somebody who is not signed in."""
    request.environ[ANONYMOUS] = not tk.current_user.is_authenticated
    return response
