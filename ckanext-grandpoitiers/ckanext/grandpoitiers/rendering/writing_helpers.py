"""What a page writes again and again: dates, icons, addresses, the beginnings of texts.

A page of results has a hundred icons and twenty datasets; what is the same for all of them, or for
the next visitor, is made once.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import ckan.plugins.toolkit as tk
from markupsafe import Markup

from ckanext.grandpoitiers import town
from ckanext.grandpoitiers.pagecache.writes import remembered
from ckanext.grandpoitiers.rendering import facet_links, pictures
from ckanext.grandpoitiers.themes import current

MOMENT = re.compile(r"^(?P<month>\w+) (?P<day>\d+), (?P<year>\d{4}), (?P<time>\d\d:\d\d) \(.*\)$")
HANDLER = re.compile(r"""\s(?:on[a-z]+|hx-on:[a-z:-]+)=("[^"]*"|'[^']*')""")
"""An attribute that is a program: values have no `<` or quotes of their own, Jinja escapes them."""
FIRST = re.compile(r"^1(?= [^\W\d])")


def grandpoitiers_without_handlers(content: Markup) -> Markup:
    """A part of a page of CKAN's without the attributes that its policy refuses."""
    return Markup(HANDLER.sub("", str(content)))  # noqa: S704  (CKAN's own, shorter)


@tk.chained_helper
def render_datetime(original: Callable[..., str], *args: Any, **kwargs: Any) -> str:
    """CKAN's dates, in French as French people write them: 1er janvier 2025 à 09:30.

    CKAN has the order of English when it gives the hour, and no ordinal for the first of a month.
    """
    if len(args) == 1 and isinstance(args[0], str) and not kwargs:
        return _moment(original, args[0], tk.h.lang())
    return _in_words(original(*args, **kwargs), tk.h.lang())


@lru_cache(maxsize=4096)
def _moment(original: Callable[..., str], moment: str, language: str) -> str:
    return _in_words(original(moment), language)


def _in_words(shown: str, language: str) -> str:
    if language != "fr":
        return shown
    return FIRST.sub("1er", MOMENT.sub(r"\g<day> \g<month> \g<year> à \g<time>", shown))


@tk.chained_helper
def render_markdown(original: Callable[..., str], *args: Any, **kwargs: Any) -> Markup:
    """CKAN's Markdown, where pictures of other sites are links: see `pictures`."""
    shown = str(original(*args, **kwargs))
    return Markup(pictures.without_remote(shown, tk.config["ckan.site_url"]))  # noqa: S704


@tk.chained_helper
def markdown_extract(
    original: Callable[..., str], text: str | None, extract_length: int = 190
) -> str:
    """CKAN's beginning of a text without its marks, remembered: reading the Markdown of the twenty
    datasets of a list took a sixth of the time of the page."""
    return _extract(original, text, extract_length) if text else ""


@lru_cache(maxsize=4096)
def _extract(original: Callable[..., str], text: str, length: int) -> str:
    return original(text, extract_length=length)


def grandpoitiers_look(name: str) -> str:
    """The address of a file of the look: `town.css`, `themes.css`, `logo.svg`, `icons.svg`."""
    return tk.url_for("grandpoitiers.look", version=current.version(), name=name)


def grandpoitiers_icon(name: str, css_class: str = "") -> Markup:
    """An icon of icons.svg in the colour of the text; it says nothing to screen readers."""
    # One address for the hundred icons of a page.
    sheet = tk.g.get("grandpoitiers_icons")
    if sheet is None:
        sheet = tk.g.grandpoitiers_icons = grandpoitiers_look(town.ICONS)
    return _icon(sheet, name, css_class)


@lru_cache(maxsize=1024)
def _icon(sheet: str, name: str, css_class: str) -> Markup:
    return Markup(
        '<svg class="icon {css_class}" aria-hidden="true" focusable="false">'
        '<use href="{sheet}#{name}"></use></svg>'
    ).format(css_class=css_class, sheet=sheet, name=name)


def grandpoitiers_facet_links(
    name: str, items: Sequence[Mapping[str, Any]], **where: Any
) -> list[facet_links.FacetLink]:
    """The links of one filter of a search; see `facet_links.links`."""
    return facet_links.links(name, items, **where)


def grandpoitiers_facet_all_values(name: str, **where: Any) -> str:
    """The address of the same page with every value of a filter."""
    return facet_links.all_values(name, **where)


def grandpoitiers_kept(name: str, write: Callable[[], Markup], *also: Hashable) -> Markup:
    """A part of a page that is the same for every visitor who is not signed in, but for `also`:
    written by the macro `write`, once for each language until something changes."""
    if tk.current_user.is_authenticated:
        return write()
    environ = tk.request.environ
    where = (environ.get("CKAN_LANG"), environ.get("CKAN_LANG_IS_DEFAULT"), tk.request.script_root)
    return remembered().get(("part", name, *where, *also), write)


def grandpoitiers_dataset_address(package: Mapping[str, Any]) -> str:
    """The path of a dataset's page; written once a page for each type of dataset."""
    patterns: dict[str, str] = tk.g.setdefault("grandpoitiers_addresses", {})
    kind = package["type"]
    if kind not in patterns:
        patterns[kind] = tk.h.url_for(f"{kind}.read", id=facet_links.ANY)
    return patterns[kind].replace(facet_links.ANY, quote(package["name"]))


def grandpoitiers_commune_options(chosen: str | None) -> Markup:
    """The communes of the territory as the options of a list, each with its INSEE code."""
    known = tuple(sorted(town.commune_names().items(), key=lambda pair: pair[1]))
    return _options(known, chosen if chosen in dict(known) else None)


@lru_cache(maxsize=128)
def _options(known: tuple[tuple[str, str], ...], chosen: str | None) -> Markup:
    return Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            code, Markup(" selected") if code == chosen else "", name
        )
        for code, name in known
    )
