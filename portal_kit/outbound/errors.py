"""What can go wrong with a request, each as one sentence that says what to do. Imports nothing.

    OutboundError
    ├── RefusedAddress          the address itself, or where it leads, is not allowed
    ├── Unreachable             unknown name, refused or cut connection, bad certificate
    ├── TooSlow                 one of the three time limits passed
    ├── TooLarge                the answer passed the size or the compression limit
    ├── TooManyRedirects
    ├── BadStatus               an HTTP status of 400 or more
    └── BrokenAnswer            not HTTP, cut short, or in an encoding that was not asked for

The sentence is an English msgid with `{names}`; it is rendered late, by whoever shows it, with
the translation function of the reader: `error.message(_)`.
"""

from collections.abc import Callable, Mapping

SHOWN_LENGTH = 200


def N_(message: str) -> str:  # noqa: N802  (gettext's name for "translated elsewhere")
    """Mark a msgid for extraction."""
    return message


def shown(text: str) -> str:
    """A piece of a remote answer or address, made fit for a sentence and a log line.

    Control characters (a CR/LF would forge a log line) become spaces; long texts are cut.
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= SHOWN_LENGTH else clean[: SHOWN_LENGTH - 1] + "…"


class OutboundError(Exception):
    """A request that was not made, or whose answer is not used."""

    def __init__(self, sentence: str, **params: object) -> None:
        self.sentence = sentence
        self.params = {name: shown(str(value)) for name, value in params.items()}
        super().__init__(self.message())

    def message(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of `translate`."""
        return translate(self.sentence).format(**self.params)


class RefusedAddress(OutboundError):
    """The address is not one we connect to."""


class Unreachable(OutboundError):
    """No connection could be made, or it was cut before the answer began."""


class TooSlow(OutboundError):
    """The server did not answer in the time it was given."""


class TooLarge(OutboundError):
    """The answer is larger than what was allowed, or grows suspiciously when decompressed."""


class TooManyRedirects(OutboundError):
    """The server sends from one address to the next without end."""


class BrokenAnswer(OutboundError):
    """The answer is not HTTP, stops before its end, or can't be decoded."""


class BadStatus(OutboundError):
    """The server answered with an error: its number, its headers, the start of what it said."""

    def __init__(
        self,
        sentence: str,
        status: int,
        body: bytes,
        headers: Mapping[str, str],
        **params: object,
    ) -> None:
        super().__init__(sentence, status=status, **params)
        self.status = status
        self.body = body
        self.headers = headers
