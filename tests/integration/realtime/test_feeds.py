"""Feeds declared by a file and on screen: the same model, each tried before it is saved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ckan.tests import factories, helpers

from ckanext.realtime import declared, registry
from ckanext.realtime.known import KnownFeed
from portal_kit.configuration import FOLDER_VARIABLE
from tests.misbehaving import Reply, serving

ENTRY = {
    "name": "essai-du-fichier",
    "title": "Essai",
    "kind": "parking-json",
    "address": "http://127.0.0.1:9/p.json",
}
PARKINGS = json.dumps(
    [{"id": "1", "nom": "Carnot", "capacite": 10, "libres": 12, "maj": "2026-01-05T10:00:00Z"}]
).encode()


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes the town's feeds.yaml."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))

    def written(*entries: dict[str, Any]) -> None:
        text = yaml.safe_dump({"feeds": list(entries)})
        (tmp_path / "feeds.yaml").write_text(text, encoding="utf-8")

    return written


def outcomes() -> list[str]:
    return [one.outcome for one in declared.load("feeds.yaml")]


def test_a_file_read_twice_changes_nothing_and_screens_have_the_last_word(
    in_request: Any, write: Callable[..., None]
) -> None:
    organisation = factories.Organization()["name"]
    dataset = {"name": "essai-du-fichier", "title": "Essai", "organisation": organisation}
    entry = {**ENTRY, "dataset": {**dataset, "old_identifier": "ancien-nom/gtfs.zip"}}
    write(entry)
    assert [outcomes(), outcomes()] == [["created"], ["unchanged"]]
    user = helpers.call_action("get_site_user")["name"]
    context = {"user": user, "ignore_auth": True}
    helpers.call_action("realtime_feed_update", context, id=ENTRY["name"], interval=33)
    assert outcomes() == ["unchanged"]
    known = registry.find(ENTRY["name"])
    assert known
    assert known.feed.interval == 33
    shown = helpers.call_action("resource_show", id=known.resource_id)
    assert shown["old_identifier"] == "ancien-nom/gtfs.zip"
    write({**entry, "interval": 44})
    assert outcomes() == ["updated"]
    after = registry.find(ENTRY["name"])
    assert after
    assert (after.feed.interval, after.resource_id) == (44, known.resource_id)


def test_a_feed_declared_on_screen_is_not_touched(
    make_feed: Callable[..., KnownFeed], write: Callable[..., None]
) -> None:
    known = make_feed(kind="parking-json", interval=77)
    write({**ENTRY, "name": known.feed.name, "dataset": known.feed.dataset["name"]})
    assert outcomes() == ["kept"]


def test_a_wrong_entry_is_refused_before_anything_is_written(
    in_request: Any, write: Callable[..., None]
) -> None:
    write({**ENTRY, "name": "bon", "dataset": "x1"}, {**ENTRY, "name": "MAL"})
    with pytest.raises(declared.BadFeeds, match="MAL"):
        declared.load("feeds.yaml")
    assert registry.find("bon") is None


def test_the_form_shows_the_first_rows_and_never_a_secret(
    app: Any, in_request: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REALTIME_SECRET_TEST", "s3cret-value")
    sysadmin = factories.SysadminWithToken()
    headers = {"Authorization": sysadmin["token"]}
    dataset = factories.Dataset(owner_org=factories.Organization()["id"])
    seen: list[str] = []

    def answer(request: Any) -> Reply:
        seen.append(request.headers.get("X-Key", ""))
        return Reply(body=PARKINGS)

    with (
        serving(answer) as server,
        helpers.changed_config("ckanext.grandpoitiers.outbound.allowed_networks", "127.0.0.0/8"),
    ):
        form = {
            "name": "essai-du-formulaire",
            "title": "Essai",
            "kind": "parking-json",
            "address": server.url,
            "dataset-name": dataset["name"],
            "credentials-0-variable": "REALTIME_SECRET_TEST",
            "credentials-0-header": "X-Key",
            "do": "test",
            "active": "on",
        }
        tried = app.post("/ckan-admin/feeds/new", data=form, headers=headers).body
        assert seen == ["s3cret-value"]
        assert "Carnot" in tried
        assert "12 places libres pour une capacité de 10" in tried
        assert "s3cret" not in tried
        assert registry.find(form["name"]) is None
        app.post("/ckan-admin/feeds/new", data={**form, "do": "save"}, headers=headers)
    assert registry.find(form["name"])
    listed = app.get("/ckan-admin/feeds/", headers=headers).body
    assert form["name"] in listed
    wrong = app.post(
        f"/ckan-admin/feeds/{form['name']}", data={**form, "interval": "0", "do": "save"},
        headers=headers,
    ).body  # fmt: skip
    assert "entre 5 et" in wrong


def test_visitors_see_neither_the_list_nor_the_form(app: Any) -> None:
    for address in ("/ckan-admin/feeds/", "/ckan-admin/feeds/new"):
        app.get(address, status=403)
