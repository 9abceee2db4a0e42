"""``/realtime/<name>/watch``: asking to be warned of a feed; ``…/watch/<token>``: confirming it;
``…/watch/<token>/stop``: no longer. Links ask for a click: programs that open those of letters do
nothing by it.
"""

import ckan.plugins.toolkit as tk
from ckan.lib import mailer
from flask import Blueprint, request

from ckanext.realtime import reading
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.original_views import found
from ckanext.realtime.quality import letters, watchers

feed_watch = Blueprint("realtime_watch", __name__)

HONEYPOT = "website"
"""A field that people don't see: programs that fill everything fill it."""


@feed_watch.route("/realtime/<name>/watch", methods=["GET", "POST"])
def ask(name: str) -> str:
    """Note an address; nothing is sent to it but the letter that confirms.

    A page of its own: what holds a form is made for one visitor, and the feed's page is for all.
    """
    known = found(name)
    if request.method == "GET":
        return tk.render("realtime/quality/watch.html", {"feed": known.feed})
    if request.form.get(HONEYPOT):
        return _told(known, tk._("A letter is on its way: open its link to confirm."))
    if not tk.config.get("smtp.mail_from"):
        return _told(known, tk._("This portal sends no letters yet: ask its team."))
    try:
        watcher = watchers.ask(known.id, request.form.get("mail", ""), reading.now())
        if watcher is not None:
            letters.ask_to_confirm(known, watcher)
    except watchers.NotWatching as error:
        return _told(known, tk._(error.template))
    except mailer.MailerException:
        return _told(known, tk._("The letter could not be sent: try again later."))
    return _told(known, tk._("A letter is on its way: open its link to confirm."))


@feed_watch.route("/realtime/<name>/watch/<token>", methods=["GET", "POST"])
def confirm(name: str, token: str) -> str:
    """Be warned from now on."""
    known = found(name)
    if request.method == "GET":
        return _asked(known, tk._("Warn me of the incidents of this feed"))
    try:
        watchers.confirm(token, reading.now())
    except watchers.NotWatching as error:
        return _told(known, tk._(error.template))
    return _told(known, tk._("It is done: you are warned once when something is wrong, and once "
                             "when it is over."))  # fmt: skip


@feed_watch.route("/realtime/<name>/watch/<token>/stop", methods=["GET", "POST"])
def stop(name: str, token: str) -> str:
    """No longer be warned; the address is erased."""
    known = found(name)
    if request.method == "GET":
        return _asked(known, tk._("No longer warn me of this feed"))
    try:
        watchers.stop(token)
    except watchers.NotWatching as error:
        return _told(known, tk._(error.template))
    return _told(known, tk._("It is done: your address is erased."))


def _asked(known: KnownFeed, button: str) -> str:
    return tk.render("realtime/quality/watching.html", {"feed": known.feed, "button": button})


def _told(known: KnownFeed, sentence: str) -> str:
    return tk.render("realtime/quality/watching.html", {"feed": known.feed, "told": sentence})
