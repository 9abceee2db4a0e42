"""What the page being made adds to the policy: a nonce, hosts of maps, who may frame it."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.policy.text import Policy, origins, read
from portal_kit.keeping import KEEP_SECONDS

HEADER = "Content-Security-Policy"


def of(settings: Any) -> Policy:
    """The portal's policy, from CKAN's settings."""
    return Policy(
        site=settings["ckan.site_url"],
        root=(settings.get("ckan.root_path") or "").replace("/{{LANG}}", "").rstrip("/"),
        frame_ancestors=config.frame_ancestors(),
        tiles=_tiles(settings),
        frames=tuple(config.page_frames()),
        more=read(config.more_sources()),
    )


def _tiles(settings: Any) -> str:
    """The address of the base map's tiles (`helpers.grandpoitiers_base_map`), if there is one."""
    options = "ckanext.spatial.common_map."
    url = settings.get(f"{options}custom_url") or settings.get(f"{options}custom.url")
    return str(url or "") if settings.get(f"{options}type") == "custom" else ""


def install(app: Flask, policy: Policy) -> None:
    """Let pages that need more say so in the header; the others get it outside of CKAN."""

    def say(response: Response) -> Response:
        needs = g.get("portal_needs")
        frame_ancestors = g.get("portal_frame_ancestors")
        if (needs or frame_ancestors) and HEADER not in response.headers:
            response.headers[HEADER] = policy.written(
                request.host, request.path, needs, frame_ancestors
            )
        return response

    app.after_request(say)


def nonce() -> str:
    """The value that the scripts in this page's text bear; such a page is given to nobody else."""
    value: str | None = g.get("portal_nonce")
    if value is None:
        value = g.portal_nonce = secrets.token_urlsafe(16)
        request.environ[KEEP_SECONDS] = 0
        _need({"script-src": [f"'nonce-{value}'"]})
    return value


def style(text: str) -> str:
    """`text`, a style sheet in the page's text, as it may be applied: by its digest."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    _need({"style-src": [f"'sha256-{digest}'"]})
    return text


def pictures_of(address: str) -> None:
    """Let this page show pictures of another server, that of `address`."""
    _need({"img-src": origins([address])})


def framed_by(ancestors: str) -> None:
    """Let other sites frame this page."""
    g.portal_frame_ancestors = ancestors


def _need(sources: Mapping[str, list[str]]) -> None:
    if not has_request_context():
        return
    held: dict[str, list[str]] = g.setdefault("portal_needs", {})
    for directive, listed in sources.items():
        held.setdefault(directive, []).extend(listed)
