"""The features of a link for the map of its page, and the search by place."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from ckan.tests import factories, helpers

from tests.misbehaving import Reply, Request, serving

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")

POINT = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [0, 46]}}
GEOJSON = json.dumps({"type": "FeatureCollection", "features": [POINT]}).encode()
GML = (
    b'<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs"'
    b' xmlns:gml="http://www.opengis.net/gml"><gml:featureMember/></wfs:FeatureCollection>'
)


def dataset(url: str, private: bool = False, **link: str) -> dict[str, Any]:
    organisation = factories.Organization()
    return factories.Dataset(
        owner_org=organisation["id"],
        private=private,
        resources=[{"url": url, "name": "Pistes", "format": "WFS", **link}],
    )


@pytest.mark.usefixtures("open_loopback")
class TestLayer:
    def answer(self, app: Any, reply: Callable[[Request], Reply], **link: str) -> Any:
        with serving(reply) as server:
            made = dataset(server.url + "/wfs", **{"protocol": "WFS", "layer_name": "a:b", **link})
            return app.get(f"/layer/{made['resources'][0]['id']}", status=None)

    def test_geojson_is_given_as_it_came(self, app: Any) -> None:
        """As somebody else's document, which no browser takes for a page of ours."""
        got = self.answer(app, lambda request: Reply(body=GEOJSON))
        assert (got.status_code, json.loads(got.body)) == (200, json.loads(GEOJSON))
        assert got.headers["Content-Type"] == "application/geo+json"
        assert "sandbox" in got.headers["Content-Security-Policy"]

    def test_a_server_without_geojson_is_asked_for_gml(self, app: Any) -> None:
        def reply(request: Request) -> Reply:
            json_asked = b"json" in request.path.encode()
            return Reply(body=b"<ServiceExceptionReport/>" if json_asked else GML)

        got = self.answer(app, reply)
        assert (got.status_code, got.headers["Content-Type"]) == (200, "application/gml+xml")

    @pytest.mark.parametrize(
        "body", [b"<html>Bonjour</html>", b"{", b"[]", b'{"a": 1}', b"<!DOCTYPE a><featureMember/>"]
    )
    def test_anything_else_is_a_sentence(self, app: Any, body: bytes) -> None:
        got = self.answer(app, lambda request: Reply(body=body))
        assert got.status_code == 502
        assert "autre chose" in json.loads(got.body)["message"]

    def test_a_server_that_is_down_is_a_sentence(self, app: Any) -> None:
        made = dataset("http://127.0.0.1:1/wfs", protocol="WFS", layer_name="a")
        got = app.get(f"/layer/{made['resources'][0]['id']}", status=502)
        assert "127.0.0.1" in json.loads(got.body)["message"]

    def test_only_what_the_visitor_may_see_is_fetched(self, app: Any) -> None:
        made = dataset("http://127.0.0.1:1/wfs", True, protocol="WFS", layer_name="a")
        for resource_id in (made["resources"][0]["id"], "inconnu"):
            assert app.get(f"/layer/{resource_id}", status=404).status_code == 404


def test_a_private_network_is_not_asked(app: Any) -> None:
    """A link of the catalogue may not make the portal look into the town's own network."""
    made = dataset("http://127.0.0.1:1/wfs", protocol="WFS", layer_name="a")
    got = app.get(f"/layer/{made['resources'][0]['id']}", status=502)
    assert "réseau privé" in json.loads(got.body)["message"]


class TestDatasetPage:
    def test_a_service_has_its_map_and_its_way_into_qgis(self, app: Any) -> None:
        made = dataset("https://g.example/wms?request=GetMap", protocol="WMS", layer_name="a:b")
        page = BeautifulSoup(app.get(f"/dataset/{made['name']}").body, "html.parser")
        layer = json.loads(page.select_one("button[data-layer]")["data-layer"])
        assert (layer["kind"], layer["url"]) == ("image", "https://g.example/wms")
        assert page.select_one("[data-module=portal-layers]") is not None
        codes = [code.get_text() for code in page.select(".resource-qgis code")]
        assert codes == ["https://g.example/wms", "a:b"]

    def test_a_link_that_is_no_layer_has_neither(self, app: Any) -> None:
        made = dataset("https://g.example/a.csv", format="CSV")
        page = BeautifulSoup(app.get(f"/dataset/{made['name']}").body, "html.parser")
        assert page.select("button[data-layer], .resource-qgis, [data-module=portal-layers]") == []


class TestPlace:
    @pytest.fixture
    def places(self) -> None:
        organisation = factories.Organization()
        for name, west in (("poitiers", 0.3), ("bordeaux", -0.6)):
            box = [[west, 46], [west, 46.1], [west + 0.1, 46.1], [west + 0.1, 46], [west, 46]]
            factories.Dataset(
                name=name,
                title=name.title(),
                owner_org=organisation["id"],
                spatial=json.dumps({"type": "Polygon", "coordinates": [box]}),
            )

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("ext_west=0,2&ext_south=45&ext_east=0,5&ext_north=47", ["Poitiers"]),
            ("ext_bbox=-1,45,0,47", ["Bordeaux"]),
            ("ext_west=abc&ext_south=&ext_east=&ext_north=", ["Bordeaux", "Poitiers"]),
        ],
    )
    def test_a_box_finds_what_lies_in_it(
        self, app: Any, places: None, query: str, found: list[str]
    ) -> None:
        """And what is no box finds everything, without an error."""
        page = BeautifulSoup(app.get(f"/dataset/?{query}").body, "html.parser")
        shown = sorted(link.get_text() for link in page.select(".dataset-heading a"))
        assert shown == found
        assert page.select_one(".filter-list a") is not None

    def test_the_form_keeps_the_rest_of_the_search(self, app: Any, places: None) -> None:
        """And the words keep the place."""
        address = "/dataset/?q=poitiers&ext_bbox=0,45,1,47&groups=transports"
        page = BeautifulSoup(app.get(address).body, "html.parser")
        hidden = {one["name"] for one in page.select(".area-box input[type=hidden]")}
        assert hidden == {"q", "groups"}
        kept = {one["name"] for one in page.select(".search-form input[type=hidden]")}
        assert {"ext_west", "ext_north", "groups"} <= kept
        assert len(page.select("#area-commune option")) == 41


def test_the_search_by_place_asks_nothing_of_other_types(app: Any) -> None:
    """The list of harvest sources has no map."""
    page = BeautifulSoup(app.get("/harvest/").body, "html.parser")
    assert page.select(".area") == []
    assert helpers.call_action("package_search", extras={"ext_bbox": "x"})["count"] == 0
