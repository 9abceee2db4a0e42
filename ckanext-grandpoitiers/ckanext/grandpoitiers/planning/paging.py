"""A page of the planning: PostgreSQL finds, counts and orders; only the lines shown are read.

The rule of `planning.due` is written here once more, in SQL, because a page of a hundred lines
must not read five thousand datasets. A test holds both to the same dates.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.planning.due import SOON, Standing, holidays, working_day
from ckanext.grandpoitiers.planning.model import plans
from ckanext.grandpoitiers.planning.settings import PlanningSettings
from ckanext.grandpoitiers.planning.standing import NOBODY, Line, Mine, Wanted, lines, today
from ckanext.grandpoitiers.planning.store import planned, planning_query
from portal_kit.conformity import schemas_of
from portal_kit.frequencies import PERIODS
from portal_kit.ordering import alphabetical

YEARS = range(1970, 2060)
"""Years whose public holidays are told to the database, with those of the dates set by hand."""


@dataclass(slots=True)
class Page:
    """The lines of a page; how many there are in all; and what the filters may narrow to."""

    lines: list[Line] = field(default_factory=list[Line])
    total: int = 0
    # Of each standing, under the other filters.
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, Standing), 0))
    # Of each day as an ISO date, in a month's calendar alone.
    days: dict[str, int] = field(default_factory=dict[str, int])
    # (title, name), by title.
    organisations: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    people: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    months: list[str] = field(default_factory=list[str])


def page_of(mine: Mine, wanted: Wanted, zone: ZoneInfo, limit: int, offset: int = 0) -> Page:
    """The lines that are wanted among those of ``mine``, the soonest first."""
    day = today()
    line = _lines(mine, zone, day)
    under, shown = _under(line, wanted)
    order = (shown.c.due.asc().nulls_last(), sa.func.lower(shown.c.title), shown.c.id)
    cut = sa.select(shown).order_by(*order).limit(limit).offset(offset).subquery()
    order = (cut.c.due.asc().nulls_last(), sa.func.lower(cut.c.title), cut.c.id)
    place = sa.func.row_number().over(order_by=order)
    ids = sa.select(sa.literal("line"), cut.c.id, place)
    return _read(line, under, [ids], wanted, zone, day)


def month_of(mine: Mine, wanted: Wanted, zone: ZoneInfo, each: int) -> Page:
    """The wanted lines of a month: at most ``each`` of them a day, and how many each day has."""
    day = today()
    line = _lines(mine, zone, day)
    under, shown = _under(line, wanted)
    order = (sa.func.lower(shown.c.title), shown.c.id)
    place = sa.func.row_number().over(partition_by=shown.c.due, order_by=order)
    ranked = sa.select(shown.c.id, place.label("place")).subquery()
    asked = [
        sa.select(sa.literal("line"), ranked.c.id, ranked.c.place).where(ranked.c.place <= each),
        _counted("day", sa.cast(shown.c.due, sa.Text)),
    ]
    return _read(line, under, asked, wanted, zone, day)


def _under(line: Any, wanted: Wanted) -> tuple[Any, Any]:
    """What every filter but the standing keeps, and what that one keeps too."""
    under = sa.select(line).where(*_where(line, wanted)).cte("under")
    shown = sa.select(under.c.id, under.c.due, under.c.title)
    if wanted.standing:
        shown = shown.where(under.c.standing == wanted.standing)
    return under, shown.cte("shown")


def _read(
    line: Any, under: Any, asked: list[Any], wanted: Wanted, zone: ZoneInfo, day: date
) -> Page:
    statement = sa.union_all(
        _counted("standing", under.c.standing),
        _counted("month", sa.func.to_char(line.c.due, "YYYY-MM")),
        _counted("organisation", line.c.owner_org),
        _counted("person", line.c.referent_id),
        _counted("person", line.c.stand_in_id),
        *asked,
    )
    found: dict[str, dict[str, int]] = {}
    for kind, value, number in model.Session.execute(statement):
        if value is not None:
            found.setdefault(kind, {})[str(value)] = int(number)
    page = Page(months=sorted(found.get("month", {})), days=found.get("day", {}))
    page.counts |= found.get("standing", {})
    page.total = (
        page.counts.get(wanted.standing, 0) if wanted.standing else sum(page.counts.values())
    )
    page.organisations = _named(model.group_table, "title", found.get("organisation", {}))
    page.people = _named(model.user_table, "fullname", found.get("person", {}))
    places = found.get("line", {})
    read = lines(planned(zone, ids=list(places)), day)
    page.lines = sorted(read, key=lambda one: places[one.dataset.id])
    return page


def _counted(kind: str, column: Any) -> Any:
    return sa.select(sa.literal(kind), column, sa.func.count()).group_by(column)


def _named(table: Any, title: str, ids: Collection[str]) -> list[tuple[str, str]]:
    if not ids:
        return []
    said = sa.func.coalesce(sa.func.nullif(table.c[title], ""), table.c.name)
    rows = model.Session.execute(sa.select(said, table.c.name).where(table.c.id.in_(list(ids))))
    found = [(str(row[0]), str(row[1])) for row in rows]
    return sorted(found, key=lambda one: (alphabetical(one[0]), one[1]))


def _where(line: Any, wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.organisation:
        found.append(line.c.organisation == wanted.organisation)
    if wanted.person == NOBODY:
        found += [line.c.referent_id.is_(None), line.c.stand_in_id.is_(None)]
    elif wanted.person:
        names = (line.c.referent_name, line.c.stand_in_name)
        found.append(sa.or_(*(one == wanted.person for one in names)))
    if wanted.month:
        written = sa.func.to_char(line.c.due, "YYYY-MM-DD")
        found.append(sa.func.starts_with(written, wanted.month))
    return found


def _lines(mine: Mine, zone: ZoneInfo, day: date) -> Any:
    """Every dataset of ``mine`` with its date and its standing; a query, not yet asked."""
    facts = (
        planning_query(zone, mine.organisations, mine.held).cte("facts").prefix_with("MATERIALIZED")
    )
    settings = town.planning()
    required = _required(settings)
    by_hand = sa.and_(
        facts.c.by_hand.is_not(None),
        sa.or_(facts.c.set_on.is_(None), facts.c.updated <= facts.c.set_on),
    )
    code = sa.func.regexp_replace(facts.c.frequency, "^.*/", "")
    periods = [sa.case(_PERIODS, value=code)]
    if required:
        periods.append(sa.case(required, value=facts.c.conforms_to))
    promised = sa.func.least(*(sa.cast(facts.c.updated + one, sa.Date) for one in periods))
    first = (
        sa.select(
            *(facts.c[one] for one in _SHOWN),
            sa.case((by_hand, facts.c.by_hand), else_=promised).label("on"),
        )
        .cte("first")
        .prefix_with("MATERIALIZED")
    )
    weekday = sa.extract("isodow", first.c.on)
    monday = first.c.on + sa.cast(sa.case((weekday > 5, 8 - weekday), else_=0), sa.Integer)
    week = sa.select(*(first.c[one] for one in _SHOWN), monday.label("on")).cte("week")
    off = _off()
    due = sa.func.coalesce(off.c.next, week.c.on)
    dated = sa.select(*(week.c[one] for one in _SHOWN), due.label("due")).select_from(
        week.outerjoin(off, off.c.day == week.c.on)
    )
    dated = dated.cte("dated")
    standing = sa.case(
        (dated.c.due.is_(None), str(Standing.UNPLANNED)),
        (dated.c.due < day, str(Standing.LATE)),
        (dated.c.due <= day + timedelta(days=SOON), str(Standing.SOON)),
        else_=str(Standing.FINE),
    )
    return sa.select(dated, standing.label("standing")).cte("line")


_PERIODS: Mapping[str, Any] = {
    code: sa.func.make_interval(one.years, one.months, 0, one.days) for code, one in PERIODS.items()
}
_SHOWN = (
    *("id", "title", "owner_org", "organisation"),
    *("referent_id", "referent_name", "stand_in_id", "stand_in_name"),
)


def _required(settings: PlanningSettings) -> dict[str, Any]:
    """`{conforms_to: period}` of what datasets say, where a schema requires a frequency."""
    if not settings.obligations:
        return {}
    said = sa.cast(model.package_table.c.extras, JSONB)["conforms_to"].astext
    rows = model.Session.execute(sa.select(said).where(said.is_not(None)).distinct())
    found = {
        str(one): settings.obligation([named.name for named in schemas_of(one)])
        for one in rows.scalars()
    }
    return {said: _PERIODS[frequency] for said, frequency in found.items() if frequency}


def _off() -> Any:
    """Public holidays, weekends apart, and the working day after each."""
    year = sa.extract("year", plans.c.by_hand)
    asked = sa.select(year).where(plans.c.by_hand.is_not(None)).distinct()
    years = {*YEARS, *(int(one) for one in model.Session.execute(asked).scalars())}
    days = [one for year in years for one in holidays(year) if one.weekday() < 5]
    pairs = [[str(one) for one in days], [str(working_day(one)) for one in days]]
    columns = (
        sa.cast(sa.cast(cast("Any", pair), ARRAY(sa.Text)), ARRAY(sa.Date)) for pair in pairs
    )
    return (
        sa.func.unnest(*columns)
        .table_valued(sa.column("day", sa.Date), sa.column("next", sa.Date))
        .render_derived()
        .alias("off")
    )
