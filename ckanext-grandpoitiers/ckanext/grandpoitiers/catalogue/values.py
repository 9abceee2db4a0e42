"""Property elements of ISO 19139 read as texts. Pure: no ``ckan``, no HTTP.

A property (``gmd:title``…) holds a gco:CharacterString, a gmx:Anchor, a code list element, a
number, a date, or nothing but text in hand-made records; PT_FreeText adds translations.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from lxml import etree

from ckanext.grandpoitiers.catalogue import inspire

if TYPE_CHECKING:
    from ckanext.grandpoitiers.catalogue.hardened import Element

NAMESPACES = {
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "gmx": "http://www.isotc211.org/2005/gmx",
    "srv": "http://www.isotc211.org/2005/srv",
    "xlink": "http://www.w3.org/1999/xlink",
}
HREF = f"{{{NAMESPACES['xlink']}}}href"
_FREE_TEXT = f"{{{NAMESPACES['gmd']}}}PT_FreeText"
_LOCALISED = f"{{{NAMESPACES['gmd']}}}LocalisedCharacterString"
_FRENCH_LOCALES = frozenset({"#fr", "#fre", "#fra", "#locale-fr", "#locale-fre", "#locale-fra"})


class Path:
    """An XPath compiled once, that finds elements."""

    def __init__(self, expression: str) -> None:
        self._find = etree.XPath(expression, namespaces=NAMESPACES, smart_strings=False)

    def all(self, node: "Element") -> "list[Element]":
        """Every element found from ``node``."""
        # An XPath may also give texts and numbers; these expressions only ever give elements.
        return cast("list[Element]", self._find(node))

    def first(self, node: "Element") -> "Element | None":
        """The first element found from ``node``."""
        found = self.all(node)
        return found[0] if found else None


class Values:
    """Reads properties in the language wanted: French where the record has it."""

    def __init__(self, root: "Element") -> None:
        self.language = inspire.language(_code_or_text(_LANGUAGE.first(root)))
        declared = {
            f"#{locale.get('id')}".lower()
            for locale in _LOCALES.all(root)
            if inspire.language(_code_or_text(_LOCALE_LANGUAGE.first(locale))) == inspire.FRENCH
        }
        self._french = declared | _FRENCH_LOCALES

    def text(self, node: "Element | None") -> str:
        """The raw text of property ``node``, ``""`` when absent or empty."""
        if node is None:
            return ""
        own, translations = "", None
        for child in node:
            if child.tag == _FREE_TEXT:
                translations = child
            elif not own.strip():
                own = _content(child)
        if not len(node):
            own = node.text or ""
        if translations is None or (own.strip() and self.language == inspire.FRENCH):
            return own
        return self._translated(translations, own)

    def href(self, node: "Element") -> str:
        """The address of the property's Anchor, ``""`` without one."""
        return next((child.get(HREF, "") for child in node if child.get(HREF)), "").strip()

    def _translated(self, translations: "Element", own: str) -> str:
        others = [own]
        for localised in translations.iter(_LOCALISED):
            text = localised.text or ""
            if text.strip() and localised.get("locale", "").lower() in self._french:
                return text
            others.append(text)
        return next((text for text in others if text.strip()), "")


def _content(element: "Element") -> str:
    """The code of a code list element, or the text of anything else, however nested."""
    code = element.get("codeListValue")
    if code and code.strip():
        return code
    if len(element):
        return next((text for text in _texts(element) if text.strip()), "")
    return element.text or ""


def _texts(element: "Element") -> Iterator[str]:
    for text in element.itertext():
        yield str(text)


def _code_or_text(node: "Element | None") -> str:
    if node is None:
        return ""
    return _content(node[0]) if len(node) else node.text or ""


_LANGUAGE = Path("gmd:language")
_LOCALES = Path("gmd:locale/gmd:PT_Locale")
_LOCALE_LANGUAGE = Path("gmd:languageCode")
