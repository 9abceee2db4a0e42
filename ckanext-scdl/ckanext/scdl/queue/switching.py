"""The publication of a deposit: file, rows and metadata, all of them or none.

The table is made whole beside the one that is read. Then, with that one locked for some
milliseconds, the file takes its place, and both databases commit one after the other. The row of
the deposit says `publishing` from before the first of these until the very commit that changes
the metadata: a process that dies in between is carried on by whoever looks next, from the start,
with the same file and the same ids.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib import search, uploader
from sqlalchemy.exc import DBAPIError

from ckanext.scdl.errors import N_, ScdlError
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.publishing import datastore, library, loading, sources, state
from ckanext.scdl.publishing.publication import classify
from ckanext.scdl.queue import letters, locks, metadata, rights, steps, store
from ckanext.scdl.queue.freezing import forget, staged
from ckanext.scdl.queue.steps import State, Step

log = logging.getLogger(__name__)

STAGING = "_scdl_queue_"
GONE = N_("The dataset or its file is no longer there: it was deleted meanwhile.")
MOVED = N_("The dataset went to another organisation meanwhile.")
TOUCHED = N_("The file kept on the server is not the one that was handed over.")
NO_ROOM = N_("The server's disk did not take the file: the version on line stays as it was.")
REFUSED = N_("The portal does not accept the dataset: {reason}")
OURS = N_("A fault of the portal's own stopped the publication: its log says which.")

Row = dict[str, Any]


class NotPublished(ScdlError):
    """A publication that could not be: one sentence says why."""


def carry_on(submission_id: str) -> State | None:
    """Publish a deposit whose publication is decided, or was begun; how it stands then.

    None when another process is at it. Whatever goes wrong is kept in its history.
    """
    row = store.get(submission_id)
    if row is None:
        return None
    with locks.held(row["resource_id"]) as mine:
        if not mine:
            return None
        row = store.get(submission_id)
        model.Session.commit()
        if row is not None and row["state"] == State.PUBLISHING:
            _attempt(row)
        row = store.get(submission_id)
        if row is not None and not row["settled"]:
            settle(row)
    return State(row["state"]) if row else None


def tick() -> dict[str, str]:
    """Carry on all that is begun or due; ``{deposit: state}``. A background job, and a command."""
    found: dict[str, str] = {}
    clock = store.now()
    for submission_id in store.unfinished(clock):
        row = store.get(submission_id, lock=True)
        due = steps.come_due(store.standing(row), clock) if row else None
        if row is not None and due is not None:
            store.put(submission_id, due)
        model.Session.commit()
        result = carry_on(submission_id)
        if result is not None:
            found[submission_id] = str(result)
    return found


def _attempt(row: Row) -> None:
    try:
        _publish(row)
    except NotPublished as error:
        _give_up(row, error.message)
    except tk.ObjectNotFound:
        _give_up(row, GONE)
    except tk.ValidationError as error:
        _give_up(row, REFUSED, reason="; ".join(map(str, error.error_summary.values())))
    except FileRefused as refused:
        _give_up(row, refused.problem.message, **refused.params)
    except OSError:
        log.exception("Deposit %s could not be written", row["id"])
        _give_up(row, NO_ROOM)
    except DBAPIError:
        # PostgreSQL that stops is no decision: it goes on as soon as somebody looks.
        model.Session.rollback()
        log.exception("Deposit %s could not be published", row["id"])
    except Exception:
        log.exception("Deposit %s could not be published", row["id"])
        _give_up(row, OURS)


def _publish(row: Row) -> None:
    package = metadata.package_of(row)
    check(row, package)
    user = rights.name_of(row["approvals"][-1] if row["approvals"] else row["user_id"])
    size = staged(row["id"]).stat().st_size
    resource = metadata.resource_of(row, size)
    staging = f"{STAGING}{row['resource_id']}"
    with TemporaryDirectory(prefix="scdl-") as folder:
        load = loading_of(row, package, resource, Path(folder) / "work")
        ready = load.prepare()
        try:
            rows = datastore.stage(
                load.id, staging, ready.plan.entries, ready.plan.frames(), words=True
            )
            package_id = metadata.write(row, package, resource, user)
            if row["frozen"]["changed"]:
                _keep_original(load.id, library.deposit_folder(row["id"]) / "original")
            shown = tk.get_action("resource_show")(
                {"ignore_auth": True, "use_cache": False}, {"id": load.id}
            )
            load.record(ready, rows, sources.fingerprint(shown))
            store.put(row["id"], package_id=package_id, state=str(State.PUBLISHED), settled=False)
            _note_published(row)
            switch(shown, staged(row["id"]), staging, rows)
        finally:
            datastore.drop(staging)


def _note_published(row: Row) -> None:
    said: dict[str, Any] = {"submission_id": row["id"], "resource_id": row["resource_id"]}
    if store.restores(row):
        # The number, then why.
        comment = f"{row['wanted']['restores']} {row['note']}".strip()
        store.note(Step.RESTORE, user_id=row["user_id"], comment=comment, **said)
    else:
        store.note(Step.PUBLISHED, **said)


def _keep_original(resource_id: str, original: Path) -> None:
    """Keep the deposited file with the version that is about to be published."""
    known = state.versions_of(resource_id)
    number = known[0]["number"] + 1 if known else 1
    library.keep(original, library.version_folder(resource_id, number) / "original")


def switch(resource: dict[str, Any], path: Path, staging: str, rows: int) -> None:
    """The one moment at which anything changes for a reader."""
    target = Path(uploader.get_resource_uploader(dict(resource)).get_path(resource["id"]))
    aside = target.with_name(f"{target.name}~")
    library.keep(path, aside)
    model.Session.flush()
    with datastore.exchanged(resource["id"], staging, rows):
        aside.replace(target)
    model.Session.commit()


def check(row: Row, package: dict[str, Any] | None) -> None:
    """Whether a deposit can be published where it is to go. Raises NotPublished."""
    if not staged(row["id"]).is_file() or library.digest(staged(row["id"])) != row["digest"]:
        raise NotPublished(TOUCHED)
    if package is None:
        return
    if package.get("state") != "active":
        raise NotPublished(GONE)
    if (package["owner_org"] or "") != row["owner_org"]:
        raise NotPublished(MOVED)
    if row["replaces"] and all(one["id"] != row["resource_id"] for one in package["resources"]):
        raise NotPublished(GONE)


def loading_of(
    row: Row, package: dict[str, Any] | None, resource: dict[str, Any], workdir: Path
) -> loading.Loading:
    """The loading of the file that was handed over; ``workdir`` is made."""
    frozen = row["frozen"]
    pending: dict[str, Any] = {"author": rights.name_of(row["user_id"])}
    if frozen["changed"]:
        pending |= {"original": row["name"], "repairs": frozen["repairs"]}
    known = {
        **(state.file_of(row["resource_id"]) or {}),
        "schema": row["schema"],
        "choices": frozen["choices"],
        "types": frozen.get("types"),
        "examined": True,
        "words": frozen["words"],
        "pending": pending,
    }
    return loading.Loading(package or {}, resource, known, staged(row["id"]), workdir)


def _give_up(row: Row, message: str, **params: str) -> None:
    """It waits again, with the reason; what a dead process may have changed is put back.

    A version that can't be put back at once waits for nobody: who asked for it is told.
    """
    model.Session.rollback()
    _undo(row["resource_id"], row["digest"])
    found = store.get(row["id"], lock=True)
    if found is not None:
        after = steps.abandon if store.at_once(row) else steps.fail
        store.put(row["id"], after(store.standing(found)))
        sentence = letters.speak(message).format(**params)
        store.note(Step.FAIL, submission_id=row["id"], comment=sentence)
    model.Session.commit()
    if store.at_once(row):
        forget(row["id"])


def _undo(resource_id: str, put: str) -> None:
    """Put back what is on record, where a process died between the file (``put``) and the end."""
    kept = state.versions_of(resource_id)
    resource = model.Resource.get(resource_id)
    if not kept or resource is None or resource.url_type != "upload":
        return
    target = Path(uploader.get_resource_uploader({"id": resource_id}).get_path(resource_id))
    former = library.version_folder(resource_id, kept[0]["number"]) / "published"
    if not (former.is_file() and target.is_file()) or put == kept[0]["digest"]:
        return
    if library.digest(target) == put:
        aside = target.with_name(f"{target.name}~")
        library.keep(former, aside)
        aside.replace(target)
        loading.load_resource(resource_id, again=True)


def settle(row: Row) -> None:
    """What follows a publication and may be done twice: search, views, letters, tidying."""
    resource = tk.get_action("resource_show")(loading.context(), {"id": row["resource_id"]})
    package = tk.get_action("package_show")(loading.context(), {"id": row["package_id"]})
    after: list[Callable[[], Any]] = [
        lambda: _classify(row, package),
        lambda: tk.get_action("resource_create_default_resource_views")(
            loading.context(),
            {"resource": resource, "package": package, "create_datastore_views": True},
        ),
        lambda: search.rebuild(package["id"]),
    ]
    for one in after:
        one()
    if row["schema"] and not store.restores(row):
        schema = row["schema"].partition("@")[0]
        state.remember_matching(row["owner_org"], schema, row["frozen"]["matching"])
    state.drop_deposit(row["id"])
    store.put(row["id"], settled=True)
    model.Session.commit()
    forget(row["id"])
    if not store.at_once(row):
        letters.published(row, package)


def _classify(row: Row, package: dict[str, Any]) -> None:
    # A dataset made by this very publication has no group yet.
    if not row["replaces"] and not package.get("groups"):
        for theme in metadata.themes({**row, "package_id": ""}) if row["wanted"] else []:
            classify(package["id"], theme)
