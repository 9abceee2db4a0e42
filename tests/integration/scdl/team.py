"""What the tests of the queue ask: the rows and the file on line, a person's token."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.scdl.conftest import call

Act = Callable[..., Any]


def rows(resource_id: str) -> list[int]:
    found = call("datastore_search", resource_id=resource_id, limit=200_000)["records"]
    return [one["places"] for one in found]


def on_disk(resource_id: str) -> str:
    from ckan.lib import uploader

    path = uploader.get_resource_uploader({"id": resource_id}).get_path(resource_id)
    return Path(path).read_text()


def token(user: dict[str, Any]) -> dict[str, str]:
    """The headers with which a person asks."""
    from ckan.tests import factories

    return {"Authorization": factories.APIToken(user=user["id"])["token"]}
