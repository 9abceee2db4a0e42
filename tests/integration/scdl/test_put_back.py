"""A former version that is asked for: it takes the stages of a deposit, and is put back whole."""

from typing import Any

import pytest

from ckanext.scdl.publishing import library
from ckanext.scdl.queue import letters, switching
from tests.integration.scdl.conftest import FIRST, SECOND
from tests.integration.scdl.team import Act, on_disk, rows, token


@pytest.fixture
def second(act: Act, hand_over: Act, resource: dict[str, Any]) -> dict[str, Any]:
    """A second version is on line: the deposit that brought it."""
    one = hand_over()
    return act("val", "scdl_submission_publish", id=one["id"])


def ask(act: Act, who: str, resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    return act(who, "scdl_version_restore", id=resource["id"], number=1, **more)


def test_a_referent_asks_and_a_validator_puts_it_back(
    act: Act, resource: dict[str, Any], second: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(letters, "published", lambda row, _package: told.append(row["user_id"]))
    one = ask(act, "ref", resource, comment="les chiffres de mars sont faux")
    assert (one["state"], one["note"]) == ("submitted", "les chiffres de mars sont faux")
    assert (one["comparison"]["rows_before"], one["comparison"]["rows_after"]) == (3, 2)
    assert (on_disk(resource["id"]), rows(resource["id"])) == (SECOND, [11, 21, 31])
    for who in ("val", "ref"):
        assert one["id"] in [line["id"] for line in act(who, "scdl_submission_list", state="open")]
    done = act("val", "scdl_submission_publish", id=one["id"], seen=one["token"])
    assert done["state"] == "published", done["history"]
    assert (on_disk(resource["id"]), rows(resource["id"])) == (FIRST, [10, 20])
    assert len(told) == 1
    history = act("ref", "scdl_submission_show", id=second["id"])["history"]
    assert history[-1]["comment"] == "1 les chiffres de mars sont faux"
    assert list((library.folder() / "deposits").iterdir()) == []


def test_where_two_must_agree_two_put_a_version_back(
    app: Any, act: Act, resource: dict[str, Any], second: dict[str, Any], team: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    act("val", "scdl_route_update", id=team["organisation"]["id"], mode="two")
    one = ask(act, "val", resource)
    assert (one["state"], one["approvals"]) == ("submitted", [team["val"]["name"]])
    with pytest.raises(tk.ValidationError, match="Une autre personne"):
        act("val", "scdl_submission_publish", id=one["id"])
    assert rows(resource["id"]) == [11, 21, 31]
    headers = token(team["val2"])
    page = app.get(f"/queue/{one['id']}", headers=headers, status=200).body
    assert "Version 1" in page
    assert team["val2"]["fullname"] in page
    seen = app.get(f"/queue/{one['id']}/apercu/fichier", headers=headers, status=200).body
    assert "2 lignes" in seen
    assert "Version 1 à rétablir" in app.get("/queue", headers=headers).body
    assert act("val2", "scdl_submission_publish", id=one["id"])["state"] == "published"
    assert (on_disk(resource["id"]), rows(resource["id"])) == (FIRST, [10, 20])


def test_a_request_that_is_returned_taken_back_or_renewed_leaves_nothing(
    app: Any, act: Act, resource: dict[str, Any], second: dict[str, Any], team: dict[str, Any]
) -> None:
    one = ask(act, "ref", resource)
    act("val", "scdl_submission_return", id=one["id"], comment="elle est bonne")
    page = app.get(f"/queue/{one['id']}", headers=token(team["ref"]), status=200).body
    assert "elle est bonne" in page
    assert "/deposer/" not in page
    two = ask(act, "ref", resource)
    assert act("ref", "scdl_submission_show", id=one["id"])["state"] == "superseded"
    act("ref", "scdl_submission_withdraw", id=two["id"])
    assert rows(resource["id"]) == [11, 21, 31]
    assert list((library.folder() / "deposits").iterdir()) == []


def test_nobody_else_sees_a_request_and_nobody_asks_for_another_service(
    act: Act, resource: dict[str, Any], second: dict[str, Any]
) -> None:
    import ckan.plugins.toolkit as tk

    one = ask(act, "ref", resource)
    for who in ("ref2", "other", "member"):
        for action in ("show", "publish", "return", "withdraw", "preview", "note", "unschedule"):
            with pytest.raises(tk.NotAuthorized):
                act(who, f"scdl_submission_{action}", id=one["id"], comment="x", note="x")
        assert act(who, "scdl_submission_list") == []
    for who in ("other", "member"):
        with pytest.raises(tk.NotAuthorized):
            ask(act, who, resource)
    with pytest.raises(tk.ValidationError):
        act("ref", "scdl_version_restore", id=resource["id"], number="la première")


def test_one_that_could_not_be_put_back_waits_again_with_its_reason(
    act: Act, resource: dict[str, Any], second: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ask(act, "ref", resource)

    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(switching, "switch", full)
        done = act("val", "scdl_submission_publish", id=one["id"])
    assert done["state"] == "submitted"
    assert "disque" in done["history"][-1]["comment"]
    assert rows(resource["id"]) == [11, 21, 31]
    assert act("val", "scdl_submission_publish", id=one["id"])["state"] == "published"
    assert rows(resource["id"]) == [10, 20]
