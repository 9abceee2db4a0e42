"""The pages of those who validate: the queue, one deposit, what each organisation wants."""

import dataclasses
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.scdl.publishing import state, waiting
from ckanext.scdl.publishing.describing import described
from ckanext.scdl.publishing.examining import examine
from ckanext.scdl.queue import clock, describing, rights, store, words
from ckanext.scdl.queue.jobs import enqueue_tick
from ckanext.scdl.queue.listing import narrowed
from ckanext.scdl.queue.steps import OPEN, State
from portal_kit.ordering import alphabetical

queue = Blueprint("scdl_queue", __name__)

PREVIEW = 20
"""Rows shown of what will be published."""
PAGE = 50
"""Deposits on one page of the queue."""
LAST = 10**6
"""The last page that an address may ask for."""
_DONE = frozenset({State.PUBLISHED, State.RETURNED, State.WITHDRAWN})


@queue.route("/queue", methods=["GET", "POST"])
def index() -> AnyResponse | str:
    """Every deposit that waits, under filters; several dealt with at once."""
    known_only()
    user = tk.current_user.name
    if not rights.is_validator(user):
        return tk.redirect_to("scdl_home.index")
    if request.method == "POST":
        return _bulk()
    look_after()
    wanted = _filters()
    everything = store.Asked(rights.validated_by(user))
    counts = store.counts(everything)
    states = OPEN if wanted["state"] == "" else {wanted["state"]}
    asked = narrowed(dataclasses.replace(everything, states=sorted(states)), wanted)
    total = sum(store.counts(asked).values()) if asked else 0
    page = min(max(1, request.args.get("page", 1, type=int)), LAST)
    rows = store.find(asked, PAGE, (page - 1) * PAGE) if asked else []
    values = {
        "found": describing.lines(rows),
        "wanted": wanted,
        "total": total,
        "page": page,
        "pages": -(-total // PAGE) or 1,
        "counts": {name: _held(counts, name) for name in words.filters()},
        "replacements": [] if any(wanted.values()) else waiting.listed(everything.organisations),
        **describing.choices(*store.whose(everything)),
    }
    return tk.render("scdl/queue.html", values)


def _held(counts: dict[str, int], name: str) -> int:
    return sum(counts.get(state, 0) for state in (OPEN if name == "" else {name}))


def look_after() -> None:
    """Have a worker carry on what a dead one left, or what came due while none ran."""
    if store.unfinished(store.now()):
        enqueue_tick()


def _bulk() -> AnyResponse:
    step = request.form.get("step", "")
    chosen = request.form.getlist("chosen")
    if not chosen:
        tk.h.flash_error(tk._("Tick the deposits first."))
    done = 0
    for one in chosen if step in _ACTIONS else []:
        submission_id, _, seen = one.partition("|")
        row = store.get(submission_id)
        name = row["name"] if row else submission_id
        try:
            found = tk.get_action(_ACTIONS[step])({}, _told(submission_id, seen))
            if _failed(found):
                tk.h.flash_error(f"{name} – {found['history'][-1]['comment']}")
            else:
                done += 1
        except tk.ValidationError as error:
            tk.h.flash_error(f"{name} – {_said(error)}")
        except (tk.NotAuthorized, tk.ObjectNotFound):
            return tk.abort(404, tk._("There is no such deposit."))
    if done:
        said = tk.ungettext("{number} deposit dealt with.", "{number} deposits dealt with.", done)
        tk.h.flash_success(said.format(number=done))
    # Back to the same filters, not to the page of an address that somebody wrote.
    return tk.redirect_to("scdl_queue.index", **_filters())


def _filters() -> dict[str, str]:
    return {key: request.args.get(key, "") for key in ("state", "organization", "user")}


def _told(submission_id: str, seen: str) -> dict[str, str]:
    """What a form says of a step, as the actions ask for it."""
    form = request.form
    keys = ("comment", "note")
    at = f"{form.get('day', '')}T{form.get('hour') or '00:00'}"
    return {"id": submission_id, "seen": seen, "at": at, **{key: form.get(key, "") for key in keys}}


def _failed(found: dict[str, Any]) -> bool:
    """Whether a publication that was asked for could not be."""
    return bool(found["history"]) and found["history"][-1]["step"] == "fail"


_ACTIONS = {
    one: f"scdl_submission_{one}"
    for one in ("publish", "return", "approve", "schedule", "unschedule", "note", "withdraw")
}


def _said(error: tk.ValidationError) -> str:
    return " ".join(
        " ".join(map(str, texts)) if isinstance(texts, list) else str(texts)
        for texts in error.error_dict.values()
    )


@queue.route("/queue/<id>", methods=["GET", "POST"])
def submission(id: str) -> AnyResponse | str:
    """One deposit: its report, its differences, its history, and what may be done of it."""
    known_only()
    try:
        shown = tk.get_action("scdl_submission_show")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such deposit."))
    error = ""
    if request.method == "POST":
        answer = _act(id)
        if not isinstance(answer, str):
            return answer
        error = answer
        shown = tk.get_action("scdl_submission_show")({}, {"id": id})
    look_after()
    may_validate = rights.validates(tk.current_user.name, shown["owner_org"])
    values = {
        "one": shown,
        "error": error,
        "said": request.form,
        "may_validate": may_validate,
        "is_sender": shown["user"] == tk.current_user.name,
        "approved": tk.current_user.name in shown["approvals"],
        "awaited": _awaited(shown),
        "others": _others(shown) if may_validate else [],
        **_examined(id),
    }
    return tk.render("scdl/submission.html", values)


def _act(id: str) -> AnyResponse | str:
    """Take the step that a form asks for; a sentence where it is refused."""
    step = request.form.get("step", "")
    if step not in _ACTIONS:
        return tk.abort(400)
    try:
        found = tk.get_action(_ACTIONS[step])({}, _told(id, request.form.get("seen", "")))
    except tk.ValidationError as error:
        return _said(error)
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such deposit."))
    if not _failed(found):
        tk.h.flash_success(words.done(found["state"], step))
    if found["state"] in _DONE and step == "withdraw":
        return tk.redirect_to("scdl_home.index")
    return tk.redirect_to("scdl_queue.submission", id=id)


def _awaited(shown: dict[str, Any]) -> list[str]:
    """The names of those whose decision a deposit waits for."""
    if shown["state"] != State.SUBMITTED:
        return []
    found = rights.validators(shown["owner_org"])
    return [one.fullname or one.name for one in found if one.name not in shown["approvals"]]


def _others(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Other open deposits for the same file."""
    rows = store.find(store.Asked(None, states=OPEN, resource_id=shown["resource_id"]))
    return [one for one in rows if one["id"] != shown["id"]] if shown["replaces"] else []


def _examined(id: str) -> dict[str, Any]:
    """The report and the first rows, as long as the file of the deposit is kept."""
    deposit = state.deposit(id)
    if deposit is None:
        return {"deposit": None, "headers": [], "preview": []}
    with TemporaryDirectory(prefix="scdl-") as folder:
        found = examine(deposit, Path(folder))
        document = described(found, tk._)
        if found.mended is None:
            return {"deposit": document, "headers": [], "preview": []}
        table = found.mended.table
        rows = [row for _, row in islice(table.numbered(), PREVIEW)]
    labels = {entry.id: entry.label for entry in found.entries}
    headers = [(name, labels.get(name) or "") for name in table.columns]
    return {"deposit": document, "headers": headers, "preview": rows}


@queue.route("/queue/reglages", methods=["GET", "POST"])
def settings() -> AnyResponse | str:
    """What each organisation wants before a file is public."""
    known_only()
    user = tk.current_user.name
    if not rights.is_validator(user):
        return tk.abort(403, tk._("Only the administrators of an organisation decide this."))
    if request.method == "POST":
        try:
            tk.get_action("scdl_route_update")(
                {}, {key: request.form.get(key, "") for key in ("id", "mode")}
            )
            tk.h.flash_success(tk._("The choice is saved."))
        except (tk.NotAuthorized, tk.ObjectNotFound, tk.ValidationError):
            return tk.abort(403, tk._("Only the administrators of an organisation decide this."))
        return tk.redirect_to("scdl_queue.settings")
    found = tk.get_action("organization_list_for_user")({"user": user}, {"permission": "admin"})
    modes = store.modes()
    lines = [
        {"id": one["id"], "title": one["display_name"], "mode": modes.get(one["id"], "direct")}
        for one in found
    ]
    lines.sort(key=lambda one: (one["mode"] == "direct", alphabetical(one["title"])))
    return tk.render("scdl/routes.html", {"lines": lines, "zone": str(clock.zone())})


def known_only() -> None:
    """Nobody deposits nor validates without a name."""
    if not tk.current_user.is_authenticated:
        tk.abort(403, tk._("Log in to deposit a file."))
