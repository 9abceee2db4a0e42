"""Pictures of other sites are links; ours stay."""

import nh3
import pytest

from ckanext.grandpoitiers.rendering.pictures import without_remote

SITE = "https://data.example"


@pytest.mark.parametrize(
    "address",
    [
        "https://tiers.example/a.png", "//tiers.example/a.png", "http://data.example/a.png",
        "https://data.example.tiers.example/a.png", "https://data.example@tiers.example/a",
        "/\\tiers.example/a.png", "\\\\tiers.example/a.png", "https:tiers.example/a", "http://[/a",
    ],
)  # fmt: skip
def test_a_picture_of_another_site_is_a_link(address: str) -> None:
    written = nh3.clean(f'<p><img src="{address}" alt="Un > &quot;plan&quot; <b>"></p>')
    shown = without_remote(written, SITE)
    assert "<img" not in shown or "src" not in shown
    assert "plan" in shown
    assert "<b>" not in nh3.clean(shown, tags={"a", "p"})


@pytest.mark.parametrize("address", ["/uploads/a.png", "https://data.example/a.png", "a.png"])
def test_ours_stay(address: str) -> None:
    written = nh3.clean(f'<p><img src="{address}" alt="Plan"></p>')
    assert without_remote(written, SITE) == written


def test_a_picture_without_words_is_called_by_its_address() -> None:
    shown = without_remote('<img src="https://tiers.example/a.png?b=1&amp;c=2">', SITE)
    address = "https://tiers.example/a.png?b=1&amp;c=2"
    assert shown == f'<a href="{address}" rel="noreferrer">{address}</a>'
