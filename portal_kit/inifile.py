"""CKAN's ini file, made at each `up` from the shipped settings, the town's, and the secrets.

Must not import CKAN. Values are kept raw: CKAN interpolates `%(here)s` itself.
"""

from collections.abc import Mapping
from configparser import Error, RawConfigParser
from io import StringIO
from pathlib import Path

from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.state import write_atomically

SECTION = "app:main"


def merge(shipped: str, town: str, settings: Mapping[str, str]) -> str:
    """The text of one ini file in which the town's values replace ours and `settings` replace both.

    Raises PortalError when either text is no ini file.
    """
    parser = RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  (keys such as SECRET_KEY keep their case)
    for source, text in (("config/ckan.ini", shipped), ("portal.ini", town)):
        try:
            parser.read_string(text, source)
        except Error as error:
            raise PortalError(
                _("{source} can't be read: {reason}").format(
                    source=source, reason=" ".join(str(error).split())
                )
            ) from error
    for option, value in settings.items():
        # RawConfigParser writes values as they are; CKAN's loader would interpolate a lone %.
        parser.set(SECTION, option, value.replace("%", "%%"))
    buffer = StringIO()
    parser.write(buffer)
    return buffer.getvalue()


def option(text: str, name: str) -> str:
    """The value that an ini text gives to CKAN's option `name`; empty when it gives none."""
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except Error:
        return ""
    return parser.get(SECTION, name, fallback="").strip()


def write(path: Path, shipped: str, town: str, settings: Mapping[str, str]) -> None:
    """Write the merged file, readable by its owner alone."""
    write_atomically(path, merge(shipped, town, settings).encode(), mode=0o600)
