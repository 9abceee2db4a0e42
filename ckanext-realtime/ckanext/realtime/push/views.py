"""``POST /realtime/<name>``: rows from a producer, with its feed's key in ``Authorization``.

No account is needed, and no cookie is looked at: a key opens one feed and nothing else.
"""

from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, jsonify, request

from ckanext.realtime import config, reading, registry
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.push import keys
from ckanext.realtime.push.reading import read
from ckanext.realtime.push.storing import store
from ckanext.realtime.taking import Answer

feed_push = Blueprint("realtime_push", __name__)


@feed_push.route("/realtime/<name>", methods=["POST"], strict_slashes=False)
def push(name: str) -> Response:
    """Take the rows of a request; says what became of them, row by row where something is wrong.

    ``?whole=1``: what the body does not hold is no longer there.
    """
    now = reading.now()
    use = keys.used(_key(), now)
    known = registry.find(name)
    if use is None or known is None or use.feed_id != known.id:
        refused = _said(401, tk._("This key opens no feed here: ask the portal for another."))
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    if use.count > config.pushes_per_minute():
        slow = _said(429, tk._("Too many requests with this key: send several rows at once."))
        slow.headers["Retry-After"] = str(60 - now.second)
        return slow
    limit = known.feed.size
    if (request.content_length or 0) > limit:
        return _said(413, tk._("Send at most {limit} bytes at once.").format(limit=limit))
    content = request.stream.read(limit + 1)
    media_type = request.content_type or "application/json"
    whole = tk.asbool(request.args.get("whole", False))
    try:
        told, pushed = store(
            known,
            lambda stored: read(known, content, media_type, now, whole, stored),
            now,
            lambda found: Answer(content, media_type) if found.is_message or whole else None,
        )
    except Undecodable as error:
        return _said(400, error.problem.message(tk._), problems=[error.problem.as_dict(tk._)])
    if pushed.problems and not pushed.decoded.rows:
        return _said(422, tk._("No row can be used."), **told)
    return jsonify(told)


def _key() -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else scheme


def _said(status: int, sentence: str, **more: Any) -> Response:
    response = jsonify({"error": sentence, **more})
    response.status_code = status
    return response
