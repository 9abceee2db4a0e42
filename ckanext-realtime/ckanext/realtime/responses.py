"""Responses that keep the ``Cache-Control`` they were given."""

from flask import Response
from werkzeug.datastructures import ResponseCacheControl


class OwnCacheResponse(Response):
    """CKAN rewrites the caching of every response after its view (``public, max-age=0``).

    It does so through this property: what it changes here is thrown away, and the header set by
    the view stays.
    """

    @property
    def cache_control(self) -> ResponseCacheControl:
        """An object that changes nothing."""
        return ResponseCacheControl()
