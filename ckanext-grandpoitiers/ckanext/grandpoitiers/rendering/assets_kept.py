"""The addresses of styles and scripts, asked for once a process.

For each page CKAN looks at the date of every file of every bundle, some 170 of them: a tenth of
the time of a page of results. Files change when software is installed, and `up` starts anew then;
who writes a script sets `ckan.webassets.debug`, which leaves CKAN as it is.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from ckan.lib import webassets_tools


def keep(settings: Mapping[str, Any]) -> None:
    """Remember the addresses of each bundle that is declared."""
    if settings["ckan.webassets.debug"]:
        return
    for bundle in webassets_tools.env:
        bundle.urls = cache(bundle.urls)
