"""What a link can show on a map, and how QGIS is told of it."""

from urllib.parse import parse_qs, urlsplit

import pytest

from ckanext.grandpoitiers.maps.layers import (
    MOST,
    Connection,
    Layer,
    connection,
    requests,
    service,
    shown,
)


def link(url: str, protocol: str = "", layer: str = "", shape: str = "") -> dict[str, str]:
    return {"url": url, "protocol": protocol, "layer_name": layer, "format": shape}


def asked(address: str) -> dict[str, str]:
    query = parse_qs(urlsplit(address).query)
    return {key.upper(): values[0] for key, values in query.items()}


class TestShown:
    def test_a_wms_with_a_layer_is_an_image_of_its_service(self):
        found = shown(link("https://g.example/wms?map=a&request=GetCapabilities", "WMS", "x:y"))
        assert found == Layer("image", "https://g.example/wms?map=a", "x:y")

    @pytest.mark.parametrize(
        "found",
        [
            link("https://g.example/wfs", "WFS", "x:y"),
            link("https://g.example/collections/a/items?f=html", "OGC API Features"),
            link("https://g.example/a", "file", shape="GeoJSON"),
            link("https://g.example/a", shape="geojson"),
        ],
    )
    def test_features_come_from_a_wfs_an_api_or_a_geojson_file(self, found):
        assert shown(found) == Layer("features")

    @pytest.mark.parametrize(
        "found",
        [
            link("https://g.example/wms", "WMS"),
            link("https://g.example/wfs", "WFS"),
            link("https://g.example/a.csv", "file", shape="CSV"),
            link("https://g.example/page", "page", shape="GeoJSON"),
            link("javascript:alert(1)", "WMS", "a"),
            link("ftp://g.example/a.geojson", "file", shape="GeoJSON"),
            {},
        ],
    )
    def test_what_names_no_layer_or_no_web_address_shows_nothing(self, found):
        assert shown(found) is None
        assert requests(found) == []


class TestRequests:
    def test_a_wfs_is_asked_for_geojson_then_for_gml_with_longitudes_first(self):
        first, second = requests(link("https://g.example/wfs?map=m&version=1.1.0", "WFS", "x:y"))
        assert asked(first)["OUTPUTFORMAT"] == "application/json"
        assert asked(first)["COUNT"] == str(MOST)
        assert (asked(second)["VERSION"], asked(second)["TYPENAME"]) == ("1.0.0", "x:y")
        assert {asked(one)["MAP"] for one in (first, second)} == {"m"}

    def test_a_layer_s_name_can_add_no_parameter(self):
        (first, _) = requests(link("https://g.example/wfs", "WFS", "a&request=Transaction"))
        assert asked(first)["TYPENAMES"] == "a&request=Transaction"
        assert asked(first)["REQUEST"] == "GetFeature"

    def test_an_api_gives_the_items_of_its_collection(self):
        (address,) = requests(link("https://g.example/collections/a/", "OGC API Features"))
        assert address.startswith("https://g.example/collections/a/items?f=json")


class TestConnection:
    @pytest.mark.parametrize("protocol", ["WMS", "WMTS", "WFS"])
    def test_a_service_by_its_address_and_its_layer(self, protocol):
        found = connection(link("https://g.example/ows?service=X&map=m", protocol, "a"))
        assert found == Connection(protocol, "https://g.example/ows?map=m", "a")

    def test_an_api_by_its_landing_page(self):
        found = connection(link("https://g.example/api/collections/a/items", "OGC API Features"))
        assert found is not None
        assert found.url == "https://g.example/api"

    def test_a_file_or_a_page_has_none(self):
        assert connection(link("https://g.example/a.csv", "file")) is None


def test_what_is_the_service_s_own_stays_in_its_address():
    assert (
        service("https://g.example/s?token=1&LAYERS=a&WIDTH=2#x") == "https://g.example/s?token=1"
    )
