"""The pages where a référent deposits a file: drop it, answer about it, publish it."""

import dataclasses
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.scdl.addressed import find_descriptor
from ckanext.scdl.files.exports import csv_chunks
from ckanext.scdl.publishing import state
from ckanext.scdl.publishing.examining import Examined, examine
from ckanext.scdl.queue import store
from ckanext.scdl.queue.steps import State
from ckanext.scdl.table import FIRST_ROW
from ckanext.scdl.views import workbook_answer

LARGEST_DICTIONARY = 5_000_000
"""Bytes."""
deposits = Blueprint("scdl_deposits", __name__)


@deposits.route("/deposer", methods=["GET", "POST"])
def index() -> AnyResponse | str:
    """Choose a schema and drop a file; take up a deposit that was left."""
    _known_only()
    errors: dict[str, Any] = {}
    if request.method == "POST":
        said = {key: request.form.get(key, "") for key in ("owner_org", "schema", "resource_id")}
        if said["schema"] in ("", "other"):
            said["schema"] = request.form.get("address", "").strip()
        try:
            made, errors = _brought(said, request.files.getlist("upload") or [None])
        except tk.NotAuthorized:
            return tk.abort(403, tk._("You may not publish for this organisation."))
        if len(made) == 1 and not errors:
            return tk.redirect_to("scdl_deposits.edit", id=made[0])
        if made:
            return _several(len(made), errors)
    replaced = request.values.get("resource_id", "")
    values = {
        "errors": errors,
        "said": request.values,
        "organisations": tk.h.organizations_available("create_dataset"),
        "waiting": [
            one for one in state.deposits_of(tk.current_user.id) if store.get(one["id"]) is None
        ],
        "replaced": _replaced(replaced) if replaced else None,
    }
    return tk.render("scdl/deposits.html", values)


def _brought(said: dict[str, str], files: list[Any]) -> tuple[list[str], dict[str, Any]]:
    """A deposit for each file: their ids, and what is wrong, by the name of the file."""
    made: list[str] = []
    errors: dict[str, Any] = {}
    for one in files:
        try:
            found = tk.get_action("scdl_deposit_create")({}, {**said, "upload": one})
            made.append(found["id"])
        except tk.ValidationError as error:
            texts = list(map(str, error.error_summary.values()))
            named = len(files) > 1
            errors[one.filename if one else ""] = [
                f"{one.filename} – {text}" if named else text for text in texts
            ]
    return made, errors


def _several(made: int, errors: dict[str, Any]) -> AnyResponse:
    """Each is answered about, then handed over, by itself."""
    for texts in errors.values():
        tk.h.flash_error(" ".join(texts))
    said = tk.ungettext(
        "{number} file is brought: open it to see what is in it and hand it over.",
        "{number} files are brought: open each to see what is in it and hand it over.",
        made,
    )
    tk.h.flash_success(said.format(number=made))
    return tk.redirect_to("scdl_home.index")


def _replaced(resource_id: str) -> dict[str, Any]:
    try:
        tk.check_access("scdl_deposit_create", {}, {"resource_id": resource_id})
        resource = tk.get_action("resource_show")({}, {"id": resource_id})
        package = tk.get_action("package_show")({}, {"id": resource["package_id"]})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Resource not found"))
    known = state.file_of(resource_id)
    return {**resource, "package": package, "schema": known["schema"] if known else ""}


@deposits.route("/deposer/<id>", methods=["GET", "POST"])
def edit(id: str) -> AnyResponse | str:
    """Answer about a deposit, then publish it."""
    _known_only()
    errors: dict[str, Any] = {}
    try:
        if request.method == "POST":
            answer = _answer(id)
            if answer is not None:
                return answer
        deposit = tk.get_action("scdl_deposit_show")({}, {"id": id})
    except tk.ValidationError as error:
        errors = error.error_dict
        deposit = tk.get_action("scdl_deposit_show")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        if tk.h.check_access("scdl_submission_show", {"id": id}):
            return tk.redirect_to("scdl_queue.submission", id=id)
        return tk.abort(404, tk._("There is no such deposit."))
    row = store.get(id)
    mine = row is None or row["user_id"] == tk.current_user.id
    if row is not None and not (mine and row["state"] == State.RETURNED):
        return tk.redirect_to("scdl_queue.submission", id=id)
    return tk.render(
        "scdl/deposit.html",
        {"deposit": deposit, "errors": errors, "said": request.form, **_context(deposit)},
    )


