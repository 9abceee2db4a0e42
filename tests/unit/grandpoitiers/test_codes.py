"""The codes we write are in the lists of those who keep them."""

from pathlib import Path

import pytest

from ckanext.grandpoitiers.interchange import codes

NEWER = {
    "1MIN", "5MIN", "10MIN", "15MIN", "30MIN", "12HRS", "AS_NEEDED", "NOT_PLANNED", "UPDATE_CONT",
    "WEEKLY_5", "ANNUAL_3",
}  # fmt: skip
"""Frequencies that Europe added after the recorded copy of its table was made."""


@pytest.mark.parametrize(
    ("table", "ours"),
    [
        ("eu_file_type", codes.EU_FORMATS | set(codes.FORMATS.values())),
        ("eu_frequency", codes.FREQUENCIES - NEWER),
        ("eu_data_theme", set(codes.DATA_THEMES) - {"OP_DATPRO"}),
        ("eu_access_right", codes.ACCESS),
        ("eu_planned_availability", codes.AVAILABILITY),
    ],
)
def test_every_code_is_in_its_table(real_data: Path, table: str, ours: set[str]) -> None:
    written = (real_data / f"dcat/vocabularies-plume/{table}.ttl").read_text("utf-8")
    assert {code for code in ours if f"/{code}>" not in written} == set()


@pytest.mark.parametrize(
    ("label", "code"),
    [("csv", "CSV"), (" Shapefile ", "SHP"), ("JSON-LD", "JSON_LD"), ("WMS", "WMS_SRVC"),
     ("GTFS", ""), ("", ""), ("RDF-XML", "RDF_XML")],
)  # fmt: skip
def test_labels_of_formats_are_those_that_officers_write(label: str, code: str) -> None:
    assert codes.eu_format(label) == code
