"""Every way to write a dataset, a file or rows obeys what its organisation wants, for each role."""

from collections.abc import Callable
from typing import Any

import pytest

from ckanext.scdl.queue import store
from ckanext.scdl.queue.steps import Mode
from tests.integration.scdl.conftest import FIRST, SECOND, call, uploaded
from tests.integration.scdl.team import Act, on_disk, rows

LINK = "https://ailleurs.fr/x.csv"
Try = Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]


def changed(resource: dict[str, Any], **values: Any) -> dict[str, Any]:
    """The whole dataset, with other values for its only file."""
    package = call("package_show", id=resource["package_id"])
    package["resources"] = [{**package["resources"][0], **values}]
    return package


def other_files(resource: dict[str, Any], *files: dict[str, Any]) -> dict[str, Any]:
    package = call("package_show", id=resource["package_id"])
    return {**package, "resources": list(files)}


def new_file() -> Any:
    return uploaded(SECOND.encode(), "b.csv")


CONTENT: dict[str, Try] = {
    "a file by resource_create": lambda one: (
        "resource_create", {"package_id": one["package_id"], "upload": new_file(), "url": "b.csv"},
    ),
    "a link by resource_create": lambda one: (
        "resource_create", {"package_id": one["package_id"], "url": LINK},
    ),
    "a file by resource_update": lambda one: (
        "resource_update", {"id": one["id"], "upload": new_file(), "url": "b.csv"},
    ),
    "a file by resource_patch": lambda one: (
        "resource_patch", {"id": one["id"], "upload": new_file()},
    ),
    "a link by resource_patch": lambda one: (
        "resource_patch", {"id": one["id"], "url": LINK, "url_type": ""},
    ),
    "a file taken away by resource_patch": lambda one: (
        "resource_patch", {"id": one["id"], "clear_upload": "true", "url": LINK},
    ),
    "a table without its file": lambda one: (
        "resource_patch", {"id": one["id"], "url_type": "datastore"},
    ),
    "a link by package_update": lambda one: (
        "package_update", changed(one, url=LINK, url_type=""),
    ),
    "a file by package_update": lambda one: ("package_update", changed(one, upload=new_file())),
    "another link by package_update": lambda one: (
        "package_update", other_files(one, one, {"url": LINK, "name": "x"}),
    ),
    "a file by package_revise": lambda one: (
        "package_revise",
        {"match__id": one["package_id"], "update__resources__0__upload": new_file()},
    ),
    "a link by package_revise": lambda one: (
        "package_revise",
        {"match__id": one["package_id"], "update__resources__extend": [{"url": LINK}]},
    ),
    "a link by package_patch": lambda one: (
        "package_patch", {"id": one["package_id"], "resources": [one, {"url": LINK}]},
    ),
    "a new dataset with a link": lambda one: (
        "package_create",
        {"name": "autre", "owner_org": one["owner"], "resources": [{"url": LINK}]},
    ),
    "a dataset said to be harvested": lambda one: (
        "package_patch", {"id": one["package_id"], "harvest_guid": "ailleurs"},
    ),
    "rows by datastore_create": lambda one: (
        "datastore_create", {"resource_id": one["id"], "records": [{"places": 9}], "force": True},
    ),
    "rows by datastore_upsert": lambda one: (
        "datastore_upsert",
        {"resource_id": one["id"], "records": [{"places": 9}], "method": "insert", "force": True},
    ),
    "rows by datastore_delete": lambda one: (
        "datastore_delete", {"resource_id": one["id"], "filters": {}, "force": True},
    ),
    "rows by datastore_records_delete": lambda one: (
        "datastore_records_delete", {"resource_id": one["id"], "filters": {}, "force": True},
    ),
    "a table of its own": lambda one: (
        "datastore_create",
        {"resource": {"package_id": one["package_id"], "name": "t"}, "records": [{"a": 1}]},
    ),
    "the file read otherwise": lambda one: ("scdl_file_load", {"id": one["id"], "separator": ";"}),
}  # fmt: skip
"""What may not be on line before a validator says so."""
GOING: dict[str, Try] = {
    "resource_delete": lambda one: ("resource_delete", {"id": one["id"]}),
    "package_update without the file": lambda one: ("package_update", other_files(one)),
    "package_delete": lambda one: ("package_delete", {"id": one["package_id"]}),
    "package_patch of the state": lambda one: (
        "package_patch", {"id": one["package_id"], "state": "deleted"},
    ),
    "another organisation": lambda one: (
        "package_patch", {"id": one["package_id"], "owner_org": one["elsewhere"]},
    ),
}  # fmt: skip
"""What takes a file off line: nothing of it is lost when it is refused."""
WORDS: dict[str, Try] = {
    "package_patch": lambda one: ("package_patch", {"id": one["package_id"], "notes": "Relu"}),
    "resource_patch": lambda one: ("resource_patch", {"id": one["id"], "description": "Relu"}),
    "package_update": lambda one: ("package_update", changed(one, description="Relu aussi")),
    "a new dataset": lambda one: ("package_create", {"name": "vide", "owner_org": one["owner"]}),
}  # fmt: skip
"""What stays free."""


