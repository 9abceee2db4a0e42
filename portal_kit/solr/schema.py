"""Turn CKAN's own Solr schema into a French one: bytes in, bytes out.

Derived from the schema of the installed CKAN, so that an upgrade of CKAN carries over. What is
added is in conf/french.xml. Must import neither `ckan` nor an HTTP client, and reads no other file.
"""

import re
import unicodedata
from pathlib import Path

from lxml import etree

from portal_kit.errors import PortalError
from portal_kit.i18n import _

FRENCH = Path(__file__).parent / "conf" / "french.xml"
REPLACED = {"text", "text_ngram", "title_string"}
"""Names of CKAN's types and fields that ours take the place of."""

SEARCHED = {"title": "text", "text": "text", "notes": "text", "title_ngram": "text_ngram"}
"""Fields of CKAN that must still have the type we make French."""

SOURCES = {"name", "tags", "groups", "_version_"}
"""Other fields of CKAN that our fields and Solr's update log are filled from."""

ELISION = re.compile(r"\b(?:[ldcjmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


class UnexpectedSchemaError(PortalError):
    """CKAN's schema no longer has what we transform."""


def derive(ckan_schema: bytes) -> bytes:
    """The French schema.xml made from CKAN's.

    Types, fields and copy rules of conf/french.xml are added; those of REPLACED take the place of
    CKAN's; the rest is CKAN's, its version (which CKAN checks) included.

    Raises UnexpectedSchemaError.
    """
    schema = _parse(ckan_schema)
    french = etree.parse(FRENCH, _parser()).getroot()
    types, fields = _section(schema, "types"), _section(schema, "fields")
    _check(schema)
    for kind in _elements(_section(french, "types")):
        _put(types, kind)
    for field in _elements(_section(french, "fields")):
        _put(fields, field)
    for rule in french.findall("copyField"):
        schema.append(rule)
    schema.insert(0, etree.Comment(" Made from CKAN's schema and french.xml: change those. "))
    etree.indent(schema)
    return etree.tostring(schema, xml_declaration=True, encoding="UTF-8")


def fold(words: bytes) -> bytes:
    """A list of words as the analysis sees them: no capitals, accents, elisions or hyphens.

    `words` is UTF-8 text, one entry a line. The lists are written for people; Solr compares them
    with words that have already lost all these.
    """
    text = unicodedata.normalize("NFKD", words.decode("utf-8").lower().translate(LIGATURES))
    plain = "".join(char for char in text if not unicodedata.combining(char))
    return ELISION.sub("", plain).replace("-", " ").encode("utf-8")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)


def _parse(ckan_schema: bytes) -> etree._Element:
    try:
        root = etree.fromstring(ckan_schema, _parser())
    except etree.XMLSyntaxError as error:
        raise _unexpected(str(error)) from error
    if root.tag != "schema" or not root.get("name", "").startswith("ckan-"):
        raise _unexpected('<schema name="ckan-…">')
    return root


def _section(schema: etree._Element, tag: str) -> etree._Element:
    section = schema.find(tag)
    if section is None:
        raise _unexpected(f"<{tag}>")
    return section


def _elements(section: etree._Element) -> list[etree._Element]:
    return list(section.iterchildren(etree.Element))


def _check(schema: etree._Element) -> None:
    """Raise unless the schema has what ours relies on."""
    if schema.findtext("uniqueKey") != "index_id":
        raise _unexpected("<uniqueKey>index_id</uniqueKey>")
    fields = _section(schema, "fields")
    for name in SOURCES:
        if _named(fields, name) is None:
            raise _unexpected(f'<field name="{name}">')
    for name, kind in SEARCHED.items():
        field = _named(fields, name)
        if field is None or field.get("type") != kind:
            raise _unexpected(f'<field name="{name}" type="{kind}">')


def _named(section: etree._Element, name: str) -> etree._Element | None:
    return next((child for child in _elements(section) if child.get("name") == name), None)


def _put(section: etree._Element, ours: etree._Element) -> None:
    """Add `ours`, in the place of CKAN's where REPLACED says there must be one, and only there."""
    name = ours.get("name", "")
    theirs = _named(section, name)
    if (theirs is not None) != (name in REPLACED):
        wanted = "<{} name={!r}>" if name in REPLACED else _("no <{} name={!r}>")
        raise _unexpected(wanted.format(ours.tag, name))
    if theirs is None:
        section.append(ours)
    else:
        section.replace(theirs, ours)


def _unexpected(missing: str) -> UnexpectedSchemaError:
    return UnexpectedSchemaError(
        _(
            "The Solr schema of the installed CKAN is not the one this version knows how to make "
            "French: {missing} was expected. Install the CKAN of requirements.lock, or a newer "
            "version of the portal."
        ).format(missing=missing)
    )
