"""What CKAN tells the counting in front of it, where an address does not say it."""

from typing import Any

from flask import Flask, Response, has_request_context, request

from ckanext.grandpoitiers.traffic.asked import ACTION, OF_RESOURCE
from portal_kit.keeping import FOUND, RESOURCE


def note_call(response: Response) -> Response:
    """The resource that a call of the API names in its body."""
    if request.method == "POST" and request.blueprint == "api" and RESOURCE not in request.environ:
        call = ACTION.fullmatch(request.path)
        if call and call["name"] in OF_RESOURCE:
            said = request.get_json(silent=True, force=True) or request.form
            key = said.get("resource_id") or said.get("id") if hasattr(said, "get") else None
            if isinstance(key, str):
                request.environ[RESOURCE] = key
    return response


def note_found(results: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """How many datasets the search of the results page found."""
    if (
        has_request_context()
        and request.endpoint == "dataset.search"
        and params.get("q")
        and params["q"] == request.args.get("q", "").strip()
    ):
        request.environ.setdefault(FOUND, results.get("count", 0))
    return results


def install(app: Flask) -> None:
    """Listen to the API's answers."""
    app.after_request(note_call)
