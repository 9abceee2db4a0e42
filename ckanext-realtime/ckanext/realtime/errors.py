"""Why a feed's answer gives nothing at all. Pure: imports neither ``ckan`` nor an HTTP client.

RealtimeError
├── Undecodable     the answer is not what its kind promises: what was stored stays
└── BadSettings     the feed's declaration (its mapping, its time rule) is wrong
"""

from collections.abc import Callable

from ckanext.realtime.problems import Kind, Problem


class RealtimeError(Exception):
    """Root of this extension's errors."""


class Undecodable(RealtimeError):
    """Nothing of the answer can be used; ``problem`` says why, translatable."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message())
        self.problem = problem

    @classmethod
    def because(cls, kind: Kind, **params: object) -> "Undecodable":
        """The error with a problem of ``kind`` about the whole answer."""
        return cls(Problem.of("", "", kind, **params))


class BadSettings(RealtimeError):
    """The declaration of the feed is wrong; ``template`` is a gettext msgid with ``params``."""

    def __init__(self, template: str, **params: object) -> None:
        super().__init__(template.format(**params))
        self.template, self.params = template, params

    def message(self, translate: Callable[[str], str]) -> str:
        """The sentence, through ``translate`` (a gettext function)."""
        return translate(self.template).format(**self.params)
