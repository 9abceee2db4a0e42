"""polars, loaded by the first who uses it.

It weighs 40 MB, and most processes of a portal (a harvest, a poller, a web worker before its first
deposit) never open a table. Modules say `from ckanext.scdl.columnar import pl`, and
`from __future__ import annotations`, since an annotation would use it at once. Pure.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
else:

    class _Polars:
        """The module's names, each kept once it was asked for."""

        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module("polars"), name)
            setattr(self, name, found)
            return found

    pl = _Polars()

__all__ = ["pl"]
