"""The ini file CKAN reads: ours, then the town's, then what is generated."""

from configparser import ConfigParser, RawConfigParser
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_kit import inifile
from portal_kit.configuration import shipped_folder
from portal_kit.errors import PortalError

SHIPPED = "[DEFAULT]\ndebug = false\n[app:main]\nckan.site_title = Ours\nckan.plugins =\n  a\n  b\n"
PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126))


def parsed(text: str) -> RawConfigParser:
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  (case is kept)
    parser.read_string(text)
    return parser


def test_the_town_s_value_replaces_ours_and_the_generated_one_replaces_both() -> None:
    town = "[app:main]\nckan.site_title = Theirs\nSECRET_KEY = known to all\n"
    merged = parsed(inifile.merge(SHIPPED, town, {"SECRET_KEY": "random"}))
    assert merged["app:main"]["ckan.site_title"] == "Theirs"
    assert merged["app:main"]["SECRET_KEY"] == "random"
    assert merged["app:main"]["ckan.plugins"].split() == ["a", "b"]
    assert merged["DEFAULT"]["debug"] == "false"


def test_what_ckan_interpolates_is_left_to_it() -> None:
    town = "[app:main]\nckan.storage_path = %(here)s/files\n"
    assert "%(here)s/files" in inifile.merge(SHIPPED, town, {})


@given(PRINTABLE)
def test_a_generated_value_comes_out_of_ckan_s_reader_as_it_went_in(value: str) -> None:
    merged = inifile.merge(SHIPPED, "", {"beaker.secret": value})
    reader = ConfigParser()
    reader.read_string(merged)
    assert reader["app:main"]["beaker.secret"] == value


@given(st.text())
def test_any_text_of_the_town_is_merged_or_refused(town: str) -> None:
    with suppress(PortalError):
        assert "random" in inifile.merge(SHIPPED, town, {"SECRET_KEY": "random"})


@pytest.mark.parametrize("town", ["no section", "[app:main]\na = 1\na = 2\n", "[app:main\n"])
def test_a_text_that_is_no_ini_is_named(town: str) -> None:
    with pytest.raises(PortalError, match=r"portal\.ini") as refused:
        inifile.merge(SHIPPED, town, {})
    assert "\n" not in str(refused.value)


def test_the_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "ckan.ini"
    inifile.write(path, SHIPPED, "", {"SECRET_KEY": "random"})
    assert S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[app:main]\nckan.site_url = https://data.example\n", "https://data.example"),
        ("[app:main]\nCKAN.site_url=  https://data.example  \n", "https://data.example"),
        ("[app:main]\n; ckan.site_url = https://data.example\n", ""),
        ("[other]\nckan.site_url = https://data.example\n", ""),
        ("", ""),
        ("no ini at all", ""),
    ],
)
def test_an_option_is_read(text: str, value: str) -> None:
    assert inifile.option(text, "ckan.site_url") == value


@pytest.mark.parametrize("name", ["portal.example.ini", "test.ini"])
def test_what_is_shipped_can_be_merged(name: str) -> None:
    ours, theirs = (
        (shipped_folder() / file).read_text(encoding="utf-8") for file in ("ckan.ini", name)
    )
    assert "ckan.plugins" in inifile.merge(ours, theirs, {})
