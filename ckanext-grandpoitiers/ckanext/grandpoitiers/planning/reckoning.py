"""What the figures of services are made from: the planning, judged files, deposits, past months."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects.postgresql import insert

from ckanext.grandpoitiers.pages.rules import zone
from ckanext.grandpoitiers.planning import figures
from ckanext.grandpoitiers.planning.due import Standing
from ckanext.grandpoitiers.planning.figures import Figures, Flow, Held, Quality
from ckanext.grandpoitiers.planning.model import months
from ckanext.grandpoitiers.planning.standing import lines, today
from ckanext.grandpoitiers.planning.store import planned

# The tables of the extension of schemas, where it is there.
JUDGED = """
SELECT g.name, count(*), count(*) FILTER (WHERE s.verdict = 'valid')
FROM scdl_report s JOIN resource r ON r.id = s.resource_id
JOIN package p ON p.id = r.package_id JOIN "group" g ON g.id = p.owner_org
WHERE r.state = 'active' AND p.state = 'active' AND s.verdict IN ('valid', 'invalid')
GROUP BY g.name
"""
HANDED_OVER = """
SELECT g.name, count(*) FILTER (WHERE s.created >= :begins AND s.created < :after),
  coalesce(sum(t.returned), 0)
FROM scdl_submission s JOIN "group" g ON g.id = s.owner_org
  AND NOT jsonb_exists(s.wanted, 'restores')
LEFT JOIN (
  SELECT submission_id, count(*) returned FROM scdl_submission_step
  WHERE step = 'return' AND at >= :begins AND at < :after GROUP BY submission_id
) t ON t.submission_id = s.id
GROUP BY g.name
"""
PUBLISHED = """
SELECT g.name, count(*), 0 FROM scdl_version v JOIN resource r ON r.id = v.resource_id
JOIN package p ON p.id = r.package_id JOIN "group" g ON g.id = p.owner_org
WHERE v.created >= :begins AND v.created < :after GROUP BY g.name
"""
"""Where nobody hands files over to a queue, each version that was published is one deposit."""


def services(begins: date, ends: date) -> list[Figures]:
    """The figures of each service: how it stands today, what moved in the period."""
    day = today()
    held = [
        Held(
            line.dataset.organisation,
            line.dataset.organisation_title,
            str(line.standing),
            (day - line.due.on).days if line.due and line.standing is Standing.LATE else 0,
            line.dataset.facts.updated,
        )
        for line in lines(planned(zone()))
    ]
    return figures.by_service(held, _quality(), _flows(begins, ends), begins, ends)


def note_month() -> int:
    """Keep the figures of today as those of this month, until tomorrow's; how many services."""
    day = today()
    found = services(day, day)
    for one in found:
        values = {
            "datasets": one.datasets,
            "late": one.late,
            "delay": one.delay,
            "checked": one.quality.checked,
            "valid": one.quality.valid,
        }
        key = {"month": day.replace(day=1), "organization": one.service}
        model.Session.execute(
            insert(months)
            .values(**key, **values)
            .on_conflict_do_update(index_elements=list(key), set_=values)
        )
    model.Session.commit()
    return len(found)


def past(begins: date, ends: date) -> list[dict[str, Any]]:
    """Each month of the period, all services together: `month`, `datasets`, `late`, `valid_share`
    and `late_share`."""
    sums = [sa.func.sum(months.c[name]) for name in ("datasets", "late", "checked", "valid")]
    query = (
        sa.select(months.c.month, *sums)
        .where(months.c.month >= begins.replace(day=1), months.c.month <= ends)
        .group_by(months.c.month)
        .order_by(months.c.month)
    )
    return [
        {
            "month": f"{month:%Y-%m}",
            "datasets": datasets,
            "late": late,
            "late_share": late / datasets if datasets else None,
            "valid_share": valid / checked if checked else None,
        }
        for month, datasets, late, checked, valid in model.Session.execute(query)
    ]


def over_time(begins: date, ends: date, services: Iterable[Figures]) -> dict[str, Any]:
    """The quality and the delays of each service, month after month, and as they stand today.

    ``months`` (``2026-11``) and ``rows``: ``title``, ``cells`` (None where nothing was kept) and
    ``today``; a cell has ``valid_share`` (None of nothing judged) and ``late``.
    """
    query = sa.select(months).where(months.c.month >= begins.replace(day=1), months.c.month <= ends)
    kept: dict[tuple[str, str], dict[str, Any]] = {}
    for row in model.Session.execute(query).mappings():
        share = row["valid"] / row["checked"] if row["checked"] else None
        key = (str(row["organization"]), f"{row['month']:%Y-%m}")
        kept[key] = {"valid_share": share, "late": row["late"]}
    names = sorted({month for _, month in kept})
    rows = [
        {
            "title": one.title,
            "cells": [kept.get((one.service, month)) for month in names],
            "today": {"valid_share": one.valid_share, "late": one.late},
        }
        for one in services
    ]
    return {"months": names, "rows": rows}


def _quality() -> dict[str, Quality]:
    if not _has("scdl_report"):
        return {}
    rows = model.Session.execute(sa.text(JUDGED))
    return {str(name): Quality(checked, valid) for name, checked, valid in rows}


def _flows(begins: date, ends: date) -> dict[str, Flow]:
    query = HANDED_OVER if _has("scdl_submission") else PUBLISHED
    if query is PUBLISHED and not _has("scdl_version"):
        return {}
    asked = {"begins": begins, "after": ends + timedelta(days=1)}
    rows = model.Session.execute(sa.text(query), asked)
    return {str(name): Flow(int(handed), int(returned)) for name, handed, returned in rows}


def _has(table: str) -> bool:
    found = model.Session.execute(sa.text("SELECT to_regclass(:name)"), {"name": table})
    return found.scalar() is not None
