"""Questions that CKAN's API would fail on, or should not answer: turned down with a sentence."""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Flask, Response, request

from ckanext.grandpoitiers.front.refusals import refusal

NUL = "\x00"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def install(app: Flask) -> None:
    """Look at each question before CKAN does."""
    app.before_request(judge)


def judge() -> Response | None:
    """Status 400 for a NUL in a value, which PostgreSQL has not, and for a JSONP callback."""
    if has_nul(request.args.to_dict(flat=False)) or _body_has_nul():
        return refusal(
            400,
            tk._("This can't be read"),
            tk._("A value holds a NUL character: send it again without it."),
        )
    if request.blueprint == "api" and "callback" in request.args:
        # A script that any page may run with the reader's own rights.
        return refusal(
            400,
            tk._("This can't be read"),
            tk._("The API has no JSONP callback: any site may ask it by CORS, in JSON."),
        )
    return None


def _body_has_nul() -> bool:
    if request.method not in ("POST", "PUT", "PATCH"):
        return False
    if request.mimetype in FORMS:
        return has_nul(request.form.to_dict(flat=False))
    if request.blueprint != "api":
        return False
    body = request.get_data()
    if b"\x00" in body:
        return True
    return b"\\u0000" in body and has_nul(request.get_json(force=True, silent=True))


def has_nul(value: Any) -> bool:
    """Whether there is a NUL in a text, or anywhere in lists and objects of JSON."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if NUL in one:
                return True
        elif isinstance(one, Mapping):
            waiting += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
    return False
