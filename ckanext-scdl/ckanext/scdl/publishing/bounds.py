"""Bodies that are larger than the files accepted, refused before they are written anywhere.

A form is otherwise written whole to a temporary file before a view, or the check of its token,
looks at it.
"""

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from ckanext.scdl import config
from ckanext.scdl.publishing import checks, sources

ROOM = config.MEGABYTE
"""Bytes for the other fields of a form."""


def _deposited() -> int:
    """Bytes; a stranger deposits nothing."""
    return config.largest_file() if tk.current_user.is_authenticated else ROOM


LIMITS: dict[str, Callable[[], int]] = {
    "scdl.check": checks.largest,
    "scdl_deposits.index": _deposited,
    # Nothing of a body is read before the view knows whose it is.
    "scdl_receiving.leave": lambda: config.largest_file(),  # noqa: PLW0108  (read at each request)
    "scdl_validate": checks.largest,
    "scdl_deposit_create": _deposited,
    "scdl_deposit_drop": _deposited,
    "grandpoitiers_deposit": _deposited,
    "scdl_replacement_compare": _deposited,
}
"""Largest file by view, or by action of the API."""


def install(app: Flask) -> None:
    """Look at each request once CKAN knows who sends it, and before anybody reads it."""
    asked = app.before_request_funcs.setdefault(None, [])
    names = [getattr(one, "__name__", "") for one in asked]
    asked.insert(names.index("ckan_before_request") + 1, bound)
    for name in ("scdl", "scdl_deposits", "scdl_receiving", "api"):
        handlers: Any = app.error_handler_spec[name][413]
        handlers[RequestEntityTooLarge] = lambda error: _stopped(app, error)


def _stopped(app: Flask, error: RequestEntityTooLarge) -> Any:
    """Our sentence about the bodies that we bound, whoever's about the others."""
    limit = _limit()
    if limit is not None:
        return refusal(limit)
    other: Any = app.error_handler_spec[None][413].get(RequestEntityTooLarge)
    return other(error) if other else error


def bound() -> Response | None:
    """Refuse a body that says that it is too large; stop one that does not say it."""
    limit = _limit()
    if limit is None:
        return None
    request.max_content_length = limit + ROOM
    if (request.content_length or 0) > limit + ROOM:
        return refusal(limit)
    return None


def _limit() -> int | None:
    asked = request.endpoint or ""
    if asked.partition(".")[0] == "api":
        asked = str((request.view_args or {}).get("logic_function") or "")
    found = LIMITS.get(asked)
    return found() if found and request.method in ("POST", "PUT") else None


def refusal(limit: int) -> Response:
    """One sentence; status 413."""
    size = max(limit + 1, request.content_length or 0)
    sentence = sources.too_large(size, limit).sentence(tk._)
    if request.path.startswith(("/api/", "/depot/")):
        error = {"__type": "Validation Error", "upload": [sentence], "message": sentence}
        answer = jsonify({"success": False, "error": error})
    else:
        answer = Response(tk.render("scdl/refused.html", {"sentence": sentence}))
    answer.status_code = 413
    return answer
