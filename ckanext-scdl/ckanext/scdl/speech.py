"""The extension's own words outside of CKAN: French, or English where the session asks for it.

Must not import CKAN. On pages the same catalogue is CKAN's to use, through ``toolkit._``.
"""

import gettext
from pathlib import Path

from portal_kit import i18n

FOLDER = Path(__file__).parent / "i18n"

_catalogue = gettext.translation("ckanext-scdl", FOLDER, [i18n.language()], fallback=True)
# What the guarded client refuses is said by portal_kit.
_catalogue.add_fallback(
    gettext.translation(i18n.DOMAIN, i18n.FOLDER, [i18n.language()], fallback=True)
)


def _(message: str) -> str:
    """The message in the session's language; msgids are English."""
    return _catalogue.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The singular or plural form for ``count``."""
    return _catalogue.ngettext(singular, plural, count)
