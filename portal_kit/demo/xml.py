# pyright: reportPrivateUsage=false
# (lxml gives its element class no public name)
"""Small makers of ISO 19139 elements, for the demonstration's records; pure."""

from lxml import etree

from portal_kit.demo.entry import Organisation

NAMESPACES = {
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "gmx": "http://www.isotc211.org/2005/gmx",
    "srv": "http://www.isotc211.org/2005/srv",
    "gml": "http://www.opengis.net/gml/3.2",
    "xlink": "http://www.w3.org/1999/xlink",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
CODE_LISTS = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
LANGUAGES = "http://www.loc.gov/standards/iso639-2/"


def qualified(name: str) -> str:
    """`gmd:title` → the name with its namespace, as lxml writes it."""
    prefix, local = name.split(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def element(
    name: str, *children: etree._Element | None, content: str = "", **attributes: str
) -> etree._Element | None:
    """An element with its children; None when it would hold nothing at all."""
    kept = [child for child in children if child is not None]
    if not (kept or content or attributes):
        return None
    made = etree.Element(qualified(name), nsmap=NAMESPACES)
    for key, value in attributes.items():
        made.set(qualified(key.replace("__", ":")) if "__" in key else key, value)
    made.text = content or None
    made.extend(kept)
    return made


def text(name: str, value: str, anchor: str = "") -> etree._Element | None:
    """A property holding a gco:CharacterString, or a gmx:Anchor to an address; None when empty."""
    if not value:
        return None
    if anchor:
        return element(name, element("gmx:Anchor", content=value, xlink__href=anchor))
    return element(name, element("gco:CharacterString", content=value))


def code(name: str, value: str) -> etree._Element | None:
    """An element of a code list."""
    code_list = LANGUAGES if name == "LanguageCode" else f"{CODE_LISTS}{name}"
    return element(f"gmd:{name}", codeList=code_list, codeListValue=value) if value else None


def date(value: str) -> etree._Element | None:
    """A gco:Date, or a gco:DateTime when there is a time in it."""
    return element("gco:DateTime" if "T" in value else "gco:Date", content=value)


def party(organisation: Organisation, role: str) -> etree._Element | None:
    """A responsible party with what is known of it."""
    address = element(
        "gmd:CI_Address",
        text("gmd:city", organisation.city),
        text("gmd:country", "France" if organisation.city else ""),
        text("gmd:electronicMailAddress", organisation.email),
    )
    telephone = element("gmd:CI_Telephone", text("gmd:voice", organisation.phone))
    site = element(
        "gmd:CI_OnlineResource",
        element("gmd:linkage", element("gmd:URL", content=organisation.url))
        if organisation.url
        else None,
    )
    contact = element(
        "gmd:CI_Contact",
        element("gmd:phone", telephone),
        element("gmd:address", address),
        element("gmd:onlineResource", site),
    )
    return element(
        "gmd:CI_ResponsibleParty",
        text("gmd:organisationName", organisation.name),
        element("gmd:contactInfo", contact),
        element("gmd:role", code("CI_RoleCode", role)),
    )
