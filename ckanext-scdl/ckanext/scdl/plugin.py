"""The plugin `scdl`: typed datasets, validated by the French local-data schemas."""

import ckan.plugins as p


class ScdlPlugin(p.SingletonPlugin):
    """Table of contents."""
