"""What stands around CKAN: the proxy's headers, /health, protections, limits."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from ckanext.grandpoitiers import config, csrf, limits
from ckanext.grandpoitiers.headers import Headers, protections
from ckanext.grandpoitiers.health import Health, checks


def surround(app: Flask, settings: Any) -> None:
    """Wrap the application; the last wrapper meets a request first."""
    csrf.install(app)
    limits.install(app)
    proxies = config.trusted_proxies()
    if proxies:
        app.wsgi_app = ProxyFix(  # pyright: ignore[reportAttributeAccessIssue]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.wsgi_app = Health(app.wsgi_app, checks(settings))  # pyright: ignore[reportAttributeAccessIssue]
    app.wsgi_app = Headers(  # pyright: ignore[reportAttributeAccessIssue]
        app.wsgi_app, protections(config.frame_ancestors())
    )
