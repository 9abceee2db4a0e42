"""The pages of a preview: the dataset's and the file's own, as a visitor will be given them.

They are rendered by the very templates of the public pages, for nobody who is signed in, with the
values that the publication will write. Their links stay in the preview.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.lib.plugins import lookup_package_plugin
from flask import Blueprint, Response, current_app, g, make_response, send_file

from ckanext.scdl.publishing import datastore, loading
from ckanext.scdl.queue.freezing import staged
from ckanext.scdl.queue.previewing import MAKING
from portal_kit.readdressed import readdressed

preview = Blueprint("scdl_preview", __name__)

EXPLORER = "grandpoitiers_explore.page", "grandpoitiers_explore.preview"
"""The explorer of a table and that of a preview, where there is one."""
ROWS = 20
"""Rows shown on the page of the file."""


@preview.route("/queue/<id>/apercu")
def dataset(id: str) -> Response:
    """The page of the dataset."""
    return _page(id, "scdl/preview_dataset.html", "read_template")


@preview.route("/queue/<id>/apercu/fichier")
def resource(id: str) -> Response:
    """The page of the file."""
    return _page(id, "scdl/preview_resource.html", "resource_template")


@preview.route("/queue/<id>/apercu/telecharger")
def download(id: str) -> Response:
    """The file that will be published."""
    found = _found(id)
    answer = send_file(
        staged(id), as_attachment=True, download_name=loading.file_name(found["resource"])
    )
    return _kept_by_nobody(answer)


def _page(id: str, template: str, public: str) -> Response:
    found = _found(id)
    package, one = found["package"], found["resource"]
    plugin = lookup_package_plugin(package["type"])
    columns, rows = datastore.first_rows(found["table"], ROWS)
    values = {
        "public_template": getattr(plugin, public)(),
        "dataset_type": package["type"],
        "pkg_dict": package,
        "pkg": package,
        "package": package,
        "resource": one,
        "resource_views": [],
        "current_resource_view": None,
        "am_following": False,
        "submission_id": id,
        "rows": rows,
        "columns": columns,
    }
    g.pkg_dict = g.package = package
    with _as_a_visitor():
        page = tk.render(template, values)
    page = readdressed(page, addresses(id, package, one), str(tk.config["ckan.site_url"]))
    return _kept_by_nobody(make_response(page))


def _found(id: str) -> dict[str, Any]:
    try:
        return tk.get_action("scdl_submission_preview")({}, {"id": id})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return tk.abort(404, tk._("There is no such deposit."))
    except tk.ValidationError as error:
        return tk.abort(409, "; ".join(map(str, error.error_summary.values())))


@contextmanager
def _as_a_visitor() -> Generator[None]:
    """What is rendered in it is what somebody who is not signed in reads."""
    names = ("_login_user", "user", "userobj", MAKING)
    before = {name: g.get(name) for name in names}
    g._login_user, g.user, g.userobj = model.AnonymousUser(), "", None  # noqa: SLF001  (flask-login’s)
    setattr(g, MAKING, True)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(g, name, value)


def addresses(id: str, package: dict[str, Any], one: dict[str, Any]) -> dict[str, str]:
    """Where the links of the public pages lead in the preview."""
    url = tk.h.url_for
    site = str(tk.config["ckan.site_url"])
    place = {"id": package["name"], "resource_id": one["id"]}
    report = f"{url('scdl_queue.submission', id=id)}#verdict"
    file = url("scdl_preview.resource", id=id)
    found = {
        url("dataset.read", id=package["name"]): url("scdl_preview.dataset", id=id),
        url("dataset_resource.read", **place): file,
        one["url"].removeprefix(site): url("scdl_preview.download", id=id),
        url("scdl.report", **place): report,
        url("scdl.dictionary", **place): f"{file}#data-dictionary",
    }
    public, ours = EXPLORER
    if ours in current_app.view_functions:
        found[url(public, **place)] = url(ours, id=id)
    return found


def _kept_by_nobody(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
