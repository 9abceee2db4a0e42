"""The parts of the bulk writer that know neither CKAN nor a database.

That they do what CKAN does is checked on a real one: tests/integration/grandpoitiers/test_bulk.py.
"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.bulk.form import Form, Known, Valid
from ckanext.grandpoitiers.catalogue.bulk.plain import (
    ABSENT,
    NotPlain,
    UnknownValidator,
    reader,
    shower,
)
from ckanext.grandpoitiers.catalogue.bulk.rows import Facts, Stored, changed, created

NOW = datetime(2025, 3, 14, tzinfo=UTC).replace(tzinfo=None)
LATER = NOW.replace(year=2026)
RESOURCE = "00000000-0000-4000-8000-00000000000"

SCHEMA: dict[str, Any] = {
    "dataset_type": "dataset",
    "dataset_fields": [
        {"field_name": "title", "required": True},
        {"field_name": "name", "validators": "not_empty unicode_safe name_validator"},
        {"field_name": "owner_org", "validators": "owner_org_validator unicode_safe"},
        {"field_name": "notes"},
        {"field_name": "kind", "validators": "ignore_empty scheming_choices", "choices": [
            {"value": "dataset"}, {"value": "service"}]},
        {"field_name": "codes", "validators": "ignore_missing scheming_multiple_text",
         "output_validators": "scheming_load_json"},
        {"field_name": "contact", "repeating_subfields": [
            {"field_name": "name"}, {"field_name": "email"}]},
    ],
    "resource_fields": [
        {"field_name": "url", "validators": "ignore_missing unicode_safe remove_whitespace"},
        {"field_name": "name"},
        {"field_name": "protocol"},
    ],
}  # fmt: skip
CORE = ("title", "name", "owner_org", "notes", "tags", "groups", "resources", "type")
FORM = Form(SCHEMA, Known(CORE, CORE))


def dataset(**values: Any) -> dict[str, Any]:
    base = {"type": "dataset", "title": "Titre", "name": "titre-1", "owner_org": "ville"}
    return base | values


def resource(rank: int, **values: Any) -> dict[str, Any]:
    return {"id": f"{RESOURCE}{rank}", "url": f"https://geo.example/{rank}", **values}


class TestValidators:
    @pytest.mark.parametrize(
        ("rule", "value", "result"),
        [
            ("ignore_missing unicode_safe", "été", "été"),
            ("ignore_missing unicode_safe", None, ABSENT),
            ("ignore_empty", "", ABSENT),
            ("remove_whitespace", " a ", "a"),
            ("ignore_missing scheming_multiple_text", ["é", ""], '["\\u00e9"]'),
            ("scheming_multiple_text", ABSENT, "[]"),
            ("dcat_date", "2024", "2024"),
            ("dcat_date", "2024-02-30", "2024-02-30"),  # ckanext-dcat does not look further
            ("dcat_date", "2022-09-01T14:18:19Z", "2022-09-01T14:18:19Z"),
            ("int_validator", 12, 12),
        ],
    )
    def test_a_plain_value_is_read(self, rule: str, value: Any, result: Any) -> None:
        """As the validator leaves it."""
        assert reader({"field_name": "f"}, rule, str)(value) == result

    @pytest.mark.parametrize(
        ("rule", "value"),
        [
            ("unicode_safe", 12),
            ("unicode_safe", "a\0b"),
            ("not_empty", ""),
            ("name_validator", "Pas Un Nom"),
            ("name_validator", "edit"),
            ("scheming_multiple_text", "seul"),
            ("dcat_date", "hier"),
            ("dcat_date", "2022-02-30T14:18:19"),
            ("int_validator", "12"),
            ("int_validator", True),
            ("package_version_validator", "v" * 101),
            ("tag_string_convert", "a,b"),
        ],
    )
    def test_another_is_left_to_ckan(self, rule: str, value: Any) -> None:
        """Even where CKAN would accept it: its validator has the last word."""
        with pytest.raises(NotPlain):
            reader({"field_name": "f"}, rule, str)(value)

    @pytest.mark.parametrize("rule", ["isodate", "default(1)", "scheming_choices"])
    def test_an_unknown_validator_refuses_the_schema(self, rule: str) -> None:
        """Choices that a helper gives are unknown too."""
        with pytest.raises(UnknownValidator):
            reader({"field_name": "f"}, rule, str)

    def test_an_unknown_output_validator_does_too(self) -> None:
        """What it would show is not known."""
        with pytest.raises(UnknownValidator):
            shower({"field_name": "f", "output_validators": "isodate"})


class TestForm:
    def test_a_dataset_is_told_apart_from_its_extras(self) -> None:
        """Columns, extras as texts, parts sorted by name as navl leaves them."""
        valid = FORM.check(
            dataset(
                kind="service",
                codes=["a"],
                contact=[{"name": "N", "email": "e"}],
                resources=[resource(1, name="R", protocol="WMS")],
                tags=[{"name": "eau"}, {"name": "eau"}],
                groups=[{"name": "nature"}],
            )
        )
        assert valid.columns == {"title": "Titre"}
        assert valid.texts == {
            "kind": "service",
            "codes": '["a"]',
            "contact": '[{"email": "e", "name": "N"}]',
        }
        assert (valid.tags, valid.groups) == (("eau",), ("nature",))
        (link,) = valid.resources
        assert link.columns == {"url": "https://geo.example/1", "name": "R"}
        assert link.extras == {"protocol": "WMS"}

    @pytest.mark.parametrize(
        "values",
        [
            {"unheard": "of"},
            {"type": "harvest"},
            {"title": ""},
            {"kind": "application"},
            {"contact": []},
            {"contact": [{}]},
            {"contact": [{"phone": "1"}]},
            {"contact": "A"},
            {"tags": [{"name": "a/b"}]},
            {"tags": [{"name": "x"}]},
            {"tags": [{"name": "eau", "vocabulary_id": "v"}]},
            {"resources": [{"url": "https://geo.example"}]},
            {"resources": [{"id": "1", "url": "https://geo.example"}]},
            {"resources": [{"id": f"{RESOURCE}1", "url": ""}]},
            {"resources": [{"id": f"{RESOURCE}1", "url": "u", "url_type": "upload"}]},
            {"id": "../../etc"},
        ],
    )
    def test_what_is_not_plain_is_left_to_ckan(self, values: dict[str, Any]) -> None:
        """Unknown keys, other types, values that a person must be told about."""
        with pytest.raises(NotPlain):
            FORM.check(dataset(**values))

    @pytest.mark.parametrize(
        "more",
        [
            {"before_validators": "unheard_of"},
            {"dataset_fields": [{"field_name": "a", "create_validators": "not_empty"}]},
            {"dataset_fields": [{"field_name": "a", "validators": "unheard_of"}]},
            {"dataset_fields": [{"field_name": "tags"}]},
        ],
    )
    def test_a_schema_with_unknown_rules_is_refused(self, more: dict[str, Any]) -> None:
        """The whole of it: a dataset that breaks them would be written otherwise."""
        with pytest.raises(UnknownValidator):
            Form(SCHEMA | more, Known(CORE, CORE))

    @settings(max_examples=50)
    @given(st.dictionaries(st.sampled_from(["title", "kind", "codes", "contact", "x"]), st.one_of(
        st.none(), st.text(), st.lists(st.text()), st.integers(),
        st.lists(st.dictionaries(st.sampled_from(["name", "email"]), st.text())))))  # fmt: skip
    def test_any_dataset_is_checked_or_left(self, values: dict[str, Any]) -> None:
        """And what passes can be stored: texts, without what PostgreSQL refuses."""
        try:
            valid = FORM.check(dataset(**values))
        except NotPlain:
            return
        assert all(isinstance(text, str) and "\0" not in text for text in valid.texts.values())
        json.dumps([valid.texts, valid.parts])

    def test_a_stored_dataset_is_shown_by_its_type(self) -> None:
        """Extras back at the top, JSON read, what is null in a field of the form left out."""
        shown = FORM.show(
            {
                "title": "Titre",
                "notes": None,
                "author": None,
                "resources": [{"url": "u", "name": None, "size": None}],
                "tags": [],
                "extras": [
                    {"key": "codes", "value": '["a"]'},
                    {"key": "contact", "value": '[{"name": "N", "email": null}]'},
                    {"key": "unheard", "value": "of"},
                ],
            }
        )
        assert shown == {
            "author": None,
            "codes": ["a"],
            "title": "Titre",
            "contact": [{"name": "N"}],
            "extras": [{"key": "unheard", "value": "of"}],
            "resources": [{"size": None, "url": "u"}],
            "tags": [],
        }


FACTS = Facts(
    groups={"nature": "g1", "ville": "g2"},
    organisations={"ville": "o1", "autre": "o2"},
    tags={"eau": "t1", "rue": "t2"},
)
FULL = dataset(
    notes="Texte",
    tags=[{"name": "eau"}],
    groups=[{"name": "nature"}],
    resources=[resource(1, name="Un"), resource(2)],
)


def valid(**values: Any) -> Valid:
    return FORM.check(FULL | {"id": RESOURCE + "9"} | values)


def stored() -> Stored:
    """What the tables have once `FULL` is written."""
    _, rows = created(valid(), FACTS, "user", NOW)
    names = {id: name for name, id in FACTS.tags.items()}
    tags = [
        {**row, "name": names[row["tag_id"]], "vocabulary_id": None}
        for row in rows.new["package_tag"]
    ]
    return Stored(rows.new["package"][0], rows.new["resource"], tags, rows.new["member"])


class TestRows:
    def test_a_new_dataset_has_its_rows(self) -> None:
        """A group that does not exist is passed over."""
        package_id, rows = created(
            valid(groups=[{"name": "nature"}, {"name": "absent"}]), FACTS, "user", NOW
        )
        assert package_id == RESOURCE + "9"
        assert {name: len(new) for name, new in rows.new.items()} == {
            "package": 1,
            "resource": 2,
            "package_tag": 1,
            "member": 2,
        }
        assert [row["position"] for row in rows.new["resource"]] == [0, 1]
        assert rows.new["package"][0]["owner_org"] == "o1"

    def test_an_unknown_organisation_is_left_to_ckan(self) -> None:
        """It has the words to refuse it."""
        with pytest.raises(NotPlain):
            created(valid(owner_org="absente"), FACTS, "user", NOW)

    def test_the_same_dataset_changes_nothing(self) -> None:
        """Not a row."""
        assert not changed(valid(), stored(), FACTS, LATER)

    def test_only_what_changed_is_written(self) -> None:
        """The dataset's date with it, the other resource's left."""
        rows = changed(
            valid(resources=[resource(1, name="1"), resource(2)]), stored(), FACTS, LATER
        )
        assert [row["metadata_modified"] for row in rows.changed["package"]] == [LATER]
        (link,) = rows.changed["resource"]
        assert (link["name"], link["position"], link["metadata_modified"]) == ("1", 0, LATER)
        assert not any(rows.new.values())

    def test_what_is_gone_is_marked_and_comes_back(self) -> None:
        """Keywords, themes and links keep their rows, as CKAN keeps them."""
        before = stored()
        rows = changed(valid(tags=[], groups=[], resources=[resource(2)]), before, FACTS, LATER)
        assert [row["state"] for row in rows.changed["package_tag"]] == ["deleted"]
        assert [row["state"] for row in rows.changed["member"]] == ["deleted"]
        states = {
            row["id"][-1]: (row["state"], row["position"]) for row in rows.changed["resource"]
        }
        assert states == {"1": ("deleted", 0), "2": ("active", 0)}

    def test_a_link_removed_before_is_left_to_ckan(self) -> None:
        """Which then takes it away for good, with all that hangs on it."""
        before = stored()
        gone = Stored(
            before.package,
            [before.resources[0], {**before.resources[1], "state": "deleted"}],
            before.tags,
            before.groups,
        )
        with pytest.raises(NotPlain):
            changed(valid(resources=[resource(1), resource(3)]), gone, FACTS, LATER)

    def test_another_owner_takes_over(self) -> None:
        """The former one's membership is marked deleted."""
        rows = changed(valid(owner_org="autre"), stored(), FACTS, LATER)
        assert [row["state"] for row in rows.changed["member"]] == ["deleted"]
        assert [row["group_id"] for row in rows.new["member"]] == ["o2"]
