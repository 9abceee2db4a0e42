"""The blueprints of the extension; each family of addresses has its module."""

from ckanext.realtime.addresses.views import old_addresses

__all__ = ["old_addresses"]
