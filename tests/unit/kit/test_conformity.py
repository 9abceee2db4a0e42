"""The schemas that a `conforms_to` names, in every form that it comes in."""

import json
from typing import Any

import pytest

from portal_kit.conformity import schema_at, schemas_of

SITE = "https://schema.data.gouv.fr/"
NAME = "scdl/subventions"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        (f"{SITE}{NAME}", NAME),
        (f"{SITE}{NAME}/", NAME),
        (f"{SITE}schemas/{NAME}/2.1.1/schema.json", f"{NAME}@2.1.1"),
        (f"{SITE}schemas/{NAME}/v2.1.1", f"{NAME}@v2.1.1"),
        (f"{SITE}{NAME}/latest.html", NAME),
    ],
)
def test_an_address_names_a_schema_and_perhaps_its_version(address: str, wanted: str) -> None:
    found = schema_at(address)
    assert found is not None
    assert found.wanted == wanted


@pytest.mark.parametrize("address", ["", None, 3, {}, SITE, f"{SITE}one", "https://a.example/b/c"])
def test_another_address_names_none(address: object) -> None:
    assert schema_at(address) is None
    assert list(schemas_of(address)) == []


def test_a_list_its_json_and_one_address_say_the_same() -> None:
    said: list[Any] = ["https://a.example/norm", f"{SITE}{NAME}/2.1.1/", None]
    for form in (said, json.dumps(said), said[1]):
        assert [one.wanted for one in schemas_of(form)] == [f"{NAME}@2.1.1"]
    assert list(schemas_of("[not json")) == []
