"""Fixtures of files: an organisation, files deposited in a dataset, the worker's turn."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl import updating


@cache
def _application() -> Any:
    """One for all these tests: making another takes seconds."""
    from ckan.common import config
    from ckan.config.middleware import make_app

    return make_app(config)


@pytest.fixture
def in_request(
    shared_db: None,
    ckan_config: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Any]:
    """A request's context, and a storage of the test's own."""
    ckan_config["ckan.storage_path"] = str(tmp_path / "storage")
    # Nobody is asked for the schemas that are not here.
    monkeypatch.setattr(updating, "REGISTRY", "http://127.0.0.1:9/schemas.json")
    with _application().test_request_context():
        yield


@pytest.fixture
def dataset(in_request: None) -> dict[str, Any]:
    """A dataset of an organisation."""
    from ckan.tests import factories

    return factories.Dataset(owner_org=factories.Organization()["id"])


def call(action: str, **data: Any) -> Any:
    """An action, by the portal itself."""
    from ckan.tests import helpers

    from ckanext.scdl.publishing import loading

    return helpers.call_action(action, loading.context(), **data)


def uploaded(content: bytes, name: str) -> Any:
    from werkzeug.datastructures import FileStorage

    return FileStorage(io.BytesIO(content), filename=name)


@pytest.fixture
def deposit(dataset: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    """Uploads a file as CKAN's form and API do, and lets the worker load it."""
    from ckanext.scdl.publishing import following

    def make(content: str | bytes, name: str = "table.csv", **more: Any) -> dict[str, Any]:
        data = content.encode() if isinstance(content, str) else content
        action = "resource_update" if "id" in more else "resource_create"
        if action == "resource_create":
            more = {"package_id": dataset["id"], "name": "Table", **more}
        resource = call(action, upload=uploaded(data, name), url=name, **more)
        following.load_package(dataset["id"])
        return call("resource_show", id=resource["id"])

    return make
