"""The blueprints of the extension; each family of addresses has its module."""

from flask import request

from ckanext.realtime.addresses.views import old_addresses
from ckanext.realtime.departures.views import feed_departures
from ckanext.realtime.feed_views import feed_forms
from ckanext.realtime.history.views import feed_history
from ckanext.realtime.original_views import feed_originals
from ckanext.realtime.parking.views import parking_page
from ckanext.realtime.push.views import feed_push
from ckanext.realtime.quality.views import feed_quality
from ckanext.realtime.quality.watch_views import feed_watch
from portal_kit.keeping import KEEP_SECONDS

__all__ = [
    "feed_departures",
    "feed_forms",
    "feed_history",
    "feed_originals",
    "feed_push",
    "feed_quality",
    "feed_watch",
    "old_addresses",
    "parking_page",
]

LIVE_SECONDS = 5
"""How long a page with live values may be given to others."""


def _keep_briefly() -> None:
    request.environ[KEEP_SECONDS] = LIVE_SECONDS


for _live in (parking_page, feed_quality, feed_departures):
    _live.before_request(_keep_briefly)
