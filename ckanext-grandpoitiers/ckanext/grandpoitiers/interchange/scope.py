"""Which datasets a catalogue holds: all, those of an organisation, a theme or a commune.

Pure: imports neither `ckan` nor an HTTP client.
"""

from dataclasses import dataclass
from enum import StrEnum

from ckanext.grandpoitiers.interchange.portal import Profile


class Kind(StrEnum):
    """What a part of the catalogue is of; the value begins its address."""

    WHOLE = "catalog"
    OFFERED = "catalog/data-gouv-fr"
    ORGANISATION = "organization"
    THEME = "group"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Scope:
    """A catalogue. `id` is what the database knows the part by, `name` what its address says."""

    kind: Kind = Kind.WHOLE
    id: str = ""
    name: str = ""
    title: str = ""

    @property
    def path(self) -> str:
        """The start of its addresses, without extension."""
        return f"/{self.kind}/{self.name}" if self.name else f"/{self.kind}"

    @property
    def uri_path(self) -> str:
        """The end of its identifier, blank for the whole: made of the id, which never changes."""
        if self.kind is Kind.WHOLE:
            return ""
        return f"/{self.kind}/{self.id}#catalog" if self.id else f"/{self.kind}"

    @property
    def profile(self) -> Profile:
        """For whom it is written, unless the reader asks otherwise."""
        return Profile.DATA_GOUV_FR if self.kind is Kind.OFFERED else Profile.DCAT_AP_3


WHOLE = Scope()
