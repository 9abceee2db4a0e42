"""Questions on the past: what is asked is a parameter, what can't be is named."""

import pytest

from ckanext.realtime.history import asking
from ckanext.realtime.rows import PARKING
from ckanext.realtime.store.live import LiveTable

LIVE = LiveTable("resource", PARKING, 7)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"step": "year"}, "step"),
        ({"start": "yesterday"}, "start"),
        ({"limit": "10001"}, "limit"),
        ({"limit": "many"}, "limit"),
    ],
)
def test_a_wrong_parameter_is_named(given: dict[str, str], name: str) -> None:
    with pytest.raises(asking.BadQuestion) as refused:
        asking.read(given)
    assert refused.value.name == name


@pytest.mark.parametrize("step", asking.STEPS)
def test_what_is_asked_never_becomes_sql(step: str) -> None:
    hostile = "x'; DROP TABLE realtime.state; --"
    question = asking.read(
        {"step": step, "series": hostile, "measure": hostile, "start": "2026-01-01"}
    )
    sql, values = asking.statement(LIVE, "feed", question)
    assert "DROP" not in sql
    assert hostile in values.values()


def test_a_time_without_offset_is_utc() -> None:
    question = asking.read({"start": "2026-01-01T00:00"})
    assert question.start
    assert question.start.isoformat() == "2026-01-01T00:00:00+00:00"
