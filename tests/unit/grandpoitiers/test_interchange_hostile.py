"""Nothing that a dataset may hold breaks the document it is in, nor the dataset beside it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.interchange import values
from ckanext.grandpoitiers.interchange.dataset import to_rdf
from ckanext.grandpoitiers.interchange.documents import FORMATS, TURTLE
from ckanext.grandpoitiers.interchange.portal import Profile
from ckanext.grandpoitiers.interchange.problems import Kind
from tests.exports import SITE, dataset, document, parsed, portal, resource

HOSTILE = "\x00\x01</script>\ud800\r\n]]>\u202e\ufffe javascript:alert(1) \" ' \\ {x} %zz"
FIELDS = """
title alternate_title name notes license_id use_constraints access_rights frequency issued
modified temporal_coverage topic_category inspire_theme theme hvd_category territory
spatial_coverage spatial spatial_resolution spatial_resolution_in_meters reference_system language
contact publisher creator provenance conforms_to documentation url thumbnail version identifier
alternate_identifier iso_type parent_identifier operates_on harvest_guid tags groups
metadata_created metadata_modified resources owner_org type uri schema version_notes source
applicable_legislation temporal_resolution related_resource
"""
LINK_FIELDS = """
url name description format mimetype protocol layer_name function size hash hash_algorithm license
availability access_services schema conforms_to language documentation status rights download_url
access_url created last_modified metadata_modified issued url_type datastore_active
compress_format spatial_resolution_in_meters
"""
PARTS = """
name email url start end geom bbox uri text title endpoint_url conforms_to role identifier version
"""
NESTED: dict[str, Any] = {**dict.fromkeys(PARTS.split(), HOSTILE), "endpoint_url": [HOSTILE]}
HOSTILITIES: dict[str, Any] = {
    "text": HOSTILE,
    "texts": [HOSTILE],
    "item": NESTED,
    "items": [NESTED],
    "lists": [[HOSTILE]],
    "objects": {"a": {"b": HOSTILE}},
    "infinity": 1e999,
    "not a number": float("nan"),
    "negative": -1,
    "true": True,
    "long": "a" * 20_000,
    "address": "https://a b/" + HOSTILE,
    "open bracket": "http://[",
    "impossible date": "2023-02-30",
    "empty": [None, "", {}, []],
    "numbers": [1, 2.5, False],
    "as many digits as JSON may have": 10**4000,
    "out of this world": {"type": "Point", "coordinates": [10**400, 10**4000]},
    "too high": {"type": "LineString", "coordinates": [[0, 0, -(10**400)], [0, 0]]},
}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("bad", HOSTILITIES.values(), ids=HOSTILITIES)
def test_with_every_field_hostile_the_document_is_valid(bad: Any, profile: Profile) -> None:
    """The bad value is dropped and reported; the dataset beside it is whole."""
    links = [{**dict.fromkeys(LINK_FIELDS.split(), bad), "id": "a-1"}, bad]
    fields = {**dict.fromkeys(FIELDS.split(), bad), "title": "Hostile", "resources": links}
    good = dataset(tags=[{"name": "sain"}])
    for syntax in FORMATS:
        written = document([{**fields, "id": "4444"}, good], profile, syntax)
        said = {str(triple) for triple in parsed(written, syntax.rdf)}
        keyword = f'<{SITE}/dataset/{good["id"]}> <http://www.w3.org/ns/dcat#keyword> "sain"'
        assert keyword in said
    fragment = to_rdf({**fields, "id": "4444"}, portal(), profile)
    assert fragment is not None
    assert len(fragment.problems) > 3
    assert all(problem.message() for problem in fragment.problems)
    stored = [problem.stored for problem in fragment.problems]
    assert json.dumps(stored, ensure_ascii=False).encode()


def test_a_description_of_a_megabyte_is_cut_and_said() -> None:
    fields = dataset(notes="é" * 1_000_000)
    fragment = to_rdf(fields, portal())
    assert fragment is not None
    assert [problem.kind for problem in fragment.problems] == [Kind.TOO_LONG]
    assert len(document([fields])) < 3 * values.TEXT_LIMIT


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from([10**400, -(10**4000)])
    | st.text(st.characters(codec=None), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from([*NESTED, "type", "coordinates"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(FIELDS.split()), JSON, max_size=6),
    st.dictionaries(st.sampled_from(LINK_FIELDS.split()), JSON, max_size=4),
)
@settings(max_examples=80)
def test_no_json_whatever_makes_it_fail(fields: dict[str, Any], link: dict[str, Any]) -> None:
    whole = {**dataset(resources=[{**resource(), **link}]), **fields}
    if to_rdf(whole, portal()) is not None:
        parsed(document([whole]), TURTLE.rdf)