@pytest.fixture
def asked(resource: dict[str, Any], team: dict[str, Any]) -> dict[str, Any]:
    from ckan.tests import factories

    elsewhere = factories.Organization(users=[{"name": team["ref"]["name"], "capacity": "editor"}])
    return {**resource, "owner": team["organisation"]["id"], "elsewhere": elsewhere["id"]}


def refused(act: Act, who: str, how: Try, asked: dict[str, Any]) -> bool:
    import ckan.plugins.toolkit as tk
    from ckan import model

    action, data = how({**call("resource_show", id=asked["id"]), **_names(asked)})
    try:
        act(who, action, **data)
    except (tk.ValidationError, tk.NotAuthorized) as error:
        return "valide" in str(error) or "moissonnage" in str(error)
    finally:
        model.Session.rollback()
    return False


def _names(asked: dict[str, Any]) -> dict[str, Any]:
    return {key: asked[key] for key in ("owner", "elsewhere")}


def test_no_route_puts_the_content_of_a_referent_on_line(act: Act, asked: dict[str, Any]) -> None:
    through = [name for name, how in CONTENT.items() if not refused(act, "ref", how, asked)]
    assert through == []
    through = [name for name, how in GOING.items() if not refused(act, "ref", how, asked)]
    assert through == []
    shown = call("package_show", id=asked["package_id"])
    assert (shown["state"], [one["id"] for one in shown["resources"]]) == ("active", [asked["id"]])
    assert (rows(asked["id"]), on_disk(asked["id"])) == ([10, 20], FIRST)
    assert [one["number"] for one in act("val", "scdl_version_list", id=asked["id"])] == [1]


def test_the_words_of_a_dataset_are_free(act: Act, asked: dict[str, Any]) -> None:
    assert [name for name, how in WORDS.items() if refused(act, "ref", how, asked)] == []


def test_a_file_that_comes_by_ckan_s_own_routes_waits_as_a_deposit(
    act: Act, asked: dict[str, Any], team: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    from ckanext.scdl.publishing import state

    waited: list[str] = []
    for name in ("a file by resource_patch", "a file by package_revise"):
        action, data = CONTENT[name](asked)
        with pytest.raises(tk.ValidationError, match="/deposer/"):
            act("ref", action, **data)
        # The newest takes the place of the one that the same person left for the same file.
        [waiting] = state.deposits_of(team["ref"]["id"])
        waited.append(waiting["id"])
    assert waited[0] != waited[1]


@pytest.mark.parametrize(("who", "mode"), [("val", Mode.ONE), ("ref", Mode.DIRECT)])
def test_who_publishes_directly_uses_every_route(
    who: str, mode: Mode, act: Act, asked: dict[str, Any]
) -> None:
    store.put_mode(asked["owner"], mode)
    for name in ("a file by resource_patch", "a file by package_revise", "rows by datastore_upsert",
                 "the file read otherwise"):  # fmt: skip
        assert not refused(act, who, CONTENT[name], asked), name
    assert not refused(act, who, GOING["resource_delete"], asked)


def test_where_two_must_agree_an_administrator_deposits_too(
    act: Act, asked: dict[str, Any]
) -> None:
    store.put_mode(asked["owner"], Mode.TWO)
    through = [name for name, how in CONTENT.items() if not refused(act, "val", how, asked)]
    assert through == []


def test_a_hidden_dataset_with_files_is_opened_by_those_who_validate(
    act: Act, asked: dict[str, Any]
) -> None:
    call("package_patch", id=asked["package_id"], private=True)
    for said in ({"private": False}, {"visibility": "open"}):
        opening: Try = lambda one, said=said: ("package_patch", {"id": one["package_id"], **said})  # noqa: E731
        assert refused(act, "ref", opening, asked)
    assert call("package_show", id=asked["package_id"])["private"]
    act("val", "package_patch", id=asked["package_id"], private=False)
    assert not call("package_show", id=asked["package_id"])["private"]


def test_a_feed_writes_its_rows_and_a_harvest_its_datasets(act: Act, asked: dict[str, Any]) -> None:
    from ckan.tests import factories

    package = factories.Dataset(owner_org=asked["owner"])
    made = call("datastore_create", resource={"package_id": package["id"], "name": "Direct"},
                fields=[{"id": "places", "type": "int"}], primary_key=["places"])  # fmt: skip
    act("ref", "datastore_upsert", resource_id=made["resource_id"], records=[{"places": 3}])
    harvested = factories.Dataset(owner_org=asked["owner"], harvest_guid="un-guid")
    act("ref", "resource_create", package_id=harvested["id"], url=LINK)
