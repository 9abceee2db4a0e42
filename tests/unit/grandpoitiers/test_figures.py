"""The figures of services, from values alone."""

from datetime import date

from ckanext.grandpoitiers.planning import figures
from ckanext.grandpoitiers.planning.figures import Flow, Held, Quality

DAY = date(2026, 11, 22)
BEGINS, ENDS = date(2026, 1, 1), date(2026, 12, 31)


def held(service: str, standing: str, delay: int = 0, updated: date = DAY) -> Held:
    return Held(service, service.title(), standing, delay, updated)


def test_a_service_s_figures() -> None:
    [found] = figures.by_service(
        [
            held("voirie", "late", 10), held("voirie", "late", 30, date(2025, 12, 31)),
            held("voirie", "fine"), held("voirie", "soon"), held("voirie", "unplanned"),
        ],
        {"voirie": Quality(4, 3)}, {"voirie": Flow(7, 2)}, BEGINS, ENDS,
    )  # fmt: skip
    assert (found.datasets, found.up_to_date, found.late, found.unplanned) == (5, 2, 2, 1)
    assert (found.average_delay, found.updated, found.valid_share) == (20, 4, 0.75)
    assert dict(zip(figures.COLUMNS, found.cells(), strict=True)) == {
        "service": "Voirie", "datasets": "5", "up_to_date": "2", "late": "2", "unplanned": "1",
        "average_delay_days": "20.0", "updated": "4", "checked_files": "4", "valid_files": "3",
        "valid_share": "0.75", "deposits": "7", "returns": "2",
    }  # fmt: skip


def test_nothing_late_and_nothing_judged_are_no_figures_rather_than_zero() -> None:
    [found] = figures.by_service([held("culture", "fine")], {}, {}, BEGINS, ENDS)
    assert (found.average_delay, found.valid_share) == (None, None)
    assert found.cells()[5:6] == [""]


def test_the_total_weighs_each_dataset_alike() -> None:
    every = figures.by_service(
        [held("a", "late", 10), held("b", "late", 40), held("b", "late", 40)],
        {"a": Quality(1, 0), "b": Quality(3, 3)}, {}, BEGINS, ENDS,
    )  # fmt: skip
    found = figures.total(every, "Tous")
    assert (found.datasets, found.average_delay, found.valid_share) == (3, 30, 0.75)
    assert figures.total([], "Tous").average_delay is None


def test_a_period_is_a_year_unless_it_is_said_and_is_never_the_wrong_way_round() -> None:
    assert figures.period("", "", DAY) == (date(2025, 11, 22), DAY)
    assert figures.period("2026-05-01", "2026-01-01", DAY) == (date(2026, 1, 1), date(2026, 5, 1))
    assert figures.period("hier", "demain", DAY) == (date(2025, 11, 22), DAY)
    leap = date(2028, 2, 29)
    assert figures.period("", "2028-02-29", DAY) == (date(2027, 2, 28), leap)
    assert figures.period("", "0001-01-01", DAY)[0] == date(1, 1, 1)
    for begins in ("", "9999-12-31"):
        assert max(figures.period(begins, "9999-12-31", DAY)) == date(9999, 12, 30)
