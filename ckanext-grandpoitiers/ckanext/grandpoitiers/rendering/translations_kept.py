"""The translations of templates, found once for each language.

A page of results has some two hundred and fifty words to translate. For each of them Flask-Babel
asks three times which request is under way and writes the name of its language: a tenth of the
time of the page.
"""

from gettext import NullTranslations

from flask import Flask
from flask_babel import get_locale, get_translations


def keep(app: Flask) -> None:
    """Give templates the same words as Flask-Babel does, from what was found before."""
    # As many as there are languages; their catalogues are Flask-Babel's, read once as well.
    known: dict[object, NullTranslations] = {}

    def current() -> NullTranslations:
        locale = get_locale()
        if locale is None:
            return NullTranslations()
        if locale not in known:
            known[locale] = get_translations()
        return known[locale]

    app.jinja_env.install_gettext_callables(  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]
        gettext=lambda text: current().gettext(text),
        ngettext=lambda one, many, number: current().ngettext(one, many, number),
        pgettext=lambda context, text: current().pgettext(context, text),
        npgettext=lambda context, one, many, number: current().npgettext(
            context, one, many, number
        ),
        newstyle=True,
    )
