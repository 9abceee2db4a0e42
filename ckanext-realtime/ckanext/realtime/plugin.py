"""The plugin `realtime`: live feeds into the DataStore and out to reusers."""

import ckan.plugins as p
from ckan.lib.plugins import DefaultTranslation


class RealtimePlugin(DefaultTranslation, p.SingletonPlugin):
    """Table of contents."""

    p.implements(p.ITranslation)
