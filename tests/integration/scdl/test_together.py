"""People who act in the same instant, each in a process of their own: nothing is ever half done."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ckanext.scdl.publishing import library, state
from ckanext.scdl.queue import store, switching
from tests.integration.scdl import publisher
from tests.integration.scdl.actor import Actor
from tests.integration.scdl.conftest import FIRST, SECOND, call
from tests.integration.scdl.team import Act, on_disk, rows

THIRD = "nom,places\nNord,12\nSud,22\nEst,32\nOuest,42\n"
ROWS = {FIRST: [10, 20], SECOND: [11, 21, 31], THIRD: [12, 22, 32, 42]}
"""What is on line: the file, and the rows that go with it."""


@pytest.fixture
def actors(
    team: dict[str, Any], ckan_config: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[tuple[Actor, Actor]]:
    settings = publisher.settings(ckan_config, request)
    found = Actor(settings), Actor(settings)
    yield found
    for one in found:
        one.end()


def together(actors: tuple[Actor, Actor], *orders: dict[str, Any]) -> list[dict[str, Any]]:
    at = time.time() + 0.3
    for actor, order in zip(actors, orders, strict=True):
        actor.tell(at=at, **order)
    return [actor.answer() for actor in actors]


def order(who: dict[str, Any], action: str, *, file: Any = None, **data: Any) -> dict[str, Any]:
    return {"user": who["name"], "action": action, "data": data, "file": file}


def whole(resource_id: str) -> list[int]:
    """The rows on line, which are those of the file on line."""
    from ckan import model

    model.Session.rollback()
    found = rows(resource_id)
    assert found == ROWS[on_disk(resource_id)]
    return found


def test_a_validator_and_a_referent_act_together(
    act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any],
    actors: tuple[Actor, Actor],
) -> None:  # fmt: skip
    for _ in range(3):
        before = whole(resource["id"])
        one = hand_over()
        published, withdrawn = together(
            actors,
            order(team["val"], "scdl_submission_publish", id=one["id"]),
            order(team["ref"], "scdl_submission_withdraw", id=one["id"]),
        )
        (told,) = [answer for answer in (published, withdrawn) if "refused" in answer]
        assert "retiré" in told["refused"] or "publi" in told["refused"]
        state_now = act("val", "scdl_submission_show", id=one["id"])["state"]
        assert state_now == ("published" if "result" in published else "withdrawn")
        expected = ROWS[SECOND] if state_now == "published" else before
        assert whole(resource["id"]) == expected
        assert state.deposit(one["id"]) is None


def test_two_deposits_for_one_file_at_once(
    act: Act, resource: dict[str, Any], team: dict[str, Any], actors: tuple[Actor, Actor]
) -> None:
    answers = together(
        actors,
        order(team["ref"], "scdl_deposit_drop", file=["a.csv", SECOND], resource_id=resource["id"]),
        order(team["ref2"], "scdl_deposit_drop", file=["b.csv", THIRD], resource_id=resource["id"]),
    )
    ids = [answer["result"]["id"] for answer in answers]
    assert {one["id"] for one in act("val", "scdl_submission_list", state="open")} == set(ids)
    answers = together(
        actors,
        order(team["val"], "scdl_submission_publish", id=ids[0]),
        order(team["val2"], "scdl_submission_publish", id=ids[1]),
    )
    assert all("result" in answer for answer in answers), answers
    # Who found the other at it left the file to whoever looks next.
    switching.tick()
    states = [act("val", "scdl_submission_show", id=one)["state"] for one in ids]
    assert states == ["published", "published"]
    assert whole(resource["id"]) in (ROWS[SECOND], ROWS[THIRD])
    assert [one["number"] for one in act("val", "scdl_version_list", id=resource["id"])] == [
        3,
        2,
        1,
    ]


def test_two_validators_who_saw_the_same_publish_it_once(
    act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any],
    actors: tuple[Actor, Actor],
) -> None:  # fmt: skip
    one = hand_over()
    answers = together(
        actors,
        order(team["val"], "scdl_submission_publish", id=one["id"], seen=one["token"]),
        order(team["val2"], "scdl_submission_publish", id=one["id"], seen=one["token"]),
    )
    (told,) = [answer["refused"] for answer in answers if "refused" in answer]
    assert "entre-temps" in told
    steps = [step["step"] for step in act("val", "scdl_submission_show", id=one["id"])["history"]]
    assert steps == ["submit", "publish", "published"]
    assert whole(resource["id"]) == ROWS[SECOND]


@pytest.mark.parametrize("verb", ["deleted", "moved"])
def test_a_dataset_that_goes_while_its_file_is_published(
    verb: str, act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any],
    actors: tuple[Actor, Actor],
) -> None:  # fmt: skip
    from ckan.tests import factories

    one = hand_over()
    boss = factories.Sysadmin()
    away = order(boss, "package_delete", id=resource["package_id"])
    if verb == "moved":
        elsewhere = factories.Organization()["id"]
        away = order(boss, "package_patch", id=resource["package_id"], owner_org=elsewhere)
    published, _ = together(
        actors, order(team["val"], "scdl_submission_publish", id=one["id"]), away
    )
    assert "result" in published
    switching.tick()
    now = store.get(one["id"])
    assert now is not None
    if now["state"] == "submitted":
        (why,) = [step["comment"] for step in store.history(one["id"]) if step["step"] == "fail"]
        assert "entre-temps" in why
        assert library.deposit_folder(one["id"]).is_dir(), "the deposit is not lost"
    assert now["state"] in ("published", "submitted")
    assert whole(resource["id"]) == (ROWS[SECOND] if now["state"] == "published" else ROWS[FIRST])


def test_a_disk_that_is_full_keeps_nothing_and_loses_nothing(
    act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any],
    actors: tuple[Actor, Actor],
) -> None:  # fmt: skip
    one = hand_over()
    before = sorted(path.name for path in (library.folder() / "deposits").iterdir())
    writer = actors[0]
    large = "nom,places\n" + "".join(f"Parc {number},{number}\n" for number in range(5000))
    drop = order(team["ref2"], "scdl_deposit_drop", file=["grand.csv", large],
                 resource_id=resource["id"])  # fmt: skip
    writer.tell(largest=4096, **drop)
    assert "disque" in writer.answer()["refused"]
    assert sorted(path.name for path in (library.folder() / "deposits").iterdir()) == before
    assert whole(resource["id"]) == ROWS[FIRST]
    assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "published"
    assert whole(resource["id"]) == ROWS[SECOND]
    assert call("datastore_search", resource_id=resource["id"])["total"] == 3


def test_a_disk_that_is_full_when_a_file_is_published_or_put_back(
    act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any],
    actors: tuple[Actor, Actor],
) -> None:  # fmt: skip
    large = "nom,places\n" + "".join(f"Parc {number},{number}\n" for number in range(5000))
    writer, other = actors
    one = hand_over(content=large)
    writer.tell(largest=4096, **order(team["val"], "scdl_submission_publish", id=one["id"]))
    now = writer.answer()["result"]
    assert now["state"] == "submitted"
    assert "disque" in now["history"][-1]["comment"]
    assert whole(resource["id"]) == ROWS[FIRST]

    assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "published"
    act("val", "scdl_submission_publish", id=hand_over()["id"])
    back = order(team["val"], "scdl_version_restore", id=resource["id"], number=2)
    writer.tell(**back)
    assert "disque" in writer.answer()["refused"]
    assert whole(resource["id"]) == ROWS[SECOND]
    other.tell(**back)
    assert "result" in other.answer()
    assert on_disk(resource["id"]) == large
