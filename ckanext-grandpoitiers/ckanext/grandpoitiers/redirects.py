"""redirects.yaml: addresses that people know, and where they lead now.

Pure: must import neither CKAN nor an HTTP client; the document comes in already parsed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError

BAD_FORM = N_("redirects.yaml holds no mapping named “redirects” of former to present addresses.")
BAD_FORMER = N_("In redirects.yaml, a former address is a path that begins with /: {address}")
BAD_TARGET = N_(
    "In redirects.yaml, {former} must lead to a path that begins with / or to a whole https://"
    " address: {target}"
)
CIRCLE = N_("In redirects.yaml, {former} leads back to itself.")


class RedirectError(GrandPoitiersError):
    """Something in redirects.yaml can't be used."""


@dataclass(frozen=True)
class Redirects:
    """`targets` is `{path without its last slash: path or address}`, chains followed."""

    targets: Mapping[str, str]

    def target(self, path: str, query: str = "") -> str | None:
        """Where `path` leads; what was asked of it goes along, unless the target asks its own."""
        found = self.targets.get(_plain(path))
        if found is None or not query or "?" in found:
            return found
        return f"{found}?{query}"


def read_redirects(document: object) -> Redirects:
    """The redirects of a parsed redirects.yaml. Raises RedirectError with the first thing wrong."""
    values = cast("Mapping[str, object]", document) if isinstance(document, Mapping) else {}
    said = values.get("redirects", {} if document is None else None)
    said = {} if said is None and "redirects" in values else said
    if not isinstance(said, Mapping):
        raise RedirectError(BAD_FORM)
    pairs = {_former(key): value for key, value in cast("Mapping[object, object]", said).items()}
    targets = {former: _target(former, value) for former, value in pairs.items()}
    return Redirects({former: _followed(former, targets) for former in targets})


def _former(address: object) -> str:
    if not isinstance(address, str) or not address.startswith("/") or "?" in address:
        raise RedirectError(BAD_FORMER, address=str(address)[:100])
    return _plain(address)


def _target(former: str, value: object) -> str:
    target = value if isinstance(value, str) else ""
    here = target.startswith("/") and not target.startswith(("//", "/\\"))
    there = urlsplit(target) if target.isprintable() and " " not in target else urlsplit("")
    if not here and not (there.scheme == "https" and there.hostname):
        raise RedirectError(BAD_TARGET, former=former, target=str(value)[:100])
    return target


def _followed(former: str, targets: Mapping[str, str]) -> str:
    seen, here = {former}, targets[former]
    while (step := _plain(here)) in targets:
        if step in seen:
            raise RedirectError(CIRCLE, former=former)
        seen.add(step)
        here = targets[step]
    return here


def _plain(path: str) -> str:
    return path.rstrip("/") or "/"
