"""How a run ended, as a value. Must not import `ckan`."""

from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.grandpoitiers.catalogue.plan import Refusal
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from portal_kit.outbound import OutboundError


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended. `stopped` is why the reading was not complete, `refusal` why nothing was
    removed; `interesting` leaves out the records that are unchanged and unremarkable. `request` is
    the one that the catalogue understood, `notes` what its administrators should know of it."""

    complete: bool
    counts: Mapping[str, int]
    interesting: tuple[Line, ...]
    requests: int = 0
    matched: int | None = None
    stopped: OutboundError | None = None
    refusal: Refusal | None = None
    repaired: int = 0
    request: str = ""
    notes: tuple[OutboundError | Remark, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the run did all it should: exit status 0."""
        return self.complete and self.refusal is None
