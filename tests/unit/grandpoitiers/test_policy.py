"""The text of the Content-Security-Policy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.policy.text import Policy, origins, read

TILES = "https://tiles.example/wmts?ROW={y}"
PORTAL = Policy("https://data.example", tiles=TILES, frames=("video.example",))


def directives(policy: str) -> dict[str, list[str]]:
    parts = [part.split() for part in policy.split("; ")]
    return {name: sources for name, *sources in parts}


def on(path: str, host: str = "data.example") -> dict[str, list[str]]:
    return directives(PORTAL.written(host, path))


def test_scripts_come_from_one_folder() -> None:
    """Not from an uploaded file, which has the portal's address too, nor from the page's text."""
    assert on("/")["script-src"] == [
        "data.example/webassets/",
        "https://data.example/webassets/",
    ]
    assert "script-src-attr" not in on("/")
    assert on("/")["default-src"] == ["'none'"]


def test_a_proxy_that_hides_the_host_does_not_hide_the_scripts() -> None:
    """The portal's address counts beside what was asked."""
    assert on("/", "127.0.0.1:5000")["script-src"] == [
        "127.0.0.1:5000/webassets/",
        "https://data.example/webassets/",
    ]


def test_a_portal_under_a_path_has_its_scripts_there() -> None:
    policy = Policy("https://town.example", root="/data").written("town.example", "/")
    assert "https://town.example/data/webassets/" in directives(policy)["script-src"]


@given(st.text(max_size=30))
def test_a_host_that_was_made_up_adds_nothing_to_the_policy(host: str) -> None:
    """It is what a request says."""
    assert set(on("/", host)) == set(on("/"))
    assert len(on("/", host)["script-src"]) <= 2


def test_only_the_base_map_and_allowed_frames_are_elsewhere() -> None:
    assert on("/")["img-src"] == ["'self'", "data:", "https://tiles.example"]
    assert on("/")["frame-src"] == ["'self'", "https://video.example"]
    assert directives(Policy("https://data.example").written("", "/"))["img-src"] == [
        "'self'",
        "data:",
    ]


@pytest.mark.parametrize("path", ["/", "/dataset/", "/pages/x", "/dataset/a", "/user/login"])
def test_no_page_of_visitors_runs_what_its_text_says(path: str) -> None:
    sources = {one for name, held in on(path).items() if "script" in name for one in held}
    assert not [one for one in sources if one.startswith("'")]


def test_what_ckans_templates_need_is_allowed_where_they_are() -> None:
    """And nowhere else; docs/administrator.md lists it."""
    assert on("/dataset/a/resource/b/view/c")["script-src-attr"][0] == "'unsafe-hashes'"
    for path in ("/dataset/a/resource/b", "/dataset/a/resource/new", "/user/admin/api-tokens"):
        assert "script-src-attr" not in on(path)
        assert "'unsafe-eval'" not in on(path)["script-src"]


def test_a_page_and_a_town_add_what_they_need() -> None:
    policy = Policy("", more=read("img-src https://a.example; FONT-SRC https://b.example; junk"))
    written = directives(policy.written("", "/", {"script-src": ["'nonce-x'", "'nonce-x'"]}, "*"))
    assert written["img-src"][-1] == "https://a.example"
    assert written["font-src"] == ["'self'", "https://b.example"]
    assert written["script-src"] == ["'nonce-x'"]
    assert written["frame-ancestors"] == ["*"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (TILES, ["https://tiles.example"]),
        ("https://{s}.tile.example/{z}.png", ["https://*.tile.example"]),
        ("https://{a-c}.tile.example:8443/{z}.png", ["https://*.tile.example:8443"]),
        ("/wms", []),
        ("javascript:alert(1)", []),
        ("https://a;script-src *", []),
        ("https://[::1", []),
    ],
)
def test_the_origin_of_an_address(address: str, expected: list[str]) -> None:
    assert origins([address]) == expected
