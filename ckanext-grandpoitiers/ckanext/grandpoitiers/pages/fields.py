"""What a form sends, read field by field: clean values, and what is wrong with the others.

Pure: must import neither CKAN nor an HTTP client. A message is an English msgid with its values;
the edge translates it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any
from urllib.parse import urlsplit

from ckanext.grandpoitiers.errors import N_

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FLAGS = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}
"""What may be written of a box that is ticked or not."""
LINE = 200
"""Characters of a title or a name."""
TEXT = 100_000
"""Characters of a text: a long article has 20,000."""

REQUIRED = N_("Fill this in.")
TOO_LONG = N_("This is too long: {length} characters, {most} at most.")
NOT_ADDRESS = N_("Write a whole web address, that begins with https:// or http://.")
NOT_NUMBER = N_("Write a whole number from {least} to {most}.")
NOT_FLAG = N_("Answer true or false.")
NOT_CHOICE = N_("“{value}” is not one of the choices: {choices}.")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: `field` is its name in the form, `message` a msgid."""

    field: str
    message: str
    params: Mapping[str, Any] = attribute(default_factory=dict[str, Any])


class Reader:
    """Reads the fields of a form; `errors` gathers what is wrong, in the order of reading."""

    def __init__(self, data: Mapping[str, Any], prefix: str = "") -> None:
        self.data = data
        self.prefix = prefix
        self.errors: list[FieldError] = []

    def refuse(self, name: str, message: str, **params: Any) -> None:
        """Add an error to a field."""
        self.errors.append(FieldError(self.prefix + name, message, params))

    def text(self, name: str, most: int = TEXT, *, required: bool = False) -> str:
        """A text, or a number, as `clean` makes it; "" when absent."""
        raw = self.data.get(name)
        value = clean(str(raw)) if isinstance(raw, str | int | float) else ""
        if required and not value:
            self.refuse(name, REQUIRED)
        if len(value) > most:
            self.refuse(name, TOO_LONG, length=len(value), most=most)
            return ""
        return value

    def line(self, name: str, most: int = LINE, *, required: bool = False) -> str:
        """A text on one line."""
        return " ".join(self.text(name, most, required=required).split())

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One of the choices."""
        value = self.line(name) or default
        if value not in choices:
            self.refuse(name, NOT_CHOICE, value=value[:50], choices=", ".join(choices))
            return default
        return value

    def flag(self, name: str) -> bool:
        """Whether a box is ticked: JSON's `true`, or the words that forms and programs send."""
        value = self.data.get(name)
        written = str(value).strip().lower() if value is not None else ""
        if written not in FLAGS:
            self.refuse(name, NOT_FLAG)
        return FLAGS.get(written, False)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number, None when the field is empty."""
        value = self.data.get(name)
        written = str(value).strip() if value is not None else ""
        if not written:
            return None
        if not re.fullmatch(r"-?[0-9]{1,9}", written) or not least <= int(written) <= most:
            self.refuse(name, NOT_NUMBER, least=least, most=most)
            return None
        return int(written)

    def address(self, name: str, *, required: bool = False, local: bool = False) -> str:
        """An http(s) address; with `local`, a path of the portal (`/dataset/…`) too."""
        value = self.line(name, 2000, required=required)
        if not value or (local and is_local(value)) or is_web(value):
            return value
        self.refuse(name, NOT_ADDRESS)
        return ""

    def rows(self, name: str, most: int = 100) -> list[Mapping[str, Any]]:
        """The mappings of a repeated group of fields (a list in JSON), the first `most`."""
        value = self.data.get(name)
        listed: list[Any] = value if isinstance(value, list) else []
        return [row for row in listed[:most] if isinstance(row, Mapping)]


def clean(text: str) -> str:
    """Without control characters (but tabs and line ends), in NFC, line ends as `\\n`, trimmed."""
    plain = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    # A lone surrogate can't be written in UTF-8, nor stored.
    whole = plain.encode("utf-8", "ignore").decode("utf-8")
    return unicodedata.normalize("NFC", whole).strip()


def is_web(address: str) -> bool:
    """Whether it is an http(s) address with a host, and without a password or a space."""
    if any(character.isspace() for character in address):
        return False
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        return False


def is_local(address: str) -> bool:
    """Whether it is a path of this portal: `//elsewhere.example` and `/\\elsewhere` are not."""
    return re.fullmatch(r"/(?![/\\])[^\s\\]*", address) is not None


def slug_of(title: str) -> str:
    """The end of an address, from a title: letters without accents, digits and dashes."""
    letters = title.lower()
    for drawn, written in (("œ", "oe"), ("æ", "ae"), ("’", " "), ("–", " ")):
        letters = letters.replace(drawn, written)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")
