"""Figures out of proportion: units that change are pointed at, growth is not."""

import polars as pl
import pytest

from ckanext.scdl.files.figures import Figures, measured, out_of_proportion


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (Figures(10, 100), Figures(12, 130), None),
        (Figures(10, 100), Figures(10, 100_000), "mean"),
        (Figures(10, 100), Figures(40, 400), "total"),
        (Figures(10, 100), Figures(10, 20), "mean"),
        (Figures(10, 100), Figures(10, -100), "mean"),
        (Figures(10, 0), Figures(10, 0), None),
        (Figures(0, 0), Figures(10, 50), None),
    ],
)
def test_only_what_is_out_of_proportion_is_pointed_at(
    before: Figures, after: Figures, what: str | None
):
    found = out_of_proportion({"a": before}, {"a": after})
    assert [one.what for one in found] == ([what] if what else [])


def test_a_new_column_is_compared_with_nothing():
    assert out_of_proportion({}, {"a": Figures(1, 1e9)}) == ()


def test_blocks_are_added_up_and_blank_cells_left_out():
    frames = [pl.DataFrame({"0": ["x"], "1": ["1.5"]}), pl.DataFrame({"0": ["y"], "1": [None]})]
    assert measured([frames[0], frames[1].cast(pl.String)], {1: "a"}) == {"a": Figures(1, 1.5)}
