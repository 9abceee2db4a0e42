"""The plugin `realtime`: live feeds into the DataStore and out to reusers."""

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultTranslation


@tk.blanket.actions
@tk.blanket.auth_functions
@tk.blanket.blueprints
@tk.blanket.cli
class RealtimePlugin(DefaultTranslation, p.SingletonPlugin):
    """Table of contents."""

    p.implements(p.ITranslation)
