"""Which link of a record is which resource of its dataset. Pure: no ``ckan``, no HTTP.

The id of a resource is part of addresses that others keep (downloads, data.gouv.fr): it must
outlive a changed URL, a changed name and another order. So the links of a record are compared
with those that its dataset has, from the surest sign to the weakest, and only where a sign
designates one link on either side.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
Sign = Callable[[Mapping[str, Any]], tuple[str, ...] | None]

_AGAIN = uuid.UUID("0d0d5a52-95a3-5c1e-8f3e-2b2f7a1c9e44")


def _text(one: Mapping[str, Any], name: str) -> str:
    return str(one.get(name) or "")


def _address(one: Mapping[str, Any]) -> str:
    """Its URL; that a server now speaks https makes no other link of it."""
    return _text(one, "url").partition("://")[2].rstrip("/")


def _same(one: Mapping[str, Any]) -> tuple[str, ...]:
    """The id that its address gives, with that address: another link may have taken the id."""
    return str(one["id"]), _address(one)


def _link(one: Mapping[str, Any]) -> tuple[str, ...]:
    return _address(one), _text(one, "layer_name"), _text(one, "protocol")


def _url(one: Mapping[str, Any]) -> tuple[str, ...]:
    return (_address(one),)


def _layer(one: Mapping[str, Any]) -> tuple[str, ...] | None:
    layer = _text(one, "layer_name")
    return (_text(one, "protocol"), layer) if layer else None


def _name(one: Mapping[str, Any]) -> tuple[str, ...] | None:
    name = _text(one, "name")
    return (_text(one, "protocol"), name) if name else None


def _kind(one: Mapping[str, Any]) -> tuple[str, ...]:
    """What is left when the only link of a kind has another URL, layer and name."""
    return _text(one, "protocol"), _text(one, "format")


_SIGNS: tuple[Sign, ...] = (_same, _link, _url, _layer, _name, _kind)


def matched(wanted: Sequence[Json], former: Sequence[Mapping[str, Any]]) -> list[Json]:
    """``wanted`` in its order, each with the ``id`` of the resource of ``former`` that it is.

    A link that is new keeps the id it comes with, or gets one made of it where another has it.
    """
    ids: dict[int, str] = {}
    left = list(former)
    for sign in _SIGNS:
        news = _by_sign(sign, [(rank, one) for rank, one in enumerate(wanted) if rank not in ids])
        olds = _by_sign(sign, list(enumerate(left)))
        for key in news.keys() & olds.keys():
            if len(news[key]) == len(olds[key]) == 1:
                ids[news[key][0]] = str(left[olds[key][0]]["id"])
        found = set(ids.values())
        left = [one for one in left if one["id"] not in found]
    used = {str(one["id"]) for one in former}
    return [
        {**one, "id": ids.get(rank) or _free(one["id"], used)} for rank, one in enumerate(wanted)
    ]


def _by_sign(
    sign: Sign, resources: Sequence[tuple[int, Mapping[str, Any]]]
) -> Mapping[tuple[str, ...], list[int]]:
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for rank, one in resources:
        key = sign(one)
        if key is not None:
            found[key].append(rank)
    return found


def _free(identifier: str, used: set[str]) -> str:
    while identifier in used:
        identifier = str(uuid.uuid5(_AGAIN, identifier))
    used.add(identifier)
    return identifier
