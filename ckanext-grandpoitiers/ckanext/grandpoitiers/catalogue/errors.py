"""Why a record gives no dataset. Pure: imports neither ``ckan`` nor an HTTP client.

CatalogueError
├── SkippedRecord   normal: this record is not for this portal
├── InvalidRecord   the publisher's to mend in the geocatalogue
└── FailedRecord    ours: a bug, or a service that did not answer
"""

from ckanext.grandpoitiers.catalogue.problems import Kind, Problem


class CatalogueError(Exception):
    """Root of the geocatalogue's errors; ``problem`` holds the reason, translatable."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message())
        self.problem = problem

    @classmethod
    def because(cls, kind: Kind, field: str = "", **params: object) -> "CatalogueError":
        """The error of this class with a problem of ``kind``."""
        return cls(Problem.of(field, kind, **params))


class SkippedRecord(CatalogueError):
    """The record is right but not wanted here (a map, an application…)."""


class InvalidRecord(CatalogueError):
    """The record cannot become a dataset until its owner corrects it."""


class FailedRecord(CatalogueError):
    """The record could not be handled for a reason that is not its owner's."""
