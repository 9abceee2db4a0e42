"""What stands around CKAN: the proxy's headers, /health, protections, limits, cookies,
kept pages, counts."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.front import csrf, limits, questions, recovering
from ckanext.grandpoitiers.front.headers import Headers
from ckanext.grandpoitiers.front.health import Health, checks
from ckanext.grandpoitiers.front.paths import PlainPaths
from ckanext.grandpoitiers.pagecache.installing import install as install_cache
from ckanext.grandpoitiers.policy import page as policies
from ckanext.grandpoitiers.rendering import assets_kept, translations_kept
from ckanext.grandpoitiers.traffic.installing import install as install_counting


def surround(app: Flask, settings: Any) -> None:
    """Wrap the application; the last wrapper meets a request first."""
    if settings["ckan.site_url"].startswith("https://"):
        # Whoever is logged in over TLS never shows it in clear text.
        app.config.update(SESSION_COOKIE_SECURE=True, REMEMBER_COOKIE_SECURE=True)
    assets_kept.keep(settings)
    translations_kept.keep(app)
    recovering.install(app)
    csrf.install(app)
    limits.install(app)
    questions.install(app)
    policy = policies.of(settings)
    policies.install(app, policy)
    proxies = config.trusted_proxies()
    if proxies:
        app.wsgi_app = ProxyFix(  # pyright: ignore[reportAttributeAccessIssue]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.wsgi_app = Health(app.wsgi_app, checks(settings))  # pyright: ignore[reportAttributeAccessIssue]
    install_cache(app, settings)
    install_counting(app)
    app.wsgi_app = Headers(app.wsgi_app, policy)  # pyright: ignore[reportAttributeAccessIssue]
    app.wsgi_app = PlainPaths(app.wsgi_app)  # pyright: ignore[reportAttributeAccessIssue]
