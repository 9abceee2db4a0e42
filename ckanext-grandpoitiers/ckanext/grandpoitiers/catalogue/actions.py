"""The geocatalogue's own actions: what is done with a run besides ckanext-harvest's verbs."""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import model
from ckan.logic import fresh_context
from ckan.types import Context, DataDict
from ckanext.harvest.logic import HarvestJobExists
from ckanext.harvest.model import HarvestJob

from ckanext.grandpoitiers.catalogue import screens
from ckanext.grandpoitiers.catalogue.abandoned import close_before_showing
from ckanext.grandpoitiers.catalogue.findings import Filter
from ckanext.grandpoitiers.catalogue.keeping import How, taken_back
from ckanext.grandpoitiers.catalogue.kept import kept_in
from ckanext.grandpoitiers.catalogue.model import runs
from ckanext.grandpoitiers.catalogue.plan import RefusalKind
from ckanext.grandpoitiers.catalogue.report import Line
from ckanext.grandpoitiers.catalogue.reports import Report, report_of, titles, words
from ckanext.grandpoitiers.catalogue.runs import Accepted


def actions() -> dict[str, Any]:
    """Our actions, for IActions."""
    return {
        "grandpoitiers_harvest_accept": grandpoitiers_harvest_accept,
        "grandpoitiers_harvest_report": grandpoitiers_harvest_report,
        "grandpoitiers_harvest_take_back": grandpoitiers_harvest_take_back,
    }


@tk.side_effect_free
def grandpoitiers_harvest_report(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The report of a harvest, in the form of ``./portal harvest --json``.

    For whoever may harvest the source. Counts are of all records, whatever is asked for.

    :param id: the job
    :type id: string
    :param outcome: only the records that ended so (``created``, ``invalid``…) (optional)
    :type outcome: string
    :param field: only those with a problem in this field, ``record`` for the whole (optional)
    :type field: string
    :param q: only those whose identifier or title has these words (optional)
    :type q: string

    :returns: ``records`` (``guid``, ``outcome``, ``problems``, ``dataset``), ``counts`` and
        ``complete``
    :rtype: dictionary
    """
    job_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("harvest_job_show", context, {"id": job_id})
    close_before_showing([job_id])
    report = report_of(job_id)
    if report is None:
        raise tk.ObjectNotFound(tk._("There is no report of this harvest."))
    return report.document(wanted_lines(report, data_dict), words())


def wanted_lines(report: Report, asked: Mapping[str, Any]) -> list[Line]:
    """The lines of a report under the filters `outcome`, `field` and `q`."""
    wanted = Filter(*(str(asked.get(key) or "") for key in ("outcome", "field", "q")))
    named = titles(report.lines)
    return [line for line in report.lines if wanted.wants(line, named.get(line.name, ""))]


def grandpoitiers_harvest_accept(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Harvest a source again, letting go as many datasets as its last run was refused for.

    Should more be missing by then, that run is refused too. Whoever may harvest the source may
    accept. An empty or incomplete answer can't be accepted: it says nothing of what is gone.

    :param id: the job of the refused run, the last one of its source
    :type id: string

    :returns: the new job
    :rtype: dictionary
    """
    job_id = tk.get_or_bust(data_dict, "id")
    row = model.Session.execute(sa.select(runs).where(runs.c.id == job_id)).one_or_none()
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no report of this harvest."))
    tk.check_access("harvest_job_create", context, {"source_id": row.source_id})
    if not can_be_accepted(row):
        raise tk.ValidationError(
            {"id": [tk._("Only the last harvest of a source can be accepted, once it is refused.")]}
        )
    try:
        made = tk.get_action("harvest_job_create")(
            context, {"source_id": row.source_id, "run": False}
        )
    except HarvestJobExists as error:
        raise tk.ValidationError(
            {"id": [tk._("Another harvest of this source is under way: wait until it has ended.")]}
        ) from error
    accepted = Accepted(row.details["refusal"]["missing"], str(context.get("user", "")))
    job = model.Session.get(HarvestJob, made["id"])
    return screens.queue(context, job, accepted)


def grandpoitiers_harvest_take_back(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Take back the geocatalogue's value of a field that was changed on the portal.

    From then on the field follows its record again. For whoever may edit the dataset.

    :param id: the dataset
    :type id: string
    :param field: the field; ``resources`` for all the links, those added here stay
    :type field: string

    :returns: the dataset
    :rtype: dictionary
    """
    name, wanted = tk.get_or_bust(data_dict, ["id", "field"])
    package = model.Package.get(name)
    if package is None:
        raise tk.ObjectNotFound(tk._("Dataset not found"))
    tk.check_access("package_update", context, {"id": package.id})
    kept, base, _ = kept_in(package.id)
    if wanted not in {one.field for one in kept if one.how is not How.ADDED}:
        message = tk._("This field was not changed here: it has its geocatalogue's value.")
        raise tk.ValidationError({"field": [message]})
    shown = tk.get_action("package_show")(fresh_context(context), {"id": package.id})
    data = taken_back(shown, base, wanted)
    return tk.get_action("package_update")(fresh_context(context), data)


def can_be_accepted(run: Any) -> bool:
    """Whether a run (a row) was refused because records are missing, and none came after it."""
    refusal = run.details.get("refusal") or {}
    later = sa.select(runs.c.id).where(
        runs.c.source_id == run.source_id, runs.c.started > run.started
    )
    return (
        run.outcome == "refused"
        and refusal.get("kind") == RefusalKind.SHRUNKEN
        and model.Session.execute(later.limit(1)).first() is None
    )
