"""The places that a map names when it has no base map."""

import pytest
import yaml

from ckanext.grandpoitiers.errors import LandmarkError
from ckanext.grandpoitiers.maps.landmarks import Landmark, read_landmarks
from portal_kit.configuration import shipped_folder


def test_the_shipped_places_are_in_the_vienne() -> None:
    """A slip of the keyboard would put one at sea."""
    text = (shipped_folder() / "landmarks.yaml").read_text("utf-8")
    places = read_landmarks(yaml.safe_load(text))
    assert "Poitiers" in [place.name for place in places]
    assert all(-0.3 < place.longitude < 1.3 for place in places)
    assert all(46.0 < place.latitude < 47.2 for place in places)


def test_a_place_has_a_name_and_a_position() -> None:
    """Numbers may be written as texts."""
    document = {"landmarks": [{"name": "Poitiers", "longitude": "0.34", "latitude": 46.58}]}
    assert read_landmarks(document) == (Landmark("Poitiers", 0.34, 46.58),)


def test_no_place_at_all_is_allowed() -> None:
    """A town may prefer an empty map."""
    assert read_landmarks({"landmarks": []}) == ()


@pytest.mark.parametrize(
    "entry",
    [
        "Poitiers",
        {"name": "Poitiers"},
        {"name": "Poitiers", "longitude": "x", "latitude": 46},
        {"name": "Poitiers", "longitude": 46.58, "latitude": 340},
        {"name": "Poitiers", "longitude": float("nan"), "latitude": 46},
    ],
)
def test_a_place_that_is_nowhere_is_refused(entry: object) -> None:
    """One clear sentence names the file."""
    with pytest.raises(LandmarkError, match=r"landmarks\.yaml"):
        read_landmarks({"landmarks": [entry]})
