"""What can go wrong in scdl. Sentences are gettext msgids.

Must import nothing but how portal_kit marks them.

ScdlError                  one sentence, rendered late: ``error.sentence(translate)``
├── SchemaError            the schema can't be read or used: nothing can be judged by it
├── UnknownSchema          no schema of that name, or no such version
├── UnreadableFile         the file can't be read as what it should be
├── UpdateRefused          an official schema was not what the registry promised
└── TooCostly              a rule of the schema takes too long on somebody's text
"""

from collections.abc import Callable
from typing import Any

from portal_kit import marking

N_ = marking.N_


def untranslated(message: str) -> str:
    """The translation for tests and logs: the msgid itself."""
    return message


class ScdlError(Exception):
    """``message`` is a msgid whose placeholders are ``params``; one may be another such error."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params: dict[str, Any] = {
            name: value if isinstance(value, ScdlError) else _shown(value)
            for name, value in params.items()
        }

    def sentence(self, translate: Callable[[str], str] = untranslated) -> str:
        """The sentence, through ``translate`` (a gettext function) when one is given."""
        params = {
            name: value.sentence(translate) if isinstance(value, ScdlError) else value
            for name, value in self.params.items()
        }
        return translate(self.message).format(**params)

    def __str__(self) -> str:
        return self.sentence()


class SchemaError(ScdlError):
    """The schema can't be read or used."""


class UnknownSchema(ScdlError):
    """No schema of that name, or no such version."""


class UnreadableFile(ScdlError):
    """The file can't be read as what it should be."""


class UpdateRefused(ScdlError):
    """An official schema was not what the registry promised."""


class TooCostly(ScdlError):
    """A rule of the schema takes too long."""


def _shown(value: object, limit: int = 200) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
