"""A file that waits is seen and touched by nobody else, whatever the address and the action.

Every address and every action of the application is asked: a new one that tells fails here. What is
asked for is in `test_privacy`.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ckan import logic, model

from tests.integration.grandpoitiers.test_privacy import addresses, rules
from tests.integration.scdl.conftest import SECOND, uploaded
from tests.integration.scdl.team import Act, token

pytestmark = pytest.mark.ckan_config("ckanext.grandpoitiers.limits.enabled", False)
SECRET = "zqsecret"
Ask = tuple[str, str, dict[str, Any] | None]


@pytest.fixture
def draft(act: Act, resource: dict[str, Any]) -> dict[str, Any]:
    """A deposit whose file, name and note hold a word that nothing else does."""
    content = SECOND + f"{SECRET}-cellule,99\n"
    made = act(
        "ref",
        "scdl_deposit_create",
        upload=uploaded(content.encode(), f"{SECRET}-fichier.csv"),
        resource_id=resource["id"],
    )
    return act("ref", "scdl_deposit_submit", id=made["id"], note=f"{SECRET}-note")


def asked_of_pages(app: Any, deposit_id: str, resource_id: str) -> Iterator[Ask]:
    question = {"*": deposit_id, "resource_id": resource_id}
    for rule in rules(app):
        if rule.arguments:
            for path in addresses(rule, [question]):
                yield "GET", path, None
    for path in ("/queue", "/depots", "/deposer", "/planning?person=", "/planning.csv"):
        yield "GET", path, None


def asked_of_actions(deposit_id: str, resource_id: str) -> Iterator[Ask]:
    more = {"comment": "non", "at": "2099-01-01T08:00", "number": 1, "limit": 50}
    for name in sorted(logic._actions):  # noqa: SLF001
        body = {"id": deposit_id, "resource_id": resource_id, **more}
        # Its table, file and dataset are on line, and another editor of the service may change
        # them: only what waits is asked for.
        if name.startswith(("resource_", "datastore_", "package_", "dataset_")):
            body["resource_id"] = deposit_id
        yield "POST", f"/api/3/action/{name}", body


@pytest.mark.parametrize("who", ["", "ref2", "other"])
def test_no_address_and_no_action_tells_of_a_file_that_waits(
    who: str, app: Any, team: dict[str, Any], draft: dict[str, Any], act: Act,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(app.flask_app.config, "PROPAGATE_EXCEPTIONS", False)
    headers = token(team[who]) if who else {}
    told: dict[str, Any] = {}
    asked = [
        *asked_of_pages(app, draft["id"], draft["resource_id"]),
        *asked_of_actions(draft["id"], draft["resource_id"]),
    ]
    assert len(asked) > 400
    with app.flask_app.test_client(use_cookies=False) as client:
        for method, path, body in asked:
            answer = client.open(path, method=method, json=body, headers=headers)
            if SECRET in answer.text:
                told[f"{path} {json.dumps(body)}"] = answer.status_code
            model.Session.rollback()
    assert told == {}
    kept = act("ref", "scdl_submission_show", id=draft["id"])
    assert (kept["state"], kept["token"]) == ("submitted", draft["token"])
    assert [one["step"] for one in kept["history"]] == ["submit"]


def test_those_it_concerns_are_told(app: Any, team: dict[str, Any], draft: dict[str, Any]) -> None:
    """The word is really there to be found."""
    for who in ("ref", "val"):
        page = app.get(f"/queue/{draft['id']}", headers=token(team[who])).body
        assert all(f"{SECRET}-{what}" in page for what in ("cellule", "fichier", "note"))
