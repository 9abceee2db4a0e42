"""Answers to a request that is turned down: a page for people, JSON for programs."""

import ckan.plugins.toolkit as tk
from flask import Response, jsonify, make_response, request


def refusal(status: int, title: str, sentence: str) -> Response:
    """The answer with this status; programs get the form of CKAN's own API errors."""
    if request.blueprint == "api":
        response = jsonify(success=False, error={"__type": title, "message": sentence})
    else:
        page = {"code": status, "name": title, "content": sentence}
        response = make_response(tk.render("error_document_template.html", page))
    response.status_code = status
    return response
