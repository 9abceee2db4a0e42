"""The plugin `realtime`: live feeds into the DataStore and out to reusers."""

import ckan.plugins as p


class RealtimePlugin(p.SingletonPlugin):
    """Table of contents."""
