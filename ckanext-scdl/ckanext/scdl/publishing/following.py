"""What follows when a dataset is written, shown or indexed: tables to make, verdicts to tell."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from sqlalchemy import event

from ckanext.scdl import config
from ckanext.scdl.publishing import library, loading, schemas, sources, state
from ckanext.scdl.queue import previewing, store
from ckanext.scdl.queue.steps import OPEN
from ckanext.scdl.registry import Registry

PERIODS: Mapping[str, timedelta | None] = {
    "never": None,
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
}
"""How often the address of a link may be asked again."""
LEFT = timedelta(days=90)
"""After which a deposit is given up."""
VERDICT = "vocab_scdl_verdict"
"""CKAN's Solr schema gives the names `vocab_*` to lists of exact words: no schema of ours."""
SCHEMA = "vocab_scdl_schema"


def written(package: Mapping[str, Any]) -> None:
    """Load the files of a dataset that are new, once its writing is over."""
    if not config.loads() or package.get("harvest_guid"):
        return
    candidates = [one for one in package.get("resources") or [] if sources.loadable(one)]
    if not candidates:
        return
    known = state.files_of(one["id"] for one in candidates if one.get("id"))
    changed = [
        one
        for one in candidates
        if one.get("id") not in known or known[one["id"]]["mark"] != sources.fingerprint(one)
    ]
    package_id = package.get("id")
    if changed and package_id:
        _when_committed(lambda: enqueue_package(str(package_id)))


def _when_committed(call: Callable[[], None]) -> None:
    # Before that a worker would not find the resource, nor its file.
    session = model.Session()

    def committed(_session: Any) -> None:
        call()

    event.listen(session, "after_commit", committed, once=True)


def enqueue_package(package_id: str) -> None:
    """Have the new files of a dataset loaded by a worker."""
    tk.enqueue_job(load_package, [package_id], title=f"scdl: files of {package_id}")


def enqueue_resource(resource_id: str, *, again: bool = False, accepted: bool = False) -> None:
    """Have one file loaded by a worker."""
    tk.enqueue_job(
        loading.load_resource,
        [resource_id],
        {"again": again, "accepted": accepted},
        title=f"scdl: file of {resource_id}",
        rq_kwargs={"timeout": 3600},
    )


def load_package(package_id: str) -> dict[str, str]:
    """Load the files of a dataset that are new; ``{resource: state}``. A background job."""
    package = tk.get_action("package_show")(loading.context(), {"id": package_id})
    known = state.files_of(one["id"] for one in package["resources"])
    found: dict[str, str] = {}
    for resource in package["resources"]:
        before = known.get(resource["id"])
        if not sources.loadable(resource):
            continue
        if before is None or before["mark"] != sources.fingerprint(resource):
            found[resource["id"]] = loading.load_resource(resource["id"])
    return found


def refresh(now: datetime) -> list[str]:
    """Have a worker ask again the addresses that are due, and the schemas that could not be had
    the day before; the resources they are of."""
    before = {name: now - period for name, period in PERIODS.items() if period}
    found = state.due(before)
    missing = state.without_schema(now - timedelta(days=1))
    found += [one for one in missing if one not in found]
    for resource_id in found:
        enqueue_resource(resource_id, again=True)
    return found


def erase_left(now: datetime) -> list[str]:
    """Erase the deposits that nobody came back to; their ids."""
    open_ones = {one["id"] for one in store.find(store.Asked(None, states=OPEN), limit=100_000)}
    found = [one for one in state.stale_deposits(now - LEFT) if one not in open_ones]
    previewing.sweep()
    for deposit_id in found:
        state.drop_deposit(deposit_id)
        library.forget_deposit(deposit_id)
    model.Session.commit()
    return found


def shown(package: dict[str, Any]) -> None:
    """Tell the verdict of each resource, and how its file stands."""
    resources = package.get("resources") or []
    if not any(_may_be_judged(resource, package) for resource in resources):
        return
    found = state.reports_of(resource["id"] for resource in resources)
    for resource in resources:
        report = found.get(resource["id"])
        if report:
            resource["scdl_schema"] = report["schema"]
            resource["scdl_verdict"] = report["verdict"]
            resource["scdl_errors"] = report["errors"]


def _may_be_judged(resource: Mapping[str, Any], package: Mapping[str, Any]) -> bool:
    if package.get("harvest_guid"):
        return False
    return bool(resource.get("datastore_active")) or any(schemas.addressed(resource, package))


def indexed(document: dict[str, Any]) -> dict[str, Any]:
    """Let datasets be found by the verdict and the schema of their resources."""
    package = json.loads(document.get("validated_data_dict") or "{}")
    shown(package)
    judged = [one for one in package.get("resources") or [] if "scdl_verdict" in one]
    if judged:
        document[VERDICT] = sorted({one["scdl_verdict"] for one in judged})
        document[SCHEMA] = sorted({one["scdl_schema"].partition("@")[0] for one in judged})
        document["validated_data_dict"] = json.dumps(package)
    return document


def facets(titles: dict[str, str]) -> dict[str, str]:
    """The filters of the search, with ours at the end."""
    titles[SCHEMA] = tk._("Schema")
    titles[VERDICT] = tk._("Checked by its schema")
    return titles


def labelled(found: dict[str, Any]) -> dict[str, Any]:
    """Give the values of our facets their names, in the answer of a search."""
    facet = found.get("search_facets", {})
    for item in facet.get(VERDICT, {}).get("items", []):
        item["display_name"] = verdicts().get(item["name"], item["display_name"])
    schemas_found = facet.get(SCHEMA, {}).get("items", [])
    if schemas_found:
        titles = {schema.name: schema.title for schema in Registry.standard()}
        for item in schemas_found:
            item["display_name"] = titles.get(item["name"], item["display_name"])
    return found


def verdicts() -> dict[str, str]:
    """What people read for each verdict."""
    return {
        "valid": tk._("Valid"),
        "invalid": tk._("With errors"),
        "not-checked": tk._("Not checked"),
    }


def forgotten(resource_ids: list[str]) -> None:
    """Remove all that was kept of resources which are no more."""
    state.forget(resource_ids)
    for resource_id in resource_ids:
        library.forget_resource(resource_id)
