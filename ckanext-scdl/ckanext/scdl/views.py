"""The pages about files: check one, read a report, see how a file stands, its versions."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from ckanext.scdl.checking import read_table
from ckanext.scdl.coloured import write_coloured
from ckanext.scdl.errors import UnreadableFile
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.files.reading import Choices
from ckanext.scdl.files.repairs import TITLES
from ckanext.scdl.publishing import (
    checks,
    describing,
    library,
    loading,
    schemas,
    sources,
    state,
)
from ckanext.scdl.queue.steps import State
from ckanext.scdl.report import Report
from ckanext.scdl.table import FIRST_ROW, Table
from ckanext.scdl.validation import validate
from portal_kit.outbound import OutboundError

files = Blueprint("scdl", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


# -- anybody's page


@files.route("/verifier", methods=["GET", "POST"])
def check() -> str:
    """Check a file: no account is needed, nothing is kept."""
    said = {key: request.values.get(key, "").strip() for key in ("schema", "url", "sheet")}
    values: dict[str, Any] = {"said": said, "limit": checks.largest() // 1_000_000}
    said["address"] = request.values.get("address", "").strip()
    wanted = said["schema"] if said["schema"] not in ("", "other") else said["address"]
    upload = request.files.get("upload")
    if request.method == "POST":
        report: Report | None = None
        if not wanted:
            values["error"] = tk._("Choose the schema that the file follows.")
        elif upload is not None and upload.filename:
            values["name"] = upload.filename
            report = checks.check_stream(upload.stream, wanted, said["sheet"])
        elif said["url"]:
            values["name"] = said["url"]
            report = checks.check_address(said["url"], wanted, said["sheet"])
        else:
            values["error"] = tk._("Choose a file, or give the address of one.")
        if report is not None:
            values["report"] = describing.report_of(report, None, tk._)
    return tk.render("scdl/check.html", values)


# -- the pages of a resource


@files.route("/dataset/<id>/resource/<resource_id>/rapport")
def report(id: str, resource_id: str) -> str:
    """The report of a resource: what is wrong, by cause."""
    values = _resource(id, resource_id)
    found = state.report_of(resource_id)
    if found is None:
        return tk.abort(404, tk._("This resource has not been checked by a schema."))
    values["kept"] = found
    values["report"] = {
        **found["body"],
        "valid": found["verdict"] == "valid",
        "reason": found["body"].get("reason", ""),
        "warnings": [warning["message"] for warning in found["body"]["warnings"]],
    }
    version = schemas.followed({}, {}, found["schema"])
    values["coloured"] = schemas.as_table(version) is not None
    return tk.render("scdl/report.html", values)


@files.route("/dataset/<id>/resource/<resource_id>/rapport.xlsx")
def coloured(id: str, resource_id: str) -> AnyResponse:
    """A copy of the file with its wrong cells in red."""
    values = _resource(id, resource_id)
    known, kept = state.file_of(resource_id), state.report_of(resource_id)
    schema = schemas.as_table(schemas.followed({}, {}, kept["schema"])) if kept else None
    if known is None or schema is None:
        return tk.abort(404, tk._("This resource has not been checked by a schema."))
    with TemporaryDirectory(prefix="scdl-") as folder:
        workdir = Path(folder) / "work"
        workdir.mkdir()
        try:
            with sources.local_file(values["resource"], Path(folder)) as path:
                choices = Choices.from_dict(known["choices"])
                table = read_table(path, schema, workdir, choices).table
                table = dataclasses.replace(table, first_row=FIRST_ROW)
                name = loading.file_name(values["resource"])
                return workbook_answer(table, validate(table, schema), name)
        except FileRefused as refused:
            return tk.abort(404, refused.sentence(tk._))
        except UnreadableFile as error:
            return tk.abort(404, error.sentence(tk._))
        except OutboundError as error:
            return tk.abort(404, UnreadableFile(error.sentence, **error.params).sentence(tk._))


@files.route("/dataset/<id>/resource/<resource_id>/fichier", methods=["GET", "POST"])
def file(id: str, resource_id: str) -> AnyResponse | str:
    """How a file stands, for those who may change it: read it otherwise, put a version back."""
    values = _resource(id, resource_id)
    try:
        tk.check_access("resource_update", {}, {"id": resource_id})
    except tk.NotAuthorized:
        return tk.abort(403, tk._("You may not change this resource."))
    if request.method == "POST":
        return _done(id, resource_id, _put_back if "number" in request.form else _change)
    values["alone"] = tk.h.check_access("scdl_file_load", {"id": resource_id})
    values["file"] = tk.get_action("scdl_file_show")({}, {"id": resource_id})
    values["versions"] = tk.get_action("scdl_version_list")({}, {"id": resource_id})
    values["titles"] = {str(kind): tk._(title) for kind, title in TITLES.items()}
    return tk.render("scdl/file.html", values)


def _done(id: str, resource_id: str, act: Callable[[str, str], AnyResponse]) -> AnyResponse:
    """What a form of this page does, or why it may not."""
    try:
        return act(id, resource_id)
    except tk.NotAuthorized as error:
        return tk.abort(403, str(error))
    except tk.ObjectNotFound as error:
        return tk.abort(404, str(error))
    except tk.ValidationError as error:
        tk.h.flash_error("; ".join(map(str, error.error_summary.values())))
        return tk.redirect_to("scdl.file", id=id, resource_id=resource_id)


def _put_back(id: str, resource_id: str) -> AnyResponse:
    number = request.form.get("number", type=int) or 0
    asked = {"id": resource_id, "number": number, "comment": request.form.get("comment", "")}
    found = tk.get_action("scdl_version_restore")({}, asked)
    if found["state"] == State.SUBMITTED:
        tk.h.flash_success(tk._("Your request is handed over: what is on line stays until then."))
    elif found["state"] == State.PUBLISHING:
        tk.h.flash_success(tk._("The version is being put back: this page says when it is done."))
    else:
        tk.h.flash_success(tk._("Version {number} is published again.").format(number=number))
        return tk.redirect_to("scdl.file", id=id, resource_id=resource_id)
    return tk.redirect_to("scdl_queue.submission", id=found["id"])


def _change(id: str, resource_id: str) -> AnyResponse:
    tk.h.flash_success(_changed(resource_id))
    return tk.redirect_to("scdl.file", id=id, resource_id=resource_id)


def _changed(resource_id: str) -> str:
    keys = ("sheet", "encoding", "separator", "refresh", "header", "accept_changes")
    said: dict[str, Any] = {key: request.form[key] for key in keys if request.form.get(key)}
    if "header" in said:
        said["header"] = request.form.get("header", type=int)
    tk.get_action("scdl_file_load")({}, {"id": resource_id, **said})
    return tk._("The file is being read again: come back in a moment.")


@files.route("/dataset/<id>/resource/<resource_id>/versions/<int:number>/<kind>")
def version(id: str, resource_id: str, number: int, kind: str) -> AnyResponse:
    """A version of a file, as it was published or as it was deposited."""
    try:
        found = tk.get_action("scdl_version_list")({}, {"id": resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404)
    one = next((one for one in found if one["number"] == number), None)
    if one is None or kind not in ("published", "original"):
        return tk.abort(404)
    path = library.version_folder(resource_id, number) / kind
    if not path.is_file():
        return tk.abort(404)
    name = one["name"] if kind == "published" else one["original"]
    return send_file(path, as_attachment=True, download_name=name)


@files.route("/dataset/<id>/resource/<resource_id>/dictionnaire.json")
def dictionary(id: str, resource_id: str) -> AnyResponse:
    """The data dictionary of a table, as a Table Schema."""
    try:
        found = tk.get_action("scdl_dictionary_show")({}, {"id": resource_id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404)
    content = json.dumps(found, ensure_ascii=False, indent=2)
    answer = Response(content, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="dictionnaire.json"'
    return answer


def _resource(id: str, resource_id: str) -> dict[str, Any]:
    try:
        package = tk.get_action("package_show")({}, {"id": id})
        resource = tk.get_action("resource_show")({}, {"id": resource_id})
    except (tk.ObjectNotFound, tk.NotAuthorized):
        return tk.abort(404, tk._("Resource not found"))
    if resource["package_id"] != package["id"]:
        return tk.abort(404, tk._("Resource not found"))
    return {
        "pkg_dict": package,
        "pkg": package,
        "package": package,
        "resource": resource,
        "res": resource,
    }


def workbook_answer(table: Table, report: Report, name: str) -> AnyResponse:
    """A copy of ``table`` with the errors of ``report`` in red."""
    with TemporaryDirectory(prefix="scdl-") as folder:
        path = Path(folder) / "erreurs.xlsx"
        write_coloured(path, table, report, tk._)
        # Sent from memory: the folder goes with this request.
        answer = Response(path.read_bytes(), mimetype=XLSX)
    stem = name.rpartition(".")[0] or name
    answer.headers.set("Content-Disposition", "attachment", filename=f"{stem}-erreurs.xlsx")
    return answer
