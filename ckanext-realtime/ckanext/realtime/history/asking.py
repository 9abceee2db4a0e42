"""What one may ask of the past of a feed, as SQL. Pure: no ``ckan``, no HTTP client."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ckanext.realtime.measures import past_of
from ckanext.realtime.problems import N_
from ckanext.realtime.store.live import LiveTable, quoted

MOST = 10_000
STEPS = ("measures", "5min", "hour", "usual")
SAMPLES: Mapping[str, str] = {"5min": "realtime.sample_5min", "hour": "realtime.sample_hour"}

BAD_STEP = N_("There is no such step. There are: {known}.")
BAD_TIME = N_("{value} is not a time in ISO 8601.")
BAD_LIMIT = N_("Give a whole number between {low} and {high}.")


class BadQuestion(ValueError):
    """A parameter that can't be used: its name, and a msgid with its params."""

    def __init__(self, name: str, message: str, **params: str) -> None:
        super().__init__(message.format(**params))
        self.name, self.message, self.params = name, message, params


@dataclass(frozen=True, slots=True)
class Question:
    """``step``: every measure, means of 5 minutes or an hour, or the usual hours; ``series``, one
    thing (a car park, a line); ``start`` included, ``end`` not."""

    step: str = "5min"
    series: str = ""
    measure: str = ""
    start: datetime | None = None
    end: datetime | None = None
    limit: int = 1000


def read(given: Mapping[str, Any]) -> Question:
    """The question of these parameters. Raises BadQuestion."""
    step = str(given.get("step") or "5min")
    if step not in STEPS:
        raise BadQuestion("step", BAD_STEP, known=", ".join(STEPS))
    return Question(
        step,
        str(given.get("series") or ""),
        str(given.get("measure") or ""),
        _time("start", given.get("start")),
        _time("end", given.get("end")),
        _limit(given.get("limit")),
    )


def statement(live: LiveTable, feed_id: str, question: Question) -> tuple[str, dict[str, Any]]:
    """The SQL and its parameters; the last moments first."""
    conditions: list[str] = []
    values: dict[str, Any] = {"feed": feed_id, "limit": question.limit}

    def where(condition: str, name: str, value: Any) -> None:
        if value:
            conditions.append(condition)
            values[name] = value

    if question.step == "measures":
        past = past_of(live.table)
        columns, table, moment = ", ".join(map(quoted, past.columns)), live.history_name, None
        where(f"{quoted(past.series)}::text = %(series)s", "series", question.series)
        moment, order = "received_at", "received_at DESC"
    else:
        conditions.append("feed_id = %(feed)s")
        where("series = %(series)s", "series", question.series)
        where("measure = %(measure)s", "measure", question.measure)
        if question.step == "usual":
            columns, table = "series, measure, weekday, hour, days, usual, low, high", "profile"
            table, moment, order = f"realtime.{table}", "", "series, measure, weekday, hour"
        else:
            columns, table = "moment, series, measure, n, mean, low, high", SAMPLES[question.step]
            moment, order = "moment", "moment DESC, series, measure"
    if moment:
        where(f"{moment} >= %(start)s", "start", question.start)
        where(f"{moment} < %(end)s", "end", question.end)
    kept = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    # Names of ours, quoted; every value is a parameter.
    return f"SELECT {columns} FROM {table} {kept}ORDER BY {order} LIMIT %(limit)s", values  # noqa: S608


def _time(name: str, value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadQuestion(name, BAD_TIME, value=str(value)[:50]) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _limit(value: Any) -> int:
    try:
        number = int(str(1000 if value in (None, "") else value))
    except ValueError:
        number = 0
    if not 1 <= number <= MOST:
        raise BadQuestion("limit", BAD_LIMIT, low="1", high=str(MOST))
    return number
