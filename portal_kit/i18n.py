"""The language of the `portal` command: French, or English where the session asks for it.

Must import neither CKAN nor Babel: every command goes through here.
"""

import gettext
import os
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
