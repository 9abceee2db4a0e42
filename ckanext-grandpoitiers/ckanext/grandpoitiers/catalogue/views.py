"""Addresses of the geocatalogue: original records, and what is done with the report of a run."""

import json
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.model import HarvestJob
from flask import Blueprint, Response, request

from ckanext.grandpoitiers.catalogue.abandoned import close_before_showing
from ckanext.grandpoitiers.catalogue.actions import wanted_lines
from ckanext.grandpoitiers.catalogue.findings import by_urgency, spreadsheet
from ckanext.grandpoitiers.catalogue.record_rows import original
from ckanext.grandpoitiers.catalogue.registry import SourceError
from ckanext.grandpoitiers.catalogue.reports import Report, report_of, titles, words
from ckanext.grandpoitiers.catalogue.sampling import sample
from ckanext.grandpoitiers.catalogue.showing import sampled
from ckanext.grandpoitiers.catalogue.source_config import ConfigError

geocatalogue = Blueprint("grandpoitiers_geocatalogue", __name__)

RELOAD = {"HX-Refresh": "true"}
"""Makes htmx load the whole page again (htmx.org, response headers)."""


@geocatalogue.route("/geocatalogue/<path:guid>.xml")
def record(guid: str) -> Response:
    """The record as its catalogue gave it, to whoever may see its dataset.

    `guid` only ever goes into a query. A record is somebody else's document: it is never shown
    as a page of ours, where a script in it would run with the visitor's rights.
    """
    found = original(guid) if guid.isprintable() else None
    if found is None:
        return tk.abort(404, tk._("There is no record with this identifier."))
    xml, package_id = found
    try:
        tk.check_access("package_show", {}, {"id": package_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no record with this identifier."))
    response = Response(xml, mimetype="application/xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@geocatalogue.route("/geocatalogue/harvests/<job_id>/report.json")
def report_json(job_id: str) -> Response:
    """The report of a run, under the filters of its page, as `./portal harvest --json` gives it."""
    report = _report(job_id)
    lines = wanted_lines(report, request.args)
    shown = report.document(lines, words())
    return _file(json.dumps(shown, ensure_ascii=False, indent=1), "application/json", job_id)


@geocatalogue.route("/geocatalogue/harvests/<job_id>/report.csv")
def report_csv(job_id: str) -> Response:
    """The same for a spreadsheet: a row for each remark."""
    report = _report(job_id)
    lines = by_urgency(wanted_lines(report, request.args))
    text = spreadsheet(lines, titles(lines), words())
    return _file(text, "text/csv", job_id)


@geocatalogue.route("/geocatalogue/harvests/<job_id>/progress")
def progress(job_id: str) -> str | Response:
    """How far a run is, as a part of its page that asks for itself until the run has ended."""
    _check(job_id)
    job: Any = model.Session.get(HarvestJob, job_id)
    if job.status == "Finished":
        return Response(headers=RELOAD)
    return tk.render("grandpoitiers/harvest_progress.html", {"job_id": job_id})


@geocatalogue.route("/geocatalogue/preview", methods=["POST"])
def preview() -> str:
    """The first records of the catalogue that the form of a source names, as they would appear.

    A part of the form's page, or a page of its own for a browser without scripts.
    """
    form = {key: value for key, value in request.form.items() if value}
    shown: dict[str, Any] = {"sample": None, "error": ""}
    try:
        shown["sample"] = sampled(sample(form))
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(403, tk._("You may not create a harvest source."))
    except (SourceError, ConfigError) as error:
        shown["error"] = words()(error.sentence).format(**error.params)
    part = request.headers.get("HX-Request") == "true"
    page = "grandpoitiers/harvest_sample.html" if part else "source/preview.html"
    return tk.render(page, shown)


@geocatalogue.route("/geocatalogue/datasets/<id>/take-back", methods=["POST"])
def take_back(id: str) -> Any:
    """Give a field of a dataset its geocatalogue's value again, then show the dataset."""
    try:
        dataset = tk.get_action("grandpoitiers_harvest_take_back")(
            {}, {"id": id, "field": request.form.get("field", "")}
        )
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not edit this dataset."))
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("Dataset not found"))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
        return tk.redirect_to("dataset.read", id=id)
    tk.h.flash_success(tk._("The geocatalogue’s value is back, and follows its record again."))
    return tk.redirect_to("dataset.read", id=dataset["name"])


@geocatalogue.route("/geocatalogue/harvests/<job_id>/accept", methods=["POST"])
def accept(job_id: str) -> Any:
    """Harvest again, letting go what a run was refused for; then show how that goes."""
    try:
        tk.get_action("grandpoitiers_harvest_accept")({}, {"id": job_id})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not harvest this source."))
    except tk.ObjectNotFound:
        return tk.abort(404, tk._("There is no report of this harvest."))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(error.error_summary.values()))
    else:
        tk.h.flash_success(tk._("The harvest starts again: this time these records may go."))
    report = report_of(job_id, lines=False)
    source_id = report.source_id if report else ""
    return tk.redirect_to("harvester.job_show_last", source=source_id)


def _report(job_id: str) -> Report:
    """The report of a job, for whoever may see it; otherwise the page ends here."""
    _check(job_id)
    report = report_of(job_id)
    if report is None:
        tk.abort(404, tk._("There is no report of this harvest."))
    return report


def _check(job_id: str) -> None:
    """Let those pass who may see the job, a dead one closed; the page of the others ends here."""
    try:
        tk.check_access("harvest_job_show", {}, {"id": job_id})
        close_before_showing([job_id])
    except tk.NotAuthorized:
        tk.abort(403, tk._("You may not see this report."))
    except tk.ObjectNotFound:
        tk.abort(404, tk._("There is no report of this harvest."))


def _file(text: str, media_type: str, job_id: str) -> Response:
    response = Response(text, content_type=f"{media_type}; charset=utf-8")
    name = f"{tk._('harvest')}-{job_id[:8]}.{media_type.rpartition('/')[2]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
