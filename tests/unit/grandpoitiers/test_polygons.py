"""Bounding polygons: every writing of GML, either order of the axes, at a cost that is bounded."""

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.errors import CatalogueError
from ckanext.grandpoitiers.catalogue.hardened import read_xml
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.polygons import (
    MAX_POINTS,
    extents_geometry,
    read_polygons,
)
from ckanext.grandpoitiers.catalogue.problems import Kind
from ckanext.grandpoitiers.catalogue.record import Box, Extent, Shape
from tests.unit.grandpoitiers.records import box, record

POITIERS = Box(0.29, 46.54, 0.45, 46.63)
GML = "http://www.opengis.net/gml/3.2"
SQUARE = "0.3 46.55 0.4 46.55 0.4 46.62 0.3 46.62 0.3 46.55"
HIGH = "0.3 46.55 9 0.4 46.55 9 0.4 46.62 9 0.3 46.62 9"
TURNED = "46.55 0.3 46.55 0.4 46.62 0.4 46.62 0.3 46.55 0.3"


def polygon(outer: str, *inner: str, attributes: str = "") -> str:
    rings = "".join(
        f"<g:{tag}><g:LinearRing><g:posList>{text}</g:posList></g:LinearRing></g:{tag}>"
        for tag, text in (("exterior", outer), *(("interior", hole) for hole in inner))
    )
    return f"<g:Polygon {attributes}>{rings}</g:Polygon>"


def read(inside: str, *boxes: Box, namespace: str = GML) -> Shape | None:
    document = f'<p xmlns:g="{namespace}">{inside}</p>'
    return read_polygons(read_xml(document.encode()), boxes)


def bounds(shape: Shape | None) -> tuple[float, float, float, float]:
    assert shape is not None
    found = shape.bounds
    return found.west, found.south, found.east, found.north


class TestWritings:
    @pytest.mark.parametrize(
        "inside",
        [
            polygon(SQUARE),
            f"<g:MultiSurface><g:surfaceMember>{polygon(SQUARE)}</g:surfaceMember></g:MultiSurface>",
            polygon(HIGH, attributes='srsDimension="3"'),
            "<g:Polygon><g:exterior><g:LinearRing><g:pos>0.3 46.55</g:pos><g:pos>0.4 46.55</g:pos>"
            "<g:pos>0.4 46.62</g:pos><g:pos>0.3 46.62</g:pos></g:LinearRing></g:exterior>"
            "</g:Polygon>",
            "<g:Polygon><g:outerBoundaryIs><g:LinearRing><g:coordinates>0.3,46.55 0.4,46.55 "
            "0.4,46.62 0.3,46.62</g:coordinates></g:LinearRing></g:outerBoundaryIs></g:Polygon>",
        ],
        ids=["polygon", "multi", "altitudes", "positions", "gml2"],
    )
    @pytest.mark.parametrize("namespace", [GML, "http://www.opengis.net/gml"])
    def test_a_polygon_is_read(self, inside: str, namespace: str) -> None:
        assert bounds(read(inside, namespace=namespace)) == (0.3, 46.55, 0.4, 46.62)

    def test_holes_stay_holes_and_rings_turn_as_geojson_wants(self) -> None:
        shape = read(polygon(SQUARE, "0.34 46.58 0.36 46.58 0.36 46.6 0.34 46.6 0.34 46.58"))
        assert shape is not None
        outer, hole = (shapely.LinearRing(ring) for ring in shape.polygons[0])
        assert (outer.is_ccw, hole.is_ccw) == (True, False)

    @pytest.mark.parametrize("written", [SQUARE, TURNED])
    @pytest.mark.parametrize("name", ["", 'srsName="urn:ogc:def:crs:EPSG::4326"'])
    def test_the_box_tells_which_number_is_the_longitude(self, written: str, name: str) -> None:
        """Whatever the reference system claims."""
        shape = read(polygon(written, attributes=name), POITIERS)
        assert bounds(shape) == (0.3, 46.55, 0.4, 46.62)

    @pytest.mark.parametrize(
        "inside",
        [
            polygon("499000 6610000 501000 6610000 501000 6620000 499000 6620000"),
            polygon("100 46 101 46 101 47 100 47"),
            polygon("0.3 46.55"),
            polygon("a b c d e f"),
            polygon("nan 46 inf 46 1 47"),
            polygon("0.3 46.55 0.4 46.55 0.35 46.55"),
            "<g:LineString><g:posList>0.3 46.55 0.4 46.6</g:posList></g:LineString>",
            "",
        ],
        ids=["metres", "elsewhere", "point", "words", "infinite", "flat", "line", "nothing"],
    )
    def test_what_is_no_place_there_is_nothing(self, inside: str) -> None:
        assert read(inside, POITIERS) is None