def _context(deposit: dict[str, Any]) -> dict[str, Any]:
    organisation = tk.get_action("organization_show")(
        {}, {"id": deposit["owner_org"], "include_datasets": False}
    )
    fields = []
    if deposit["schema"]:
        fields = find_descriptor(deposit["schema"], tk.config).get("fields") or []
    found = tk.get_action("package_search")(
        {},
        {
            "fq": f"owner_org:{deposit['owner_org']}",
            "rows": 1000,
            "fl": ["id", "title"],
            "sort": "title_string asc",
            "include_private": True,
        },
    )
    known = state.deposit(deposit["id"])
    sender = model.User.get(known["user_id"]) if known else None
    other = sender is not None and sender.id != tk.current_user.id
    return {
        "organisation": organisation,
        "fields": fields,
        "datasets": found["results"],
        "sender": sender.display_name if sender and other else "",
    }


def _answer(id: str) -> AnyResponse | None:
    form, step = request.form, request.form.get("step", "")
    if step == "delete":
        tk.get_action("scdl_deposit_delete")({}, {"id": id})
        tk.h.flash_success(tk._("The deposit is given up, its file is erased."))
        return tk.redirect_to("scdl_deposits.index")
    if step == "publish":
        wanted = {key: form.get(key, "") for key in ("package_id", "title", "notes")}
        resource = tk.get_action("scdl_deposit_publish")(
            {}, {"id": id, **wanted, "private": "private" in form}
        )
        if resource.get("state") == State.PUBLISHING:
            return tk.redirect_to("scdl_queue.submission", id=id)
        tk.h.flash_success(tk._("The file is published."))
        return tk.redirect_to(
            "dataset_resource.read", id=resource["package_id"], resource_id=resource["id"]
        )
    if step == "submit":
        keys = ("package_id", "title", "notes", "note")
        tk.get_action("scdl_deposit_submit")(
            {},
            {"id": id, **{key: form.get(key, "") for key in keys}, "private": "private" in form},
        )
        tk.h.flash_success(tk._("Your file is handed over. Nothing is on line yet."))
        return tk.redirect_to("scdl_queue.submission", id=id)
    said = _SAID[step](form) if step in _SAID else {}
    tk.get_action("scdl_deposit_update")({}, {"id": id, **said})
    return tk.redirect_to("scdl_deposits.edit", id=id, _anchor=step or None)


def _choices(form: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        key: form[key] for key in ("sheet", "encoding", "separator") if form.get(key)
    }
    header = form.get("header", type=int)
    return {"choices": {**said, **({} if header is None else {"header": header})}}


def _matching(form: Any) -> dict[str, Any]:
    return {
        "matching": {
            key.removeprefix("column-"): field
            for key, field in form.items()
            if key.startswith("column-")
        }
    }


def _repairs(form: Any) -> dict[str, Any]:
    everything = "all" in form
    return {"repairs": form.getlist("known" if everything else "repair")}


def _words(form: Any) -> dict[str, Any]:
    given = request.files.get("dictionary")
    if given is not None and given.filename:
        try:
            return {"dictionary": json.loads(given.stream.read(LARGEST_DICTIONARY))}
        except (ValueError, RecursionError):
            return {"dictionary": None}
    columns = form.getlist("column")
    keys = ("label", "description", "unit", "type")
    return {
        "words": {
            column: {key: form.get(f"{key}-{i}", "") for key in keys if f"{key}-{i}" in form}
            for i, column in enumerate(columns)
        }
    }


_SAID = {"reading": _choices, "columns": _matching, "repairs": _repairs, "words": _words}
"""What each step of the page says, in the words of `scdl_deposit_update`."""


@deposits.route("/deposer/<id>/corrige.csv")
def mended(id: str) -> AnyResponse:
    """The file as it would be published now."""
    with TemporaryDirectory(prefix="scdl-") as folder:
        found = _examined(id, Path(folder))
        if found.mended is None:
            return tk.abort(404)
        content = b"".join(csv_chunks(found.mended.table))
    answer = Response(content, mimetype="text/csv")
    stem = found.deposit["name"].rpartition(".")[0] or found.deposit["name"]
    answer.headers.set("Content-Disposition", "attachment", filename=f"{stem}-corrige.csv")
    return answer


@deposits.route("/deposer/<id>/erreurs.xlsx")
def wrong(id: str) -> AnyResponse:
    """The file as it would be published now, its wrong cells in red."""
    with TemporaryDirectory(prefix="scdl-") as folder:
        found = _examined(id, Path(folder))
        if found.mended is None or found.report is None:
            return tk.abort(404)
        table = dataclasses.replace(found.mended.table, first_row=FIRST_ROW)
        return workbook_answer(table, found.report, found.deposit["name"])


def _examined(id: str, workdir: Path) -> Examined:
    try:
        tk.check_access("scdl_deposit_show", {}, {"id": id})
    except tk.NotAuthorized:
        return tk.abort(404, tk._("There is no such deposit."))
    deposit = state.deposit(id)
    if deposit is None:
        return tk.abort(404, tk._("There is no such deposit."))
    work = workdir / "work"
    work.mkdir()
    return examine(deposit, work)


def _known_only() -> None:
    if not tk.current_user.is_authenticated:
        tk.abort(403, tk._("Log in to deposit a file."))
