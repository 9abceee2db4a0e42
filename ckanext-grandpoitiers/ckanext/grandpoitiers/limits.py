"""Limits on how often an address may log in or call the API, counted in CKAN's Redis."""

import time
from typing import cast

import ckan.plugins.toolkit as tk
from flask import Blueprint, Flask, Response
from flask.typing import RouteCallable
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.refusals import refusal

FORMS = ("user.login", "user.request_reset", "user.perform_reset", "user.register")
"""The views where guessing pays; they share one count."""


def install(app: Flask) -> Limiter:
    """Put the limits on the application's views."""
    limiter = Limiter(
        # The client's address: behind a proxy, the one ProxyFix puts there if it is trusted.
        get_remote_address,
        app=app,
        enabled=config.rate_limits_enabled(),
        storage_uri=tk.config["ckan.redis.url"],
        storage_options={"socket_timeout": 2, "socket_connect_timeout": 2},
        # A portal without its Redis still answers; each process then counts for itself.
        in_memory_fallback_enabled=True,
        key_prefix=f"{tk.config['ckan.site_id']}:limits",
    )
    forms = limiter.shared_limit(config.login_rate_limit(), scope="forms", methods=["POST"])
    for endpoint in FORMS:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = cast(RouteCallable, forms(app.view_functions[endpoint]))
    api = limiter.shared_limit(config.api_rate_limit(), scope="api")
    api(cast(Blueprint, app.blueprints["api"]))

    def refuse(error: RateLimitExceeded) -> Response:
        return _answer(limiter)

    app.register_error_handler(RateLimitExceeded, refuse)
    return limiter


def _answer(limiter: Limiter) -> Response:
    reached = limiter.current_limit
    seconds = max(1, round(reached.reset_at - time.time())) if reached else 60
    response = refusal(
        429,
        tk._("Too many requests"),
        tk.ungettext(
            "Too many requests from your address: try again in {seconds} second.",
            "Too many requests from your address: try again in {seconds} seconds.",
            seconds,
        ).format(seconds=seconds),
    )
    response.headers["Retry-After"] = str(seconds)
    return response
