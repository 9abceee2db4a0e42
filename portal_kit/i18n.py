"""The language of the `portal` command: French, or English where the session asks for it.

Must import neither CKAN nor Babel: every command goes through here.
"""

import gettext
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

DOMAIN = "portal"
FOLDER = Path(__file__).parent / "i18n"


def language() -> str:
    """`en` when the session's locale is English, `fr` otherwise (C and POSIX included)."""
    locale = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)),
        "",
    )
    return "en" if locale.lower().startswith("en") else "fr"


_catalogue = gettext.translation(DOMAIN, FOLDER, [language()], fallback=True)


def _(message: str) -> str:
    """The message in the session's language; msgids are English."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The singular or plural form for `count`."""
    return _catalogue.ngettext(singular, plural, count)


def messages_of(extension: str) -> Callable[[str], str]:
    """The messages of an extension (`realtime`) for its commands that run before CKAN does."""
    package = find_spec(f"ckanext.{extension}")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(f"ckanext.{extension}")
    folder = Path(next(iter(package.submodule_search_locations))) / "i18n"
    name = f"ckanext-{extension}"
    return gettext.translation(name, folder, [language()], fallback=True).gettext
