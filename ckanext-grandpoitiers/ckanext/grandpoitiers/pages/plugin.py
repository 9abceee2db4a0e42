"""The plugin `grandpoitiers_pages`: pages and events, written on screen."""

import ckan.plugins as p


class PagesPlugin(p.SingletonPlugin):
    """Table of contents: each interface points to the module that does the work."""
