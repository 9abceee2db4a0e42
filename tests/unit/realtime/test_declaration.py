"""What people write about a feed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.realtime import declaration
from ckanext.realtime.feed import BadFeed, Credential, Feed

LEAST = {
    "name": "bus",
    "title": "Bus",
    "kind": "gtfs-rt-vehicle-positions",
    "dataset": "mobilite-bus",
}


def read(**more: Any) -> Feed:
    return declaration.read({**LEAST, **more})


def faults(**more: Any) -> set[str]:
    with pytest.raises(BadFeed) as caught:
        read(**more)
    return {fault.field for fault in caught.value.faults}


def test_four_words_make_a_feed() -> None:
    feed = read()
    assert (feed.interval, feed.address, feed.dataset) == (60, "", {"name": "mobilite-bus"})


def test_a_declaration_read_and_written_is_the_same_feed() -> None:
    feed = read(
        address="https://exemple.fr/positions?size=100",
        interval="30",
        credentials=[{"variable": "REALTIME_SECRET_BUS", "header": "Authorization"}],
        places={"resource": "parkings", "id": "code"},
        silence=["01:00-05:00", {"days": ["sunday", "holiday"]}, {"days": "monday"}],
        time={"reading": "local", "shift": -360},
        warn=["data@exemple.fr"],
        history_days=7,
    )
    assert declaration.read(declaration.write(feed)) == feed
    assert feed.credentials == (Credential("REALTIME_SECRET_BUS", "Authorization"),)
    assert feed.time.shift == -360


def test_every_fault_is_found_at_once() -> None:
    assert faults(
        name="Bus!",
        kind="telepathy",
        dataset="",
        address="ftp://exemple.fr",
        interval=1,
        silence=["demain"],
        warn=["nobody"],
        colour="red",
    ) == {"name", "kind", "dataset", "address", "interval", "silence", "warn", "colour"}


@pytest.mark.parametrize(
    "address", ["https://user:secret@exemple.fr/", "file:///etc/passwd", "http://", "http://[", "x"]
)
def test_an_address_is_of_the_web_and_holds_no_password(address: str) -> None:
    assert faults(address=address) == {"address"}


@pytest.mark.parametrize(
    "credential",
    [
        {"variable": "CKAN_SQLALCHEMY_URL", "header": "X-Key"},
        {"variable": "REALTIME_SECRET_BUS"},
        {"variable": "REALTIME_SECRET_BUS", "header": "X-Key", "parameter": "key"},
        {"variable": "REALTIME_SECRET_BUS", "header": "X-Key: a\r\nHost"},
        "REALTIME_SECRET_BUS",
    ],
)
def test_a_secret_is_named_by_a_variable_of_its_own(credential: Any) -> None:
    """The portal's own secrets are in the environment too."""
    assert faults(credentials=[credential]) == {"credentials"}


@given(
    st.dictionaries(
        st.sampled_from(sorted(declaration.FIELDS)),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=20)
        | st.lists(st.text(max_size=9) | st.dictionaries(st.text(max_size=9), st.text(max_size=9)))
        | st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.lists(st.integers())),
    )
)
@settings(max_examples=60)
def test_whatever_is_written_gives_a_feed_or_its_faults(declared: dict[str, Any]) -> None:
    try:
        feed = declaration.read({**LEAST, **declared})
    except BadFeed:
        return
    assert declaration.read(declaration.write(feed)) == feed
