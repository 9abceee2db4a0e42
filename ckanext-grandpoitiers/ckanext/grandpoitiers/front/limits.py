"""Limits on how often an address may log in, call the API or read exports, counted in CKAN's Redis.

And on how much an unknown caller may send.
"""

import ipaddress
import time
from typing import cast

import ckan.plugins.toolkit as tk
from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import RouteCallable
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import parse_many
from redis import RedisError
from werkzeug.exceptions import RequestEntityTooLarge

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.front.refusals import refusal

FORMS = ("user.login", "user.request_reset", "user.perform_reset", "user.register")
"""The views where guessing pays; they share one count."""
REGISTERING = "grandpoitiers_events.register"
"""Each one sends a letter to an address that somebody wrote."""
FETCHING = (
    *("grandpoitiers.layer", "grandpoitiers_finding.suggest"),
    *("grandpoitiers_explore.page", "grandpoitiers_explore.embed"),
)
"""The views that ask other people's servers on a visitor's behalf, that scripts ask, or that read
whole tables; counted with the API."""
PICTURES = {
    **dict.fromkeys(("grandpoitiers_pages.new", "grandpoitiers_pages.edit"), 5),
    **dict.fromkeys(
        (f"{kind}.{view}" for kind in ("group", "organization") for view in ("new", "edit")), 1
    ),
    "user.edit": 1,
}
"""The forms that pictures come with, and how many times the heaviest one may come at once."""
WORDS = 1024 * 1024
"""Bytes of the rest of such a form."""
READ_ON = 30.0
"""Seconds for which what is refused is read, and dropped: a browser shows no answer before."""
COUNTING = "grandpoitiers_limiter"
"""The name of the limiter among Flask's extensions."""
ANONYMOUS_BODY = 1_000_000
"""Bytes of a request that a caller without an account may send to the API: it only asks there, and
CKAN reads the whole of it into memory."""

BOUNDED = frozenset(("scdl_validate",))
"""Actions that take a file from anybody; ckanext-scdl bounds them."""


def install(app: Flask) -> Limiter:
    """Put the limits on the application's views."""
    limiter = Limiter(
        caller,
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
    seats = limiter.shared_limit(
        config.registration_rate_limit(), scope="registrations", methods=["POST"]
    )
    if REGISTERING in app.view_functions:
        register = app.view_functions[REGISTERING]
        app.view_functions[REGISTERING] = cast(RouteCallable, seats(register))
    api = limiter.shared_limit(config.api_rate_limit(), scope="api")
    api(cast(Blueprint, app.blueprints["api"]))
    for endpoint in FETCHING:
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = cast(RouteCallable, api(app.view_functions[endpoint]))

    def refuse(error: RateLimitExceeded) -> Response:
        reached = limiter.current_limit
        return _answer(reached.reset_at if reached else time.time() + 60)

    app.register_error_handler(RateLimitExceeded, refuse)
    # A form with a file is written to a temporary file before anybody asks who sent it.
    largest = max(tk.config["ckan.max_resource_size"], tk.config["ckan.max_image_size"]) + 10
    app.config["MAX_CONTENT_LENGTH"] = app.config.get("MAX_CONTENT_LENGTH") or largest * 1024 * 1024
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.before_request(bound_body)
    # Before CKAN looks for the form's token, which is when the form is read.
    app.before_request_funcs.setdefault(None, []).insert(0, bound_pictures)
    app.extensions[COUNTING] = limiter
    return limiter


def refused_export() -> Response | None:
    """Count a document of the exports, whatever its address; the refusal when there are too many.

    Not a limit on views: a page and its RDF have the same one, and pages are not counted.
    """
    limiter: Limiter | None = current_app.extensions.get(COUNTING)
    if limiter is None or not limiter.enabled:
        return None
    try:
        for limit in parse_many(config.export_rate_limit()):
            if not limiter.limiter.hit(limit, "exports", caller()):
                return _answer(limiter.limiter.get_window_stats(limit, "exports", caller())[0])
    except RedisError:
        # Who publishes data does not stop because nobody counts.
        return None
    return None


def caller() -> str:
    """Whose requests are counted together: an IPv4 address, or an IPv6 network of 64 bits.

    The address is, behind a trusted proxy, the one that ProxyFix puts there. A subscriber has a
    whole /64 (RFC 6177) and could take another address for each request.
    """
    address = get_remote_address()
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def bound_body() -> None:
    """Let an unknown caller of the API send little; status 413 beyond."""
    action = (request.view_args or {}).get("logic_function")
    if action in BOUNDED:
        return
    if request.blueprint == "api" and not tk.current_user.is_authenticated:
        request.max_content_length = ANONYMOUS_BODY


def bound_pictures() -> None:
    """Let a form with pictures be as large as they may be, not as a file; status 413 beyond."""
    pictures = PICTURES.get(request.endpoint or "")
    if pictures:
        heaviest = tk.config["ckan.max_image_size"] * 1024 * 1024
        request.max_content_length = pictures * heaviest + WORDS


def _too_large(error: RequestEntityTooLarge) -> Response:
    if request.endpoint in PICTURES:
        _read_on()
        return refusal(
            413,
            tk._("This picture is too heavy"),
            tk._(
                "A picture weighs {most} MB at most. Go back: your text is still there. Save the "
                "picture smaller, then send it."
            ).format(most=tk.config["ckan.max_image_size"]),
        )
    largest = tk.config["ckan.max_resource_size"]
    if (request.max_content_length or 0) > largest * 1024 * 1024:
        return refusal(
            413,
            tk._("This is too large"),
            tk._(
                "A file weighs {most} MB at most. Go back and send it in pieces, by year for"
                " example."
            ).format(most=largest),
        )
    return refusal(
        413,
        tk._("This is too large"),
        tk._("What was sent is larger than the portal accepts. Send less, or log in first."),
    )


def _read_on() -> None:
    """Read what is still coming and keep nothing of it."""
    stream, until = request.environ["wsgi.input"], time.monotonic() + READ_ON
    while time.monotonic() < until and stream.read(64 * 1024):
        pass


def _answer(again_at: float) -> Response:
    """The refusal, with when to try again (seconds since 1970)."""
    seconds = max(1, round(again_at - time.time()))
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
