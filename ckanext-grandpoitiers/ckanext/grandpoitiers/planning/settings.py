"""What planning.yaml says: when people are reminded, what the law asks of a schema's subject.

Pure: must import neither CKAN nor an HTTP client; the document comes in already parsed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError
from portal_kit.frequencies import PERIODS

BAD_STEPS = N_("In planning.yaml, “reminders” is a list of whole numbers of days: {entry}")
BAD_OBLIGATION = N_(
    "In planning.yaml, “obligations” gives each schema one of these frequencies: {frequencies}."
    " Here: {entry}"
)


class PlanningError(GrandPoitiersError):
    """Something in planning.yaml can't be used."""


@dataclass(frozen=True)
class PlanningSettings:
    """`steps` in days from the date; `obligations` is `{schema: frequency}`."""

    steps: tuple[int, ...]
    obligations: Mapping[str, str]

    def obligation(self, schemas: Iterable[str]) -> str:
        """The shortest frequency that one of these schemas requires, "" for none."""
        order = list(PERIODS)
        found = [self.obligations[name] for name in schemas if name in self.obligations]
        return min(found, key=order.index, default="")


def read_planning_settings(document: object) -> PlanningSettings:
    """The settings of a parsed planning.yaml. Raises PlanningError with the first thing wrong."""
    values = cast("Mapping[str, Any]", document) if isinstance(document, Mapping) else {}
    steps = values.get("reminders") or []
    if not isinstance(steps, list) or not all(
        isinstance(step, int) for step in cast("list[object]", steps)
    ):
        raise PlanningError(BAD_STEPS, entry=str(cast(object, steps))[:80])
    said = values.get("obligations") or {}
    if not isinstance(said, Mapping):
        raise PlanningError(BAD_OBLIGATION, frequencies=", ".join(PERIODS), entry=str(said)[:80])
    for schema, frequency in cast("Mapping[object, object]", said).items():
        if not isinstance(frequency, str) or frequency not in PERIODS:
            entry = f"{schema}: {frequency}"[:80]
            raise PlanningError(BAD_OBLIGATION, frequencies=", ".join(PERIODS), entry=entry)
    return PlanningSettings(
        steps=tuple(sorted(cast("list[int]", steps))),
        obligations=dict(cast("Mapping[str, str]", said)),
    )
