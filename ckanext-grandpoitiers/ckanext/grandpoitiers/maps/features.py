"""The features of a layer, fetched for a map: most servers let no page of ours ask them (CORS)."""

import json
from threading import BoundedSemaphore
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.catalogue.errors import InvalidRecord
from ckanext.grandpoitiers.catalogue.hardened import read_xml
from ckanext.grandpoitiers.catalogue.report import translator
from ckanext.grandpoitiers.maps import layers
from portal_kit.outbound import Answer, Limits, OutboundError, outbound_client

LIMITS = Limits(connect=5, read=10, total=12, size=8 * 1024 * 1024)
AT_ONCE = BoundedSemaphore(2)
"""Of the threads that answer visitors, two at most wait for other people's servers."""

GEOJSON, GML = "application/geo+json", "application/gml+xml"
MEMBERS = (b"featureMember", b"featureMembers", b"FeatureCollection")


class NoFeatures(Exception):
    """There are no features to show; one sentence, and the status of the answer."""

    def __init__(self, sentence: str, status: int = 502) -> None:
        super().__init__(sentence)
        self.status = status


def features_of(resource: dict[str, Any]) -> tuple[bytes, str]:
    """The features of a resource and their media type (GEOJSON or GML). Raises NoFeatures."""
    addresses = layers.requests(resource)
    if not addresses:
        raise NoFeatures(tk._("This link can’t be shown on a map."), 404)
    if not AT_ONCE.acquire(blocking=False):
        raise NoFeatures(tk._("Many maps are being asked for: try again in a moment."), 503)
    try:
        return _first(addresses)
    finally:
        AT_ONCE.release()


def _first(addresses: list[str]) -> tuple[bytes, str]:
    try:
        with outbound_client(tk.config, LIMITS) as client:
            for address in addresses:
                found = _read(client.get(address))
                if found is not None:
                    return found
    except OutboundError as error:
        raise NoFeatures(error.message(translator(tk.h.lang()))) from error
    raise NoFeatures(tk._("The server answers something else than the features of this layer."))


def _read(answer: Answer) -> tuple[bytes, str] | None:
    """What an answer holds, None for neither GeoJSON nor GML: an error, a page."""
    content = answer.content.strip()
    if content.startswith((b"{", b"\xef\xbb\xbf{")):
        try:
            document = json.loads(content)
        except ValueError:
            return None
        has = isinstance(document, dict) and ("features" in document or "geometry" in document)
        return (content, GEOJSON) if has else None
    if any(name in content[:4000] for name in MEMBERS):
        try:
            read_xml(content, LIMITS.size)
        except InvalidRecord:
            return None
        return content, GML
    return None
