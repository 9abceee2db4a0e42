"""An address where a program leaves a file: `PUT /depot/parcs.csv`, with a token.

For programs that send a file to an address and know nothing of CKAN's API: the body is the file,
the token is in the header that the API reads, or is the password of HTTP's basic authentication.
"""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan.lib import api_token
from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.datastructures import FileStorage

from ckanext.scdl.queue import words

receiving = Blueprint("scdl_receiving", __name__)

SAID = ("dataset", "resource_id", "owner_org", "schema", "title", "note", "repairs", "publish")
"""What the address may say after its question mark, as the action is told it."""
STATUS = {"draft": 202, "submitted": 201, "scheduled": 201, "publishing": 202, "published": 201}


def install(app: Flask) -> None:
    """No form leads here, and no browser knows a token: there is no form's proof to ask for."""
    app.extensions["csrf"].exempt(receiving)


@receiving.route("/depot/<name>", methods=["PUT", "POST"])
def leave(name: str) -> Response:
    """Deposit the body of the request under this name, and hand it over."""
    user = _user()
    if user is None:
        return _answer(401, tk._("Send a token: in the header, or as the password."))
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return _answer(400, tk._("Send the file itself as the body, not a form."))
    said: dict[str, Any] = {key: request.args[key] for key in SAID if key in request.args}
    context: Any = {"user": user.name, "auth_user_obj": user}
    action = "grandpoitiers_deposit" if "dataset" in said else "scdl_deposit_drop"
    try:
        upload = FileStorage(request.stream, filename=name)
        found = tk.get_action(action)(context, {**said, "upload": upload})
    except tk.ValidationError as error:
        texts = error.error_summary.values()
        return _answer(409, " ".join(map(str, texts)))
    except tk.NotAuthorized:
        return _answer(403, tk._("This account may not deposit here."))
    except (tk.ObjectNotFound, KeyError):
        return _answer(404, tk._("There is no such dataset."))
    address = found.get("address") or tk.h.url_for(
        "scdl_queue.submission", id=found["id"], qualified=True
    )
    state = found["state"]
    sentence = words.states().get(state) or tk._("The file waits for an answer at this address.")
    return _answer(STATUS[state], sentence, id=found["id"], state=state, address=address)


def _user() -> Any:
    if tk.current_user.is_authenticated:
        # A browser's session could be made to come here by another site.
        return tk.current_user if tk.g.get("login_via_auth_header") else None
    given = request.authorization
    if given is None or given.type != "basic" or not given.password:
        return None
    user = api_token.get_user_from_token(given.password)
    known = user is not None and user.is_active and given.username in ("", user.name)
    return user if known else None


def _answer(status: int, sentence: str, **said: str) -> Response:
    answer = jsonify({"message": sentence, **said})
    answer.status_code = status
    return answer
