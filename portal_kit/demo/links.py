# pyright: reportPrivateUsage=false
# (lxml gives its element class no public name)
"""The links of a demonstration record, and its gmd:distributionInfo; pure.

Every address lies under `.example`, which RFC 2606 keeps for such use: none leads anywhere.
"""

from dataclasses import dataclass

from lxml import etree

from portal_kit.demo.entry import Entry, Link
from portal_kit.demo.xml import code, element, qualified, text

HOST = "https://geo.demo.example"


@dataclass(frozen=True)
class Kind:
    """How catalogues write a kind of link: address (`{}` is the target), protocol, function."""

    address: str
    protocol: str
    function: str
    named: bool = False
    """Whether the link's name is the layer's."""


KINDS = {
    "wms": Kind(f"{HOST}/wms?", "OGC:WMS-1.3.0-http-get-map", "information", named=True),
    "wfs": Kind(f"{HOST}/wfs?", "OGC:WFS-2.0.0-http-get-feature", "download", named=True),
    "wmts": Kind(f"{HOST}/wmts/1.0.0/WMTSCapabilities.xml", "OGC:WMTS", "information", named=True),
    "features": Kind(f"{HOST}/ogc/collections/{{}}", "OGC API Features", "download"),
    "atom": Kind(f"{HOST}/atom/{{}}.xml", "ATOM", "download"),
    "esri": Kind(f"{HOST}/arcgis/rest/services/{{}}", "ESRI:REST", "information"),
    "file": Kind(f"{HOST}/telechargement/{{}}", "WWW:DOWNLOAD-1.0-http--download", "download"),
    "page": Kind("https://www.demo.example/{}", "WWW:LINK-1.0-http--link", "information"),
    "url": Kind("{}", "WWW:LINK-1.0-http--link", "information"),
}


def address(link: Link) -> str:
    """Where the link leads."""
    return KINDS[link.kind].address.format(link.target)


def online_resource(link: Link) -> etree._Element | None:
    """The gmd:CI_OnlineResource of a link."""
    kind = KINDS[link.kind]
    name = link.target if kind.named else link.title
    description = link.description or (link.title if kind.named else "")
    return element(
        "gmd:CI_OnlineResource",
        element("gmd:linkage", _url(link)),
        text("gmd:protocol", kind.protocol if link.protocol is None else link.protocol),
        text("gmd:name", name),
        text("gmd:description", description),
        element("gmd:function", code("CI_OnLineFunctionCode", kind.function)),
    )


def _url(link: Link) -> etree._Element:
    """Written even when empty: careless catalogues have links that lead nowhere."""
    made = etree.Element(qualified("gmd:URL"))
    made.text = address(link)
    return made


def distribution(entry: Entry) -> etree._Element | None:
    """The gmd:distributionInfo: formats and links; None when the record has neither."""
    formats = [
        element(
            "gmd:distributionFormat",
            element("gmd:MD_Format", text("gmd:name", name), _no_version()),
        )
        for name in entry.formats
    ]
    transfer = element(
        "gmd:MD_DigitalTransferOptions",
        *(element("gmd:onLine", online_resource(link)) for link in entry.links),
    )
    return element(
        "gmd:distributionInfo",
        element("gmd:MD_Distribution", *formats, element("gmd:transferOptions", transfer)),
    )


def _no_version() -> etree._Element | None:
    """The schemas want a version, that most formats haven't."""
    return element("gmd:version", gco__nilReason="inapplicable")
