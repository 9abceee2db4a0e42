"""What persons changed in a harvested dataset is kept; all the rest follows the record."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.keeping import (
    How,
    Kept,
    kept_now,
    merge,
    version,
    written,
)

FIELDS = {"title", "notes", "tags", "contact", "frequency"}
LINK: dict[str, Any] = {"id": "1", "name": "Trees", "url": "https://a.example", "format": "CSV"}
BASE: dict[str, Any] = {
    "title": "Trees",
    "notes": "Along the streets.",
    "tags": ["tree"],
    "contact": [{"name": "Parks"}],
    "resources": [LINK],
}


def given_to_action(**changes: Any) -> dict[str, Any]:
    """What the record says now, as an action is given it."""
    names = [{"name": name} for name in changes.pop("tags", BASE["tags"])]
    return {**BASE, **changes, "tags": names}


def test_what_nobody_changed_follows_the_record() -> None:
    """Field by field."""
    wanted = given_to_action(title="Old trees", tags=["oak"], resources=[{**LINK, "name": "T"}])
    found = merge(BASE, BASE, wanted, FIELDS)
    assert (found.data, found.kept) == (wanted, ())


def test_a_changed_field_is_kept_and_the_others_follow() -> None:
    """The record's value waits beside it."""
    here = {**BASE, "title": "Our trees", "tags": ["tree", "park"]}
    found = merge(BASE, here, given_to_action(title="Old trees", notes="New."), FIELDS)
    assert found.data["title"] == "Our trees"
    assert found.data["tags"] == [{"name": "tree"}, {"name": "park"}]
    assert found.data["notes"] == "New."
    assert found.kept == (Kept("tags"), Kept("title"))
    base = written(version(found.data), found)
    assert base["title"] == "Old trees"
    assert kept_now(base, version(found.data), FIELDS) == [Kept("tags"), Kept("title")]


def test_an_emptied_field_stays_empty() -> None:
    """And one that was empty keeps what somebody filled in."""
    here = {name: value for name, value in BASE.items() if name != "contact"} | {"frequency": "D"}
    found = merge(BASE, here, given_to_action(), FIELDS)
    assert "contact" not in found.data
    assert found.data["frequency"] == "D"
    assert found.kept == (Kept("contact"), Kept("frequency"))


def test_when_the_record_says_the_same_nothing_is_kept() -> None:
    """The correction was made in the geocatalogue too."""
    here = {**BASE, "title": "Our trees"}
    found = merge(BASE, here, given_to_action(title="Our trees"), FIELDS)
    assert found.kept == ()
    assert kept_now(written(version(found.data), found), here, FIELDS) == []


def test_the_identifier_is_not_a_persons_to_change() -> None:
    """Others know the dataset by it."""
    here = {**BASE, "identifier": "mine"}
    found = merge(BASE, here, given_to_action(identifier="fr-1"), {*FIELDS, "identifier"})
    assert found.data["identifier"] == "fr-1"


def test_what_a_form_makes_of_a_value_is_no_change() -> None:
    """Lines that end otherwise, empty parts, what its scripts need."""
    base = {**BASE, "notes": "One\nTwo"}
    form = {"name": "Parks", "email": "", "__extras": {"INDEX0-name": ""}}
    here = version(
        {**given_to_action(notes="One\r\nTwo ", contact=[form, {"__extras": {"INDEX0-url": ""}}])}
    )
    assert kept_now(version({**base, "tags": [{"name": "tree"}]}), here, FIELDS) == []


class TestLinks:
    def test_a_changed_description_stays_and_the_address_follows(self) -> None:
        """Within one link too, field by field."""
        here = {**BASE, "resources": [{**LINK, "description": "By our gardeners"}]}
        moved = {**LINK, "url": "https://b.example"}
        found = merge(BASE, here, given_to_action(resources=[moved]), FIELDS)
        assert found.data["resources"] == [{**moved, "description": "By our gardeners"}]
        assert found.kept == (Kept("resources", How.CHANGED, "Trees"),)
        base = written(version(found.data), found)
        assert base["resources"] == [moved]

    def test_a_link_of_ours_stays(self) -> None:
        """With the fields that only programs know."""
        own = {"id": "9", "name": "Ours", "url": "a.csv", "url_type": "upload"}
        here = {**BASE, "resources": [LINK, own]}
        found = merge(BASE, here, given_to_action(), FIELDS)
        assert found.data["resources"] == [LINK, own]
        assert found.kept == (Kept("resources", How.ADDED, "Ours"),)
        assert written(version(found.data), found)["resources"] == [LINK]

    def test_a_removed_link_does_not_come_back(self) -> None:
        """Before somebody takes it back."""
        here = {**BASE, "resources": []}
        found = merge(BASE, here, given_to_action(), FIELDS)
        assert found.data["resources"] == []
        assert found.kept == (Kept("resources", How.REMOVED, "Trees"),)
        assert written(version(found.data), found)["resources"] == [LINK]

    def test_what_programs_add_is_kept_silently(self) -> None:
        """And goes on being kept."""
        here = {**BASE, "resources": [{**LINK, "datastore_active": True}]}
        found = merge(BASE, here, given_to_action(), FIELDS)
        assert found.data["resources"][0]["datastore_active"] is True
        assert found.kept == ()
        assert "datastore_active" not in written(version(found.data), found)["resources"][0]

    def test_an_order_that_somebody_chose_stays(self) -> None:
        """New links come last."""
        two, three = ({**LINK, "id": n, "name": n} for n in "23")
        base = {**BASE, "resources": [LINK, two]}
        here = {**BASE, "resources": [two, LINK]}
        found = merge(base, here, given_to_action(resources=[LINK, two, three]), FIELDS)
        assert [one["id"] for one in found.data["resources"]] == ["2", "1", "3"]


texts = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from("abc") for name in ("title", "notes", "frequency")}
)


@given(texts, texts, texts, texts)
@pytest.mark.parametrize("times", [2])
def test_no_harvest_undoes_what_a_person_did(
    times: int, base: Any, here: Any, first: Any, second: Any
) -> None:
    """Whatever the record becomes: what was changed stays until the record says the same."""
    current, known = here, base
    for wanted in (first, second)[:times]:
        found = merge(known, current, {**wanted, "resources": []}, FIELDS)
        after = version(found.data)
        for name in FIELDS:
            changed = known.get(name) != current.get(name)
            assert after.get(name) == (current if changed else wanted).get(name)
        known, current = written(after, found), after