class TestSafety:
    def test_a_long_contour_is_made_simpler(self) -> None:
        """A line along every street is a contour on a map."""
        circle = shapely.Point(0.35, 46.58).buffer(0.05, 10_000)
        text = " ".join(f"{x:.6f} {y:.6f}" for x, y in circle.exterior.coords)
        shape = read(polygon(text), POITIERS)
        assert shape is not None
        assert len(shape.polygons[0][0]) <= MAX_POINTS
        assert bounds(shape) == pytest.approx((0.3, 46.53, 0.4, 46.63), abs=0.001)

    def test_a_ring_that_crosses_itself_thousands_of_times_costs_nothing(self) -> None:
        """Repairing this one took minutes and gigabytes."""
        # Multiples of the golden ratio, at two paces: no two sides are parallel, all cross.
        text = " ".join(
            f"{0.3 + (rank * 0.06180339 % 0.1):.5f} {46.55 + (rank**2 * 0.06180339 % 0.05):.5f}"
            for rank in range(20_000)
        )
        shape = read(polygon(text) * 3, POITIERS)
        assert shape is not None
        assert sum(len(ring) for rings in shape.polygons for ring in rings) <= MAX_POINTS

    @given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-100, 100)), max_size=30))
    @settings(max_examples=60)
    def test_any_numbers_give_a_valid_shape_or_none(
        self, points: list[tuple[float, float]]
    ) -> None:
        text = " ".join(f"{x!r} {y!r}" for x, y in points)
        shape = read(polygon(text))
        if shape is not None:
            made = extents_geometry([Extent(shapes=(shape,))])
            assert made is None or shapely.from_geojson(json.dumps(made)).is_valid


class TestRecords:
    def extent(self, inside: str, code: str = "") -> str:
        return (
            f'<gmd:extent xmlns:g="{GML}"><gmd:EX_Extent><gmd:geographicElement>'
            f"<gmd:EX_BoundingPolygon>{code}<gmd:polygon>{inside}</gmd:polygon>"
            "</gmd:EX_BoundingPolygon></gmd:geographicElement></gmd:EX_Extent></gmd:extent>"
        )

    def test_a_polygon_alone_gives_the_box_too(self) -> None:
        parsed = parse(record(identification=self.extent(polygon(SQUARE))))
        assert parsed.boxes == (Box(0.3, 46.55, 0.4, 46.62),)
        assert len(parsed.extents[0].shapes) == 1

    def test_a_polygon_that_is_left_out_is_no_extent(self) -> None:
        """extentTypeCode 0: the data is everywhere but there."""
        code = "<gmd:extentTypeCode><gco:Boolean>0</gco:Boolean></gmd:extentTypeCode>"
        parsed = parse(record(identification=self.extent(polygon(SQUARE), code)))
        assert (parsed.boxes, parsed.problems) == ((), ())

    def test_an_unusable_polygon_is_reported(self) -> None:
        parsed = parse(record(identification=self.extent(polygon("1 2 3"))))
        assert [problem.kind for problem in parsed.problems] == [Kind.POLYGON_UNUSABLE]

    def test_polygons_and_boxes_make_one_geometry(self) -> None:
        parsed = parse(record(identification=self.extent(polygon(SQUARE)) + box(1, 47, 1.1, 47.1)))
        made = extents_geometry(parsed.extents)
        assert made is not None
        assert (made["type"], len(made["coordinates"])) == ("MultiPolygon", 2)

    def test_every_recorded_polygon_is_read_or_reported(self, real_data: Path) -> None:
        """Eleven files: nine polygons, and a line under that name, twice."""
        read_well = reported = 0
        for path in sorted((real_data / "csw" / "iso19139").rglob("*.xml")):
            content = path.read_bytes()
            if b"EX_BoundingPolygon" not in content:
                continue
            try:
                parsed = parse(content)
            except CatalogueError:
                continue
            reported += any(p.kind is Kind.POLYGON_UNUSABLE for p in parsed.problems)
            if any(extent.shapes for extent in parsed.extents):
                read_well += 1
                made = shapely.from_geojson(json.dumps(extents_geometry(parsed.extents)))
                assert made.is_valid
        assert (read_well, reported) == (9, 2)
