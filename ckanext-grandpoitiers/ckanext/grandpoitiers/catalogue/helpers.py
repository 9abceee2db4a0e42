"""What the templates of harvests ask for; every helper only reads."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.pagination import Page
from ckanext.harvest.model import HarvestSource
from flask import request

from ckanext.grandpoitiers.catalogue import findings, progress, registry
from ckanext.grandpoitiers.catalogue.actions import can_be_accepted
from ckanext.grandpoitiers.catalogue.fields import place
from ckanext.grandpoitiers.catalogue.harvested import kept_fields, told_of
from ckanext.grandpoitiers.catalogue.harvester import record_address
from ckanext.grandpoitiers.catalogue.report import Line, Translate
from ckanext.grandpoitiers.catalogue.reports import Report, report_of, reports_of, titles, words
from ckanext.grandpoitiers.catalogue.showing import TONES, noted, told

LINES = 50
"""Records on a page of a report."""


def helpers() -> dict[str, Any]:
    """Our helpers, for ITemplateHelpers."""
    return {
        "grandpoitiers_harvest_is_ours": grandpoitiers_harvest_is_ours,
        "grandpoitiers_harvest_run": grandpoitiers_harvest_run,
        "grandpoitiers_harvest_runs": grandpoitiers_harvest_runs,
        "grandpoitiers_harvest_report": grandpoitiers_harvest_report,
        "grandpoitiers_harvest_step": grandpoitiers_harvest_step,
        "grandpoitiers_harvest_outcomes": grandpoitiers_harvest_outcomes,
        "grandpoitiers_harvest_duration": grandpoitiers_harvest_duration,
        "grandpoitiers_harvest_word": grandpoitiers_harvest_word,
        "grandpoitiers_harvest_told": told_of,
        "grandpoitiers_harvest_kept": grandpoitiers_harvest_kept,
    }


def grandpoitiers_harvest_is_ours(source: dict[str, Any]) -> bool:
    """Whether a harvest source is of our type, and has reports of ours."""
    return source.get("source_type") == registry.TYPE


def grandpoitiers_harvest_kept(package_id: str) -> dict[str, str]:
    """The fields of a dataset that were changed here: what the geocatalogue says of each."""
    found = kept_fields(package_id)
    return {one["field"]: one["theirs"] for one in found if not one["link"]}


def grandpoitiers_harvest_run(job_id: str) -> Report | None:
    """How a run went, without its records; None for one that never began."""
    return report_of(job_id, lines=False)


def grandpoitiers_harvest_runs(jobs: list[dict[str, Any]]) -> dict[str, Report]:
    """The same for the jobs of a list, by job."""
    return reports_of(job["id"] for job in jobs)


def grandpoitiers_harvest_step(job_id: str) -> dict[str, Any] | None:
    """How far a run is: `{"phase", "done", "total", "percent", "left"}`, the last in words."""
    step = progress.step_of(job_id)
    if step is None:
        return None
    share = step.share
    return {
        "phase": tk._(findings.PHASES[step.phase]),
        "done": step.done,
        "total": step.total,
        "percent": None if share is None else int(share * 100),
        "left": time_left(step.remaining),
    }


def grandpoitiers_harvest_duration(seconds: float) -> str:
    """How long something took, in words."""
    if seconds < 60:
        shown = max(1, round(seconds))
        return tk.ungettext("{number} second", "{number} seconds", shown).format(number=shown)
    minutes = round(seconds / 60)
    return tk.ungettext("{number} minute", "{number} minutes", minutes).format(number=minutes)


def grandpoitiers_harvest_word(outcome: str) -> str:
    """The outcome of a run in one or two words."""
    return {
        "running": tk._("under way"),
        "complete": tk._("complete"),
        "incomplete": tk._("incomplete"),
        "refused": tk._("refused"),
        "failed": tk._("failed"),
        "interrupted": tk._("interrupted"),
    }.get(outcome, outcome)


def time_left(seconds: float | None) -> str:
    """About how long something still takes, in words; empty when nobody knows."""
    if seconds is None:
        return ""
    if seconds < 60:
        return tk._("less than a minute left")
    minutes = round(seconds / 60)
    return tk.ungettext(
        "about {number} minute left", "about {number} minutes left", minutes
    ).format(number=minutes)


def grandpoitiers_harvest_report(job_id: str) -> dict[str, Any] | None:
    """What the page of a report shows, under the filters of the address.

    `{"run", "filter", "fields", "frequent", "records", "page", "can_accept",
    "notes"}`
    """
    run = report_of(job_id)
    if run is None:
        return None
    translate = words()
    wanted = findings.Filter(*(request.args.get(key, "") for key in ("outcome", "field", "q")))
    named = titles(run.lines)
    lines = [line for line in run.lines if wanted.wants(line, named.get(line.name, ""))]
    page = _page(findings.by_urgency(lines))
    source: Any = model.Session.get(HarvestSource, run.source_id)
    shown: list[Line] = list(page.items)
    return {
        "run": run,
        "filter": wanted,
        "fields": [
            {
                "name": name,
                "label": translate(place("" if name == findings.WHOLE else name).label),
                "count": count,
            }
            for name, count in findings.fields(run.lines).items()
        ],
        "frequent": [
            {
                **told(one.remark, translate),
                "count": one.count,
                "field": one.remark.field or findings.WHOLE,
            }
            for one in findings.frequent(run.lines)
        ],
        "records": [_record(line, named, source.url, translate) for line in shown],
        "page": page,
        "can_accept": can_be_accepted(run),
        "notes": [noted(note["sentence"], note["params"]) for note in run.details.get("notes", [])],
    }


def grandpoitiers_harvest_outcomes(run: Report) -> list[dict[str, Any]]:
    """The outcomes that the run has had, in order: `{"name", "label", "counted", "tone",
    "count", "listed"}`.

    `listed` is whether the report has a line for each: of what is unchanged it has the number.
    """
    listed = {line.outcome for line in run.lines}
    translate = words()
    return [
        {
            "name": str(name),
            "label": translate(label),
            "counted": counted(name, run.counts[name]),
            "tone": TONES.get(name, ""),
            "count": run.counts[name],
            "listed": name in listed,
        }
        for name, label in findings.OUTCOMES.items()
        if run.counts.get(name)
    ]


def counted(outcome: str, number: int) -> str:
    """What so many records became, without the number."""
    return {
        "created": tk.ungettext("record created", "records created", number),
        "updated": tk.ungettext("record updated", "records updated", number),
        "unchanged": tk.ungettext("record unchanged", "records unchanged", number),
        "archived": tk.ungettext("record archived", "records archived", number),
        "deleted": tk.ungettext("record deleted", "records deleted", number),
        "skipped": tk.ungettext("record left out", "records left out", number),
        "invalid": tk.ungettext("record invalid", "records invalid", number),
        "failed": tk.ungettext("record failed", "records failed", number),
    }[outcome]


def _page(lines: list[Line]) -> Page:
    def address(page: int, **_: Any) -> str:
        kept = {key: value for key, value in request.args.items() if key != "page" and value}
        return tk.h.url_for(request.path, **kept, page=page)

    number = tk.h.get_page_number(request.args)
    return Page(collection=lines, page=number, url=address, items_per_page=LINES)


def _record(
    line: Line, named: dict[str, str], source_url: str, translate: Translate
) -> dict[str, Any]:
    return {
        "guid": line.guid,
        "name": line.name,
        "title": named.get(line.name, ""),
        "outcome": str(line.outcome),
        "label": translate(findings.OUTCOMES[line.outcome]),
        "tone": TONES.get(line.outcome, ""),
        "address": record_address(source_url, line.guid),
        "remarks": [told(remark, translate) for remark in line.remarks],
    }
