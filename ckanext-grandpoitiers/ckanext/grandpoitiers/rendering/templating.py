"""Every helper of our templates, from the modules that hold them."""

import inspect
from collections.abc import Callable
from typing import Any

from ckanext.grandpoitiers import helpers
from ckanext.grandpoitiers.rendering import writing_helpers


def every_helper() -> dict[str, Callable[..., Any]]:
    """`{name: function}` of the public functions that these modules define."""
    return {
        name: function
        for module in (helpers, writing_helpers)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
