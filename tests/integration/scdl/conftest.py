"""Fixtures of files: an organisation, files deposited in a dataset, the worker's turn."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ckanext.scdl import updating

FIRST = "nom,places\nNord,10\nSud,20\n"
SECOND = "nom,places\nNord,11\nSud,21\nEst,31\n"


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


# -- a team around a queue


@pytest.fixture
def team(in_request: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An organisation that validates, its référent and validators, and somebody else's service."""
    from ckan.tests import factories

    from ckanext.scdl.queue import jobs, store
    from ckanext.scdl.queue.steps import Mode

    monkeypatch.setattr(jobs, "enqueue_tick", lambda at=None: None)
    names = ("ref", "ref2", "val", "val2", "other", "member")
    people = {name: factories.User() for name in names}
    organisation = factories.Organization(
        users=[
            {"name": people["ref"]["name"], "capacity": "editor"},
            {"name": people["ref2"]["name"], "capacity": "editor"},
            {"name": people["val"]["name"], "capacity": "admin"},
            {"name": people["val2"]["name"], "capacity": "admin"},
            {"name": people["member"]["name"], "capacity": "member"},
        ]
    )
    factories.Organization(users=[{"name": people["other"]["name"], "capacity": "admin"}])
    from ckan import model

    store.put_mode(organisation["id"], Mode.ONE)
    model.Session.commit()
    return {**people, "organisation": organisation}


@pytest.fixture
def act(team: dict[str, Any]) -> Callable[..., Any]:
    """An action by one of them, with their own rights."""
    import ckan.plugins.toolkit as tk
    from ckan import model

    def run(who: str, action: str, **data: Any) -> Any:
        user = model.User.get(team[who]["name"])
        context: Any = {"user": user.name, "auth_user_obj": user, "ignore_auth": False}
        return tk.get_action(action)(context, data)

    return run


@pytest.fixture
def resource(team: dict[str, Any]) -> dict[str, Any]:
    """A file on line, with its table."""
    from ckan.tests import factories

    from ckanext.scdl.publishing import following

    package = factories.Dataset(owner_org=team["organisation"]["id"])
    made = call(
        "resource_create",
        package_id=package["id"],
        name="Places",
        upload=uploaded(FIRST.encode(), "places.csv"),
        url="places.csv",
    )
    following.load_package(package["id"])
    return call("resource_show", id=made["id"])


@pytest.fixture
def hand_over(act: Callable[..., Any], resource: dict[str, Any]) -> Callable[..., Any]:
    """A file for that resource, handed over by somebody."""

    def run(who: str = "ref", content: str = SECOND, note: str = "") -> dict[str, Any]:
        made = act(
            who,
            "scdl_deposit_create",
            upload=uploaded(content.encode(), "places-2.csv"),
            resource_id=resource["id"],
        )
        return act(who, "scdl_deposit_submit", id=made["id"], note=note)

    return run
