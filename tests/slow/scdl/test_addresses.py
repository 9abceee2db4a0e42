"""The Base adresse locale, published without a machine-readable description: ours says the same.

The examples are those of the national base's own validator; what it judges across rows, or by
other bases, is beyond a Table Schema and written here.
"""

from pathlib import Path

import pytest

from ckanext.scdl.checking import check_file
from ckanext.scdl.registry import Registry
from ckanext.scdl.report import Verdict

PACKAGED = Registry([Path(__file__).parents[3] / "schemas"])
ACROSS_ROWS = "the identifiers of all rows are compared: no rule of a Table Schema does so"
VALID = {
    "1.4/data/1.3-valid.csv": "1.3.0",
    "1.4/data/1.3-valid-uid_adresse.csv": "1.3.0",
    "1.4/data/1.4-valid.csv": "1.4.0",
    "1.4/data/1.4-ids-ban-empty.csv": "1.4.0",
    "data/auto-detect-1.4.csv": "1.4.0",
    "1.5/data/1.5-valid.csv": "1.5.0",
    "data/auto-detect-1.5.csv": "1.5.0",
}
INVALID = {
    "1.4/data/1.4-bad-id-ban-adresse.csv": ("1.4.0", "id_ban_adresse"),
    "1.4/data/1.4-bad-id-ban-commune.csv": ("1.4.0", "id_ban_commune"),
    "1.4/data/1.4-bad-id-ban-toponyme.csv": ("1.4.0", "id_ban_toponyme"),
    "1.4/data/1.4-bad-dependance-id-ban.csv": ("1.4.0", "id_ban_commune"),
    "1.4/data/1.4-incoherent-dependance-id-ban.csv": ("1.4.0", "id_ban_commune"),
    "1.4/data/1.4-valid-relax.csv": ("1.4.0", "suffixe"),  # spaces: an error but when relaxed
    "1.5/data/1.5-without-ban-ids.csv": ("1.5.0", "id_ban_commune"),
    "data/toponyme-replacing-voie_nom.csv": ("1.4.0", "voie_nom"),
    "data/without-voie_nom-nor-toponyme.csv": ("1.5.0", "toponyme"),
    "data/locales.csv": ("1.4.0", "numero"),
    "data/sample.csv": ("1.3.0", "date_der_maj"),
}
BEYOND = {
    "1.4/data/1.4-cog-no-match-id_ban_commune.csv": ACROSS_ROWS,
    "1.4/data/1.4-no-ids-ban-every.csv": ACROSS_ROWS,
    "1.4/data/1.4-incoherent-id-ban.csv": "one identifier stands for a commune and for a road",
    "1.4/data/1.4-without-ban-adresse.csv": "it may be empty for places without a number only",
}


@pytest.mark.parametrize(("place", "version"), VALID.items())
def test_a_valid_base(place: str, version: str, real_data: Path, tmp_path: Path) -> None:
    path = real_data / "schemas" / "examples" / "bal" / place
    descriptor = PACKAGED.find(f"etalab/schema-bal@{version}").descriptor
    assert check_file(path, descriptor, tmp_path).verdict is Verdict.VALID


@pytest.mark.parametrize(("place", "wrong"), INVALID.items())
def test_an_invalid_base(
    place: str, wrong: tuple[str, str], real_data: Path, tmp_path: Path
) -> None:
    version, column = wrong
    path = real_data / "schemas" / "examples" / "bal" / place
    descriptor = PACKAGED.find(f"etalab/schema-bal@{version}").descriptor
    report = check_file(path, descriptor, tmp_path)
    assert report.verdict is Verdict.INVALID
    assert column in {name for group in report.groups for name in group.cause.columns}


@pytest.mark.parametrize("place", BEYOND)
def test_what_is_beyond_a_table_schema(place: str, real_data: Path, tmp_path: Path) -> None:
    path = real_data / "schemas" / "examples" / "bal" / place
    descriptor = PACKAGED.find("etalab/schema-bal@1.4.0").descriptor
    assert check_file(path, descriptor, tmp_path).verdict is Verdict.VALID
