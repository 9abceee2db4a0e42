"""The addresses of pages: reading them, writing them, their versions and former addresses."""

from collections.abc import Mapping
from typing import Any

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ckanext.grandpoitiers.pages import rules, store, uploads
from ckanext.grandpoitiers.pages.actions import error_dict, keep
from ckanext.grandpoitiers.pages.auth import writers_only
from ckanext.grandpoitiers.pages.blocks import KINDS as BLOCKS
from ckanext.grandpoitiers.pages.differences import BLOCKS as BLOCK_NAMES
from ckanext.grandpoitiers.pages.differences import changes
from ckanext.grandpoitiers.pages.forms import nest, press
from ckanext.grandpoitiers.pages.page import KINDS, read_page
from ckanext.grandpoitiers.pages.serial import to_form
from ckanext.grandpoitiers.pages.store import Stored, Wanted
from ckanext.grandpoitiers.themes.current import themes

pages = Blueprint("grandpoitiers_pages", __name__)

LISTS = {
    "evenements": "grandpoitiers_events.index",
    "actualites": "grandpoitiers_pages.news",
}
"""Lists that are asked for without their last slash too."""


@pages.route("/pages/accueil/")
@pages.route("/pages/accueil")
def home() -> AnyResponse:
    """The home page's former address."""
    return redirect(tk.h.url_for("home.index"), 301)


@pages.route("/pages/actualites/")
def news() -> str:
    """The news, the last first."""
    audiences = rules.audiences(tk.current_user.name)
    found = store.listed(Wanted(kinds=["news"], audiences=audiences, seen_at=rules.now()))
    return tk.render("pages/news.html", {"news": found})


@pages.route("/pages/")
def index() -> str:
    """Every page, drafts too, for those who write them."""
    writers_only()
    everything = Wanted(audiences=rules.audiences(tk.current_user.name))
    return tk.render("pages/index.html", {"listed": store.listed(everything)})


@pages.route("/pages/<slug>/")
@pages.route("/pages/<slug>")
def read(slug: str) -> AnyResponse | str:
    """A page, a piece of news or an event."""
    if slug in LISTS:
        return redirect(tk.h.url_for(LISTS[slug]), 301)
    stored = store.find(slug)
    if stored is None:
        new = store.moved(slug)
        if new is None:
            return tk.abort(404, tk._("There is no page at this address."))
        return redirect(tk.h.url_for("grandpoitiers_pages.read", slug=new), 301)
    if not _may_read(stored):
        return tk.abort(404, tk._("There is no page at this address."))
    return tk.render("pages/read.html", {"stored": stored})


@pages.route("/pages/preview/<token>")
def preview(token: str) -> str:
    """A draft, for whoever was given its link; search engines are told to leave it."""
    stored = store.by_preview(token)
    if stored is None:
        return tk.abort(404, tk._("There is no page at this address."))
    return tk.render("pages/read.html", {"stored": stored, "is_preview": True})


@pages.route("/pages/new", methods=["GET", "POST"])
def new() -> AnyResponse | str:
    """Write a page."""
    writers_only()
    kind = request.args.get("kind", "page")
    empty = {"kind": kind if kind in KINDS else "page", "blocks": [{"kind": "text"}]}
    return _form(None, empty)


@pages.route("/pages/<slug>/edit", methods=["GET", "POST"])
def edit(slug: str) -> AnyResponse | str:
    """Change a page."""
    writers_only()
    stored = _found(slug)
    return _form(stored, {**to_form(stored.page, rules.zone()), "version": stored.version})


@pages.route("/pages/<slug>/delete", methods=["POST"])
def delete(slug: str) -> AnyResponse:
    """Erase a page."""
    writers_only()
    _found(slug)
    tk.get_action("grandpoitiers_page_delete")({}, {"slug": slug})
    tk.h.flash_success(tk._("The page is erased."))
    return tk.redirect_to("grandpoitiers_pages.index")


