"""The links of a service, given to the datasets that it operates on. Pure: no ``ckan``, no HTTP.

A service (WMS, WFS…) is often described in a record of its own, which names the datasets it
serves (srv:operatesOn, srv:coupledResource): the visitor of a dataset must find it there. The
record of the service stays a dataset of the portal too. What a dataset is given counts in its
digest, after a mark that no digest holds: it is written again when a service changes.
"""

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ckanext.grandpoitiers.catalogue.links import endpoint
from ckanext.grandpoitiers.catalogue.record import Coupled, Distribution, Record
from ckanext.grandpoitiers.catalogue.resources import resource_of

Json = dict[str, Any]
Couplings = Mapping[str, Sequence[Json]]
"""What a service gives: the links (as resources, without ids) for each dataset, by identifier."""

SERVED = frozenset({"WMS", "WFS", "WMTS", "OGC API Features", "ATOM", "ESRI REST"})
_MARK = "+"
_MOST = 100
"""Links given to one dataset: the others are on the service's page."""
_IDS = uuid.UUID("c5a3c0c7-6f0e-5b9a-8a55-94f1f0f6f3d1")


def couplings(service: Record) -> dict[str, list[Json]]:
    """The links that a service's record gives; none for the record of anything else."""
    if service.hierarchy_level != "service":
        return {}
    found: defaultdict[str, list[Json]] = defaultdict(list)
    is_only = len(service.operates_on) == 1
    for coupled in service.operates_on:
        for link in service.distributions:
            if link.protocol in SERVED:
                found[coupled.identifier] += _links(service, coupled, link, is_only=is_only)
    return dict(found)


def _links(
    service: Record, coupled: Coupled, link: Distribution, *, is_only: bool
) -> Iterator[Json]:
    layers = coupled.layers or ((link.layer_name,) if is_only or not link.layer_name else ())
    if coupled.layers and link.layer_name and link.layer_name not in coupled.layers:
        return  # the link of another dataset's layer
    for layer in layers:
        shown = resource_of("", link, layer)
        name = f"{service.title} ({layer})" if layer and not is_only else service.title
        yield {key: value for key, value in {**shown, "name": name}.items() if key != "id"}


def given(
    services: Mapping[str, Couplings], keys: Mapping[str, Iterable[str]]
) -> dict[str, list[Json]]:
    """What each dataset is given, by the identifier of its record.

    ``services`` by identifier too; ``keys`` are what else datasets are known by.
    """
    known = {key: guid for guid, names in sorted(keys.items()) for key in names}
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for service, links in sorted(services.items()):
        for target, resources in links.items():
            guid = target if target in keys else known.get(target, target)
            if guid != service:
                found[guid] += resources
    return {guid: links[:_MOST] for guid, links in found.items() if links}


def marked(digest: str, links: Sequence[Json] | None) -> str:
    """The digest of a dataset with what it is given."""
    if not links:
        return digest
    seed = json.dumps(links, sort_keys=True).encode()
    return f"{digest}{_MARK}{hashlib.sha256(seed).hexdigest()[:16]}"


def unmarked(digest: str) -> str:
    """The digest of the record alone."""
    return digest.partition(_MARK)[0]


def attached(dataset: Mapping[str, Any], links: Sequence[Json] | None) -> Json:
    """``dataset`` with the links it is given, those that it has itself left out."""
    if not links:
        return dict(dataset)
    own = list(dataset.get("resources", ()))
    seen = {_place(one) for one in own} | {(*_place(one)[:2], "") for one in own}
    added: list[Json] = []
    for link in links:
        if _place(link) not in seen:
            seen.add(_place(link))
            added.append({"id": _id(dataset, link), **link})
    return {**dataset, "resources": [*own, *added]}


def _place(link: Mapping[str, Any]) -> tuple[str, str, str]:
    return endpoint(link["url"]), link.get("protocol", ""), link.get("layer_name", "")


def _id(dataset: Mapping[str, Any], link: Mapping[str, Any]) -> str:
    return str(uuid.uuid5(_IDS, "\n".join((str(dataset.get("identifier")), *_place(link)))))
