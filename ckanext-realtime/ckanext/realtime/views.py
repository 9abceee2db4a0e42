"""The blueprints of the extension; each family of addresses has its module."""

from ckanext.realtime.addresses.views import old_addresses
from ckanext.realtime.original_views import feed_originals

__all__ = ["feed_originals", "old_addresses"]