@pages.route("/pages/<slug>/history", methods=["GET", "POST"])
def history(slug: str) -> AnyResponse | str:
    """The versions of a page: what each changed, and a button to put it back."""
    writers_only()
    stored = _found(slug)
    versions = store.history(stored.id)
    if request.method == "POST":
        number = request.form.get("version", "")
        wanted = next((one for one in versions if str(one.number) == number), None)
        if wanted is None:
            abort(404)
        try:
            stored, told = keep(stored.id, wanted.page, tk.current_user.name, stored.version)
        except tk.ValidationError as error:
            tk.h.flash_error(" ".join(error.error_summary.values()))
        else:
            tk.h.flash_success(tk._("Version {number} is back.").format(number=wanted.number))
            _say_who_was_told(told.sent, told.waiting)
        return tk.redirect_to("grandpoitiers_pages.history", slug=stored.page.slug)
    former = [*(one.page for one in versions[1:]), None]
    rows = [
        (after, changes(before, after.page, rules.zone()))
        for before, after in zip(former, versions, strict=True)
    ]
    return tk.render("pages/history.html", {"stored": stored, "rows": rows})


@pages.route("/pages/blocks/preview", methods=["POST"])
def preview_text() -> Response:
    """What a text of Markdown looks like, for the form's live preview."""
    writers_only()
    text = next((v for k, v in request.form.items() if k.endswith("-text")), "")[:100_000]
    return Response(tk.h.render_markdown(text), mimetype="text/html")


def _form(stored: Stored | None, data: dict[str, Any]) -> AnyResponse | str:
    errors: Mapping[str, Any] = {}
    theirs: Stored | None = None
    button = request.form.get("do", "save")
    if request.method == "POST":
        pictures, errors = uploads.kept(request.files.items())
        data = nest({**dict(request.form.items()), **pictures}.items())
        if button != "save":
            data = press(data, button)
        elif errors:
            errors = {**error_dict(read_page(data, rules.rules()).errors), **errors}
        else:
            try:
                return _save(stored, data)
            except tk.ValidationError as error:
                errors = error.error_dict
                theirs = _found(stored.page.slug) if stored and "version" in errors else None
    page: dict[str, Any] = {
        "stored": stored,
        "data": data,
        "errors": errors,
        "theirs": theirs,
        "shown": read_page(data, rules.rules()).page if button == "preview" else None,
        "type_options": [
            {"value": name, "text": title} for name, title in rules.event_settings().types.items()
        ],
        "theme_options": [{"value": one.name, "text": one.title} for one in themes()],
        "block_names": {kind: tk._(BLOCK_NAMES[kind]) for kind in BLOCKS},
    }
    return tk.render("pages/edit.html", page)


def _save(stored: Stored | None, data: dict[str, Any]) -> AnyResponse:
    action = "grandpoitiers_page_update" if stored else "grandpoitiers_page_create"
    saved = tk.get_action(action)({}, {**data, "id": stored.id if stored else None})
    tk.h.flash_success(tk._("The page is saved."))
    _say_who_was_told(saved.get("letters_sent", 0), saved.get("letters_waiting", 0))
    return tk.redirect_to("grandpoitiers_pages.read", slug=saved["slug"])


def _say_who_was_told(sent: int, waiting: int) -> None:
    """To the officer who saved: how many people know by now that their event has changed."""
    if sent:
        words = tk.ungettext("{number} person was told.", "{number} people were told.", sent)
        tk.h.flash_success(words.format(number=sent))
    if waiting:
        words = tk.ungettext(
            "{number} letter could not leave: it leaves with the next daily job.",
            "{number} letters could not leave: they leave with the next daily job.",
            waiting,
        )
        tk.h.flash_error(words.format(number=waiting))


def _found(slug: str) -> Stored:
    stored = store.find(slug)
    return (
        stored if stored is not None else tk.abort(404, tk._("There is no page at this address."))
    )


def _may_read(stored: Stored) -> bool:
    try:
        return bool(tk.check_access("grandpoitiers_page_show", {}, {"stored": stored}))
    except tk.NotAuthorized:
        return False
