"""The blueprints of the extension; each family of addresses has its module."""

from ckanext.realtime.addresses.views import old_addresses
from ckanext.realtime.departures.views import feed_departures
from ckanext.realtime.feed_views import feed_forms
from ckanext.realtime.history.views import feed_history
from ckanext.realtime.original_views import feed_originals
from ckanext.realtime.parking.views import parking_page
from ckanext.realtime.push.views import feed_push
from ckanext.realtime.quality.views import feed_quality

__all__ = [
    "feed_departures",
    "feed_forms",
    "feed_history",
    "feed_originals",
    "feed_push",
    "feed_quality",
    "old_addresses",
    "parking_page",
]
