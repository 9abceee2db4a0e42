"""What persons change in a harvested dataset is kept, by both ways of writing; links keep ids."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.bulk import support as supports
from ckanext.grandpoitiers.catalogue.harvest import Result
from ckanext.grandpoitiers.catalogue.kept import kept_in
from ckanext.grandpoitiers.catalogue.model import records
from tests.catalogues import Catalogue

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)


@pytest.fixture(params=["bulk", "actions"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of writing."""
    if request.param == "actions":
        monkeypatch.setattr(supports, "CHECKED_VERSIONS", ())
    return request.param


def harvest(source_id: str) -> Result:
    done = jobs.run_now(source_id)
    assert done.result is not None, done.message
    assert "failed" not in done.result.counts, done.result.interesting
    return done.result


def first(catalogue: Catalogue) -> dict[str, Any]:
    """The dataset of the first record."""
    guid = sorted(catalogue.records)[0]
    (id,) = model.Session.execute(
        sa.select(records.c.package_id).where(records.c.guid == guid)
    ).one()
    return helpers.call_action("package_show", id=id)


def rewritten(catalogue: Catalogue, tag: str, value: str) -> None:
    """Change a text of the first record."""
    guid = sorted(catalogue.records)[0]
    pattern = rf"(<gmd:{tag}>\s*<gco:CharacterString[^>]*>)[^<]*".encode()
    changed, times = re.subn(pattern, rb"\g<1>" + value.encode(), catalogue.records[guid], count=1)
    assert times == 1
    catalogue.records[guid] = changed


def test_nothing_is_kept_of_what_nobody_changed(
    way: str, source_id: str, catalogue: Catalogue
) -> None:
    """What validation makes of values is not taken for somebody's work."""
    harvest(source_id)
    for (id,) in model.Session.execute(sa.select(records.c.package_id)).all():
        kept, base, current = kept_in(id)
        assert (kept, base) == ([], current)
    rewritten(catalogue, "title", "Autre titre")
    result = harvest(source_id)
    assert result.counts == {"updated": 1, "unchanged": 7}
    assert not [r for line in result.interesting for r in line.remarks if "Kept" in r.sentence]
    assert first(catalogue)["title"] == "Autre titre"


def test_what_a_person_changed_is_kept_field_by_field(
    way: str, source_id: str, catalogue: Catalogue
) -> None:
    """And the report says it; the action takes the catalogue's value back."""
    harvest(source_id)
    before = first(catalogue)
    link = before["resources"][0]
    user = factories.Sysadmin()["name"]
    helpers.call_action(
        "package_patch",
        {"user": user},
        id=before["id"],
        title="Notre titre",
        frequency="",
        contact=[{"name": "Les jardiniers", "email": "jardins@example.org"}],
        tags=[{"name": "à nous"}],
        resources=[
            {**link, "description": "Notre texte"},
            *before["resources"][1:],
            {"name": "Notre fichier", "url": "https://example.org/a.csv", "format": "CSV"},
        ],
    )
    edited = first(catalogue)
    rewritten(catalogue, "title", "Leur titre")
    rewritten(catalogue, "abstract", "Leur description.")
    result = harvest(source_id)
    assert result.counts == {"updated": 1, "unchanged": 7}
    after = first(catalogue)
    assert after["title"] == "Notre titre"
    assert after["notes"] == "Leur description."
    assert "frequency" not in after or not after["frequency"]
    assert after["contact"][0]["name"] == "Les jardiniers"
    assert [tag["name"] for tag in after["tags"]] == ["à nous"]
    assert [r["id"] for r in after["resources"]] == [r["id"] for r in edited["resources"]]
    assert after["resources"][0]["description"] == "Notre texte"
    (line,) = [line for line in result.interesting if line.outcome == "updated"]
    told = {(r.field, r.params.get("link", "")) for r in line.remarks if "Kept here" in r.sentence}
    assert told == {
        ("contact", ""), ("frequency", ""), ("tags", ""), ("title", ""),
        ("resources", link["name"]), ("resources", "Notre fichier"),
    }  # fmt: skip

    for field in ("title", "tags", "resources"):
        helpers.call_action(
            "grandpoitiers_harvest_take_back",
            {"user": user, "ignore_auth": False},
            id=after["name"],
            field=field,
        )
    back = first(catalogue)
    assert back["title"] == "Leur titre"
    assert [t["name"] for t in back["tags"]] == [t["name"] for t in before["tags"]]
    assert back["resources"][0].get("description") == link.get("description")
    assert back["resources"][-1]["name"] == "Notre fichier"
    kept, base, here = kept_in(back["id"])
    silent = {"datastore_active", "mimetype"}
    there = {key: value for key, value in here["resources"][0].items() if key not in silent}
    assert base["resources"][0] == there
    assert [(one.field, one.link) for one in kept] == [
        ("contact", ""), ("frequency", ""), ("resources", "Notre fichier"),
    ]  # fmt: skip


def test_a_link_keeps_its_id_when_its_address_changes(
    way: str, source_id: str, catalogue: Catalogue
) -> None:
    """And when its server does: download addresses and copies elsewhere go on."""
    harvest(source_id)
    before = first(catalogue)
    guid = sorted(catalogue.records)[0]
    xml = catalogue.records[guid]
    for link in before["resources"]:
        moved = link["url"].replace("://", "://moved.")
        xml = xml.replace(link["url"].replace("&", "&amp;").encode(), moved.encode())
    catalogue.records[guid] = xml
    harvest(source_id)
    after = first(catalogue)
    assert [r["id"] for r in after["resources"]] == [r["id"] for r in before["resources"]]
    assert all("://moved." in r["url"] for r in after["resources"]), json.dumps(after["resources"])


def test_only_who_may_edit_takes_a_value_back(source_id: str, catalogue: Catalogue) -> None:
    """A visitor may not, and a field that is not kept has no other value."""
    import ckan.plugins.toolkit as tk

    harvest(source_id)
    id = first(catalogue)["id"]
    context = {"user": "", "ignore_auth": False}
    with pytest.raises(tk.NotAuthorized):
        helpers.call_action("grandpoitiers_harvest_take_back", context, id=id, field="title")
    context = {"user": factories.Sysadmin()["name"], "ignore_auth": False}
    with pytest.raises(tk.ValidationError):
        helpers.call_action("grandpoitiers_harvest_take_back", context, id=id, field="title")


def test_who_sees_a_harvested_dataset_is_said_here_and_stays_so(
    way: str, source_id: str, catalogue: Catalogue
) -> None:
    harvest(source_id)
    user = factories.Sysadmin()["name"]
    said = {"visibility": "restricted", "embargo": "2131-03-20T12:00"}
    owner = factories.Organization()["id"]
    before = helpers.call_action(
        "package_patch", {"user": user}, id=first(catalogue)["id"], shared_with=[owner], **said
    )
    rewritten(catalogue, "abstract", "Leur description.")
    assert harvest(source_id).counts["updated"] == 1
    after = first(catalogue)
    assert after["notes"] == "Leur description."
    for field in ("private", "audience", "shared_with", "embargo"):
        assert after[field] == before[field]
    assert after["private"] is True
