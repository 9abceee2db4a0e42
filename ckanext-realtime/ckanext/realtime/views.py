"""The blueprints of the extension; each family of addresses has its module."""

from ckanext.realtime.addresses.views import old_addresses
from ckanext.realtime.feed_views import feed_forms
from ckanext.realtime.original_views import feed_originals
from ckanext.realtime.parking.views import parking_page

__all__ = ["feed_forms", "feed_originals", "old_addresses", "parking_page"]
