"""What an organisation wants of the files that come by CKAN's own ways, and from addresses."""

from collections.abc import Mapping
from typing import Any

from ckanext.scdl import config
from ckanext.scdl.files.comparison import Comparison
from ckanext.scdl.files.errors import N_
from ckanext.scdl.registry import Version


class Kept(Exception):
    """The table stays as it was: what an address gives now is not let through, as ``sentence``
    says with its ``params``."""

    kind = "kept"
    sentence = ""

    def __init__(self, **params: str) -> None:
        super().__init__()
        self.params = params


class StillWrong(Kept):
    """The errors of a link's file are not let through: its publisher wants none."""

    sentence = N_(
        "What the address gives has {count} errors, and this schema is only published without: the"
        " table stays as it was."
    )


class TakesAway(Kept):
    """What an address gives now takes something away from the table: somebody looks first."""

    kind = "takes-away"
    sentence = N_(
        "What the address gives takes away something of the table, that stays as it was until"
        " somebody who publishes here accepts the change."
    )

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.comparison = comparison


def blocks(version: Version, package: Mapping[str, Any]) -> bool:
    """Whether the publisher of ``package`` refuses the errors of files that follow ``version``."""
    return config.policy(version.schema.name, _publisher(package)) == "block"


def asks(package: Mapping[str, Any]) -> bool:
    """Whether it wants to see what a file changes in the table before it takes its place."""
    if not package.get("organization") or package.get("harvest_guid"):
        # Nobody to ask, or another catalogue that knows better.
        return False
    return config.replacements(_publisher(package)) == "ask"


def keeps(resource: Mapping[str, Any], package: Mapping[str, Any]) -> bool:
    """Whether a table stays when its link gives none; an upload was looked at as it came."""
    linked = resource.get("url_type") != "upload"
    return bool(linked and resource.get("datastore_active") and asks(package))


def _publisher(package: Mapping[str, Any]) -> str:
    return str((package.get("organization") or {}).get("name") or "")
