"""What a question about a table gets wrong; must import neither CKAN nor an HTTP client.

QuestionError      the question is not one that the table can answer (400)
├── NoTable        there is no such table, or not for who asks (404)
├── TooMany        the answer is larger than what its format holds (413)
└── TooSlow        the database would need too long (503)
"""

from ckanext.grandpoitiers.errors import GrandPoitiersError

LONGEST_SHOWN = 80


class QuestionError(GrandPoitiersError):
    """The question is not one that the table can answer."""

    status = 400

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message, **{name: _shown(value) for name, value in params.items()})


class NoTable(QuestionError):
    """There is no such table, or not for who asks."""

    status = 404


class TooMany(QuestionError):
    """The answer is larger than what its format holds."""

    status = 413


class TooSlow(QuestionError):
    """The database would need too long."""

    status = 503


def _shown(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
