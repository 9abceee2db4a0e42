"""The address where a program leaves a file: who may, what it answers; the file waits."""

from base64 import b64encode
from typing import Any

import pytest

from ckanext.scdl import config
from tests.integration.scdl.conftest import SECOND
from tests.integration.scdl.team import Act, rows, token

BODY = SECOND.encode()


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{password}".encode()).decode()}


def leave(app: Any, where: str, headers: dict[str, str], body: bytes = BODY, **more: Any) -> Any:
    with app.flask_app.test_client(use_cookies=False) as client:
        return client.put(f"/depot/{where}", data=body, headers=headers, **more)


def test_a_file_is_left_with_a_token_and_waits_for_its_validation(
    app: Any, act: Act, team: dict[str, Any], resource: dict[str, Any]
) -> None:
    signed = token(team["ref"])
    password = basic(team["ref"]["name"], signed["Authorization"])
    for headers in (signed, password, basic("", signed["Authorization"])):
        answer = leave(app, f"mars.csv?resource_id={resource['id']}&note=de+nuit", headers)
        assert answer.status_code == 201, answer.text
        (one,) = act("val", "scdl_submission_list", state="open")
        assert (one["id"], one["name"], one["note"]) == (answer.json["id"], "mars.csv", "de nuit")
        assert answer.json["address"].endswith(f"/queue/{one['id']}")
    assert rows(resource["id"]) == [10, 20]
    by_dataset = leave(app, f"mars.csv?dataset={resource['package_id']}", signed)
    assert by_dataset.json["state"] == "submitted"


def test_nobody_leaves_a_file_without_a_token_nor_for_another_service(
    app: Any, act: Act, team: dict[str, Any], resource: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    where = f"mars.csv?resource_id={resource['id']}"
    signed = token(team["ref"])["Authorization"]
    for headers in ({}, basic(team["ref"]["name"], "faux"), basic(team["val"]["name"], signed)):
        answer = leave(app, where, headers)
        assert (answer.status_code, "jeton" in answer.json["message"]) == (401, True)
    assert leave(app, where, token(team["other"])).status_code == 403
    ours = token(team["ref"])
    assert leave(app, "mars.csv?dataset=personne", ours).status_code == 404
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        assert leave(app, where, ours, b"--x", content_type=kind).status_code == 400
    assert "règle" in leave(app, "inconnu.csv", ours).json["message"]
    monkeypatch.setattr(config, "largest_file", lambda: 10)
    refused = leave(app, where, ours, b"a" * (config.MEGABYTE + 20))
    assert refused.status_code == 413
    assert act("val", "scdl_submission_list", state="open") == []


def test_whoever_may_publishes_at_once(
    app: Any, team: dict[str, Any], resource: dict[str, Any]
) -> None:
    where = f"mars.csv?resource_id={resource['id']}&publish=true"
    assert leave(app, where, token(team["ref"])).status_code == 403
    answer = leave(app, where, token(team["val"]))
    assert (answer.status_code, answer.json["state"]) == (201, "published")
    assert rows(resource["id"]) == [11, 21, 31]
