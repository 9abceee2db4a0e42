"""The plugin `scdl`: typed datasets, validated by the French local-data schemas."""

import ckan.plugins as p
from ckan.lib.plugins import DefaultTranslation


class ScdlPlugin(DefaultTranslation, p.SingletonPlugin):
    """Table of contents."""

    p.implements(p.ITranslation)
