"""The errors of the portal's own configuration; must import neither CKAN nor an HTTP client.

GrandPoitiersError
├── ThemeError          themes.yaml can't be used
└── OrganisationError   organisations.yaml or communes.yaml can't be used
"""

from portal_kit import marking

N_ = marking.N_


class GrandPoitiersError(Exception):
    """One sentence, kept as its English message and its values so that it is translated late.

    `str(error)` is the English sentence; the edge shows `_(error.message).format(**error.params)`.
    """

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message.format(**params))
        self.message = message
        self.params = params


class ThemeError(GrandPoitiersError):
    """Something in themes.yaml is missing, unknown or said twice."""


class OrganisationError(GrandPoitiersError):
    """Something in organisations.yaml or communes.yaml is missing or said twice."""


class LandmarkError(GrandPoitiersError):
    """A place of landmarks.yaml can't be put on a map."""
