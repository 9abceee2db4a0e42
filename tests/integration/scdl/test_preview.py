"""The preview of a deposit: the public's own pages with what will be published, for validators."""

from typing import Any

import pytest

from ckanext.scdl.publishing import datastore
from ckanext.scdl.queue import previewing
from ckanext.scdl.queue.freezing import table_of
from tests.integration.scdl.conftest import FIRST, SECOND, call, uploaded
from tests.integration.scdl.team import Act, rows, token

PAGES = ("", "/fichier", "/telecharger", "/explore")


def paths(one: dict[str, Any]) -> list[str]:
    return [f"/queue/{one['id']}/apercu{end}" for end in PAGES]


def test_the_pages_are_those_that_visitors_will_read(
    act: Act, hand_over: Act, resource: dict[str, Any], team: dict[str, Any], app: Any
) -> None:
    one = hand_over()
    headers = token(team["val"])
    seen = {path: app.get(path, headers=headers, status=200) for path in paths(one)}
    dataset, file, content, explored = (seen[path] for path in paths(one))
    assert content.body == SECOND
    for word in ("Nord", "31"):
        assert word in file.body
        assert word in explored.body
    assert "3 lignes" in file.body
    assert f'href="/queue/{one["id"]}/apercu/fichier"' in dataset.body
    assert f'action="/queue/{one["id"]}/apercu/explore"' in explored.body
    for page in (dataset, file, explored):
        assert page.headers["Cache-Control"].startswith("no-store")
        assert "Aperçu" in page.body
    # Somebody who is not signed in is offered to sign in, and nothing to edit.
    assert team["val"]["name"] not in dataset.body
    assert "/dataset/edit/" not in dataset.body
    found = app.get(f"{paths(one)[3]}?places__greater=30", headers=headers, status=200).body
    assert "1 ligne" in found
    empty = app.get(f"{paths(one)[3]}?q=&places__greater=30", headers=headers)
    assert "1 ligne" in empty.body
    assert rows(resource["id"]) == [10, 20]
    act("val", "scdl_submission_publish", id=one["id"])
    name = call("package_show", id=resource["package_id"])["name"]
    public = app.get(f"/dataset/{name}/resource/{resource['id']}").body
    assert "3 lignes" in public
    assert not datastore.exists(table_of(one["id"]))
    app.get(paths(one)[0], headers=headers, status=404)


def test_a_preview_is_for_those_who_validate_and_leaks_nowhere(
    act: Act, hand_over: Act, team: dict[str, Any], app: Any
) -> None:
    import ckan.plugins.toolkit as tk

    one = hand_over()
    for path in paths(one):
        app.get(path, headers=token(team["val"]), status=200)
        for who in ("ref", "ref2", "member", "other"):
            app.get(path, headers=token(team[who]), status=404)
        assert app.get(path).status_code == 404
    for who in ("ref", "ref2", "member", "other"):
        with pytest.raises(tk.NotAuthorized):
            act(who, "scdl_submission_preview", id=one["id"])
    table = table_of(one["id"])
    for path in (
        f"/api/3/action/datastore_search?resource_id={table}",
        f"/api/3/action/datastore_info?id={table}",
        f"/api/3/action/datastore_search?resource_id=_table_metadata&q={table}",
        f"/datastore/dump/{table}",
    ):
        answer = app.get(path, headers=token(team["ref"]))
        assert answer.status_code >= 400 or not answer.json["result"]["records"], path
        assert "Est" not in answer.body


def test_a_new_dataset_has_its_page_before_it_exists(
    act: Act, team: dict[str, Any], app: Any
) -> None:
    made = act(
        "ref",
        "scdl_deposit_create",
        upload=uploaded(FIRST.encode(), "parcs.csv"),
        owner_org=team["organisation"]["id"],
    )
    act("ref", "scdl_deposit_submit", id=made["id"], title="Parcs et jardins", notes="Tous.")
    before = call("package_search", include_private=True)["count"]
    for path in paths(made):
        app.get(path, headers=token(team["val"]), status=200)
    page = app.get(paths(made)[0], headers=token(team["val"])).body
    assert "Parcs et jardins" in page
    assert "Tous." in page
    assert call("package_search", include_private=True)["count"] == before


def test_a_deposit_that_was_mended_is_previewed_anew(act: Act, hand_over: Act) -> None:
    one = hand_over()
    act("val", "scdl_submission_preview", id=one["id"])
    act("val", "scdl_submission_return", id=one["id"], comment="il manque l’Ouest")
    act("ref", "scdl_deposit_submit", id=one["id"])
    assert not datastore.exists(table_of(one["id"]))
    table = act("val", "scdl_submission_preview", id=one["id"])["table"]
    assert previewing.sweep() == []
    act("ref", "scdl_submission_withdraw", id=one["id"])
    assert not datastore.exists(table)
