"""Boxes in the metres of French grids, held to points of the IGN and to pyproj."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from ckanext.grandpoitiers.catalogue.extent import read_box
from ckanext.grandpoitiers.catalogue.lambert import (
    LAMBERT_93,
    ZONES,
    Grid,
    box_in_degrees,
    degrees,
    grid_of,
)
from ckanext.grandpoitiers.catalogue.problems import Kind

EPSG = {LAMBERT_93: 2154} | {zone: 3942 + rank for rank, zone in enumerate(ZONES)}


def test_notre_dame_is_where_it_is() -> None:
    """The point zero of French roads, in Lambert-93."""
    assert degrees(LAMBERT_93, 652_469.02, 6_862_035.26) == pytest.approx((2.3522, 48.8566))


@pytest.mark.parametrize("grid", EPSG, ids=lambda grid: grid.name)
def test_the_origin_of_each_grid_is_on_its_meridian(grid: Grid) -> None:
    """As its definition says."""
    assert degrees(grid, grid.east, grid.north) == pytest.approx((3.0, grid.origin))


@given(st.sampled_from(list(EPSG)), st.floats(-500_000, 500_000), st.floats(-80_000, 80_000))
def test_points_are_those_of_pyproj(grid: Grid, dx: float, dy: float) -> None:
    """Within a tenth of a millimetre."""
    x, y = grid.east + dx, grid.north + dy
    theirs = Transformer.from_crs(EPSG[grid], 4326, always_xy=True).transform(x, y)
    assert degrees(grid, x, y) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(
    ("box", "name"),
    [
        ((480_000, 6_590_000, 520_000, 6_620_000), "Lambert-93"),
        ((1_480_000, 5_180_000, 1_520_000, 5_210_000), "CC46"),
        ((1_480_000, 6_110_000, 1_520_000, 6_140_000), "CC47"),
    ],
)
def test_a_box_tells_which_grid_it_is_in(box: tuple[float, ...], name: str) -> None:
    """And is that of Poitiers' country, or near."""
    found = box_in_degrees(*box)
    assert found is not None
    grid, (west, south, east, north) = found
    assert grid.name == name
    around = Transformer.from_crs(EPSG[grid], 4326, always_xy=True).transform_bounds(*box)
    assert (west, south, east, north) == pytest.approx(around, abs=1e-5)


def test_other_metres_are_nobody_s() -> None:
    """Web Mercator, UTM, or sides in the wrong order."""
    assert grid_of(37_000, 5_870_000, 50_000, 5_890_000) is None
    assert grid_of(270_000, 5_160_000, 310_000, 5_190_000) is None
    assert box_in_degrees(520_000, 6_620_000, 480_000, 6_590_000) is None


def test_the_box_of_a_record_is_converted_and_told() -> None:
    """What is in no grid we know is refused, as before."""
    (box,), (problem,) = read_box("480000", "6590000", "520000", "6620000")
    assert (box.west, box.north) == pytest.approx((0.123066, 46.655924), abs=1e-5)
    assert (problem.kind, problem.params["grid"]) == (Kind.BOX_CONVERTED, "Lambert-93")
    boxes, (problem,) = read_box("37000", "5870000", "50000", "5890000")
    assert (boxes, problem.kind) == ([], Kind.BOX_IN_METRES)
