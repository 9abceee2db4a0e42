"""The figures of each service for elected people, over a period.

Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal_kit.ordering import alphabetical

COLUMNS = (
    *("service", "datasets", "up_to_date", "late", "unplanned", "average_delay_days", "updated"),
    *("checked_files", "valid_files", "valid_share", "deposits", "returns"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A dataset of the planning; `delay` is days late, 0 when it is not."""

    service: str
    title: str
    standing: str
    delay: int
    updated: date


@dataclass(frozen=True, slots=True)
class Quality:
    """Files of a service that a schema judged, and those that were valid."""

    checked: int = 0
    valid: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Files handed over in the period, and times that one was returned."""

    deposits: int = 0
    returns: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """One service, or all; shares are between 0 and 1, None of nothing."""

    service: str
    title: str
    datasets: int
    late: int
    unplanned: int
    delay: int
    updated: int
    quality: Quality
    flow: Flow

    @property
    def up_to_date(self) -> int:
        """Datasets with a date that is not over."""
        return self.datasets - self.late - self.unplanned

    @property
    def average_delay(self) -> float | None:
        """Days, of those that are late."""
        return self.delay / self.late if self.late else None

    @property
    def valid_share(self) -> float | None:
        """Of the files that were judged."""
        return self.quality.valid / self.quality.checked if self.quality.checked else None

    def cells(self) -> list[str]:
        """A line of the CSV file, as `COLUMNS`."""
        delay, share = self.average_delay, self.valid_share
        return [
            self.title,
            *map(str, (self.datasets, self.up_to_date, self.late, self.unplanned)),
            "" if delay is None else f"{delay:.1f}",
            *map(str, (self.updated, self.quality.checked, self.quality.valid)),
            "" if share is None else f"{share:.2f}",
            *map(str, (self.flow.deposits, self.flow.returns)),
        ]


def by_service(
    held: Iterable[Held],
    quality: Mapping[str, Quality],
    flows: Mapping[str, Flow],
    begins: date,
    ends: date,
) -> list[Figures]:
    """The figures of each service that has a dataset, by title; `updated` counts the datasets
    whose data last changed in the period, both days included."""
    of: dict[str, list[Held]] = {}
    for one in held:
        of.setdefault(one.service, []).append(one)
    found = [
        Figures(
            service=service,
            title=datasets[0].title,
            datasets=len(datasets),
            late=sum(one.standing == "late" for one in datasets),
            unplanned=sum(one.standing == "unplanned" for one in datasets),
            delay=sum(one.delay for one in datasets),
            updated=sum(begins <= one.updated <= ends for one in datasets),
            quality=quality.get(service, Quality()),
            flow=flows.get(service, Flow()),
        )
        for service, datasets in of.items()
    ]
    return sorted(found, key=lambda one: alphabetical(one.title))


def total(found: Iterable[Figures], title: str) -> Figures:
    """All the services as one."""
    every = list(found)
    return Figures(
        service="",
        title=title,
        datasets=sum(one.datasets for one in every),
        late=sum(one.late for one in every),
        unplanned=sum(one.unplanned for one in every),
        delay=sum(one.delay for one in every),
        updated=sum(one.updated for one in every),
        quality=Quality(
            sum(one.quality.checked for one in every), sum(one.quality.valid for one in every)
        ),
        flow=Flow(sum(one.flow.deposits for one in every), sum(one.flow.returns for one in every)),
    )


def period(begins: str, ends: str, today: date) -> tuple[date, date]:
    """The days of a period from what was written; by default the twelve months until today.

    What is no date counts for nothing, and two dates the wrong way round are turned.
    """
    # A day more than the last one that there is would be asked for.
    last = min(_day(ends) or today, date.max - timedelta(days=1))
    first = _day(begins) or _a_year_before(last)
    return (first, last) if first <= last else (last, min(first, date.max - timedelta(days=1)))


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _a_year_before(day: date) -> date:
    year = max(1, day.year - 1)
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
