"""The layers of a dataset on its map, and the search by place, in a real browser."""

import json
import math
import re
import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pictures import picture

PATHS = "/dataset/?q=aménagements+cyclables"
LINES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {
                "type": "LineString",
                "coordinates": [
                    [
                        0.34 + i / 300 * math.cos(rank + math.sin(i) / 4),
                        46.58 + i / 450 * math.sin(rank + math.sin(i) / 4),
                    ]
                    for i in range(12)
                ],
            },
        }
        for rank in range(7)
    ],
}


def png(width: int, height: int) -> bytes:
    """A picture of oblique stripes, as a WMS would draw one."""
    row = [b"\0" + bytes(_stripe(x, y) for x in range(width)) for y in range(height)]

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(row))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _stripe(x: int, y: int) -> int:
    return 140 if (x + y) % 40 < 20 else 220


@pytest.fixture
def dataset(page: Page) -> Callable[[], Page]:
    """Opens the page of a dataset that has a WMS, a WFS and a GeoJSON file."""

    def open_it() -> Page:
        page.goto(PATHS)
        page.get_by_role("link", name="Aménagements cyclables", exact=True).click()
        expect(page.locator(".extent-map canvas").first).to_be_visible()
        return page

    return open_it


def show(page: Page, protocol: str) -> None:
    link = page.locator(".resource-item", has_text=protocol)
    link.get_by_role("button", name="Sur la carte").click()


class TestLayers:
    def test_the_features_of_a_wfs_are_drawn(self, page: Page, dataset: Callable[[], Page]):
        content = {"body": json.dumps(LINES), "content_type": "application/geo+json"}
        page.route("**/layer/*", lambda route: route.fulfill(**content))
        dataset()
        show(page, "WFS")
        expect(page.locator("[data-map-words]")).to_have_text(re.compile("est sur la carte"))
        page.locator(".extent-map").scroll_into_view_if_needed()
        page.wait_for_timeout(500)  # the map moves to the features
        picture(page, "dataset-layer")

    def test_the_page_of_a_resource_shows_its_layer_at_once(
        self, page: Page, dataset: Callable[[], Page]
    ):
        """Or says that the server does not answer."""
        content = {"body": json.dumps(LINES), "content_type": "application/geo+json"}
        page.route("**/layer/*", lambda route: route.fulfill(**content))
        dataset()
        page.locator(".resource-item", has_text="WFS").locator("a.heading").first.click()
        expect(page.locator("[data-map-words]")).to_have_text(re.compile("est sur la carte"))
        page.route("**/layer/*", lambda route: route.abort())
        page.reload()
        expect(page.locator(".map-wrong")).to_contain_text("ne répond pas")

    def test_a_wms_is_asked_for_its_layer_and_only_on_demand(
        self, page: Page, dataset: Callable[[], Page]
    ):
        asked: list[str] = []

        def draw(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(body=png(64, 64), content_type="image/png")

        page.route("https://geo.demo.example/**", draw)
        dataset()
        assert asked == []
        show(page, "WMS")
        expect(page.locator("[data-map-words]")).to_have_text(re.compile("est sur la carte"))
        assert "LAYERS=mobilites%3Aamenagements_cyclables" in asked[0]

    def test_a_server_that_is_down_is_told_in_a_sentence(
        self, page: Page, dataset: Callable[[], Page]
    ):
        page.route("https://geo.demo.example/**", lambda route: route.abort())
        dataset()
        show(page, "WMS")
        expect(page.locator(".map-wrong")).to_contain_text("ne répond pas")

    def test_what_the_portal_says_of_a_failure_is_shown(
        self, page: Page, dataset: Callable[[], Page]
    ):
        """The demonstration's services don't exist: the portal itself asks and tells."""
        dataset()
        show(page, "WFS")
        expect(page.locator(".map-wrong")).to_be_visible(timeout=20_000)

    def test_qgis_gets_an_address_and_a_layer(self, page: Page, dataset: Callable[[], Page]):
        dataset()
        fold = page.locator(".resource-item", has_text="WMS").locator(".resource-qgis")
        fold.locator("summary").click()
        expect(fold).to_contain_text("https://geo.demo.example/wms")


class TestPlace:
    def test_a_box_is_drawn_on_the_map(self, page: Page):
        page.goto("/dataset/")
        page.get_by_text("Rechercher par lieu").click()
        page.get_by_role("button", name="Dessiner un cadre").click()
        area = page.locator(".area-map canvas").first.bounding_box()
        assert area is not None
        page.mouse.move(area["x"] + 60, area["y"] + 60)
        page.mouse.down()
        page.mouse.move(area["x"] + 150, area["y"] + 160, steps=5)
        page.mouse.up()
        page.wait_for_url(re.compile("ext_west=-?[0-9.]+"))
        expect(page.locator(".filter-list")).to_contain_text("cadre sur la carte")
        expect(page.locator("#area-west")).not_to_have_value("")
        picture(page, "search-place")

    def test_a_commune_is_chosen_without_a_map(self, page: Page):
        page.goto("/dataset/")
        page.get_by_text("Rechercher par lieu").click()
        page.get_by_label("Commune").select_option(label="Poitiers")
        page.get_by_role("button", name="Rechercher dans cette commune").click()
        page.wait_for_url(re.compile("vocab_territory=86194"))

    def test_the_coordinates_are_typed(self, page: Page):
        page.goto("/dataset/")
        page.get_by_text("Rechercher par lieu").click()
        box = {"Ouest": "0,2", "Sud": "46,4", "Est": "0,6", "Nord": "46,7"}
        for side, value in box.items():
            page.get_by_label(side, exact=True).fill(value)
        page.get_by_role("button", name="Chercher dans ce cadre").click()
        expect(page.locator(".filter-list")).to_contain_text("cadre sur la carte")
