"""Asks for CSRF's proof on every form, where CKAN 2.12.0 forgets to.

CKAN exempts a view from the check for the rest of the process as soon as an anonymous visitor
has opened it (`ckan_before_request` adds it to flask-wtf's list): POST /user/login is accepted
without a token, and so is any form an anonymous visitor can reach. This check looks at the request
alone, never at that list. Delete it when upstream does the same.

ckanext-harvest changes things when its addresses are merely opened: a link on another site, clicked
by an administrator, would empty a source. These are opened from our own pages only.
"""

from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect

from ckanext.grandpoitiers.front.refusals import refusal

CHANGING_LINKS = frozenset(
    {"harvester.refresh", "harvester.clear", "harvester.delete", "harvester.job_abort"}
)
"""Views that change something although they are asked by GET."""
PROGRAMS = frozenset({"api", "scdl_receiving"})
"""What programs call, which sign in by a token: none of them is a form."""


def install(app: Flask) -> None:
    """Check every request that may change something, after CKAN's own checks."""
    app.before_request(refuse_without_token)
    app.register_error_handler(CSRFError, _explain)


def refuse_without_token() -> None:
    """Raise CSRFError (status 400) when a form's token is missing, wrong or too old.

    Likewise for a link that changes something and was not on a page of ours.
    """
    if not current_app.config["WTF_CSRF_ENABLED"] or not _needs_token():
        return
    protection: CSRFProtect = current_app.extensions["csrf"]
    protection.protect()
    if request.endpoint in CHANGING_LINKS and request.method != "POST":
        _refuse_from_elsewhere()


def _refuse_from_elsewhere() -> None:
    """Another site can't make a browser say that the visitor comes from ours."""
    origin = urlsplit(request.referrer or "").netloc
    if origin not in (request.host, urlsplit(tk.config["ckan.site_url"]).netloc):
        raise CSRFError("The link was not on a page of this portal.")


def _needs_token() -> bool:
    """Whether another site could have sent this request in the visitor's name.

    It can neither send an API token in a header (browsers ask our permission first), nor gain
    anything by calling the API as nobody.
    """
    if request.endpoint is None or request.headers.get(tk.config["apitoken_header_name"]):
        return False
    return request.blueprint not in PROGRAMS or tk.current_user.is_authenticated


def _explain(error: CSRFError) -> ResponseReturnValue:
    return refusal(
        400,
        tk._("This form can’t be accepted"),
        tk._("It is too old, or it was not sent from this portal. Reload the page and try again."),
    )
