"""The plugin `scdl`: typed datasets, validated by the French local-data schemas."""

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib.plugins import DefaultTranslation


@tk.blanket.cli
class ScdlPlugin(DefaultTranslation, p.SingletonPlugin):
    """Table of contents."""

    p.implements(p.ITranslation)
