"""What a request to an old address gets wrong. Pure: imports neither ``ckan`` nor an HTTP client.

BadRequest      the request asks for what is not answered here (400)
NotThere        no resource of the portal bears that old identifier (404)
TooSlow         the database would need too long (503)
"""

from collections.abc import Callable


class AddressError(Exception):
    """Root; ``template`` is a gettext msgid with ``params``."""

    status = 400

    def __init__(self, template: str, **params: object) -> None:
        shown = {name: _shown(value) for name, value in params.items()}
        super().__init__(template.format(**shown))
        self.template, self.params = template, shown

    def message(self, translate: Callable[[str], str]) -> str:
        """The sentence, through ``translate`` (a gettext function)."""
        return translate(self.template).format(**self.params)


class BadRequest(AddressError):
    """The request asks for what is not answered here."""


class NotThere(AddressError):
    """No resource of the portal bears that old identifier."""

    status = 404


class TooSlow(AddressError):
    """The database would need too long."""

    status = 503


def _shown(value: object, limit: int = 100) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
