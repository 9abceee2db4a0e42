"""The French schema made from the installed CKAN's, and what happens when that one changes."""

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from portal_kit.solr import schema

CONF = Path(schema.__file__).parent / "conf"


@pytest.fixture(scope="module")
def ckan_schema() -> bytes:
    return (files("ckan") / "config" / "solr" / "schema.xml").read_bytes()


@pytest.fixture(scope="module")
def derived(ckan_schema: bytes) -> etree._Element:
    return etree.fromstring(schema.derive(ckan_schema))


def names(root: etree._Element, section: str) -> set[str]:
    return {child.get("name", "") for child in root.find(section).iterchildren(etree.Element)}


def test_everything_of_ckan_s_schema_is_kept(ckan_schema: bytes, derived: etree._Element) -> None:
    theirs = etree.fromstring(ckan_schema)
    for section in ("types", "fields"):
        assert names(theirs, section) <= names(derived, section)
    kept = {(rule.get("source"), rule.get("dest")) for rule in derived.findall("copyField")}
    assert {(rule.get("source"), rule.get("dest")) for rule in theirs.findall("copyField")} <= kept
    assert derived.findtext("uniqueKey") == theirs.findtext("uniqueKey")


def test_the_version_that_ckan_checks_at_start_is_kept(
    ckan_schema: bytes, derived: etree._Element
) -> None:
    assert derived.get("name") == etree.fromstring(ckan_schema).get("name")


def test_no_name_is_declared_twice(derived: etree._Element) -> None:
    for section in ("types", "fields"):
        children = list(derived.find(section).iterchildren(etree.Element))
        assert len(children) == len(names(derived, section))


def test_searched_text_is_french_on_both_sides(derived: etree._Element) -> None:
    text = derived.find("types/fieldType[@name='text']")
    for side in ("index", "query"):
        filters = [found.get("class") for found in text.findall(f"analyzer[@type='{side}']/filter")]
        folding = filters.index("solr.ASCIIFoldingFilterFactory")
        assert folding < filters.index("solr.FrenchLightStemFilterFactory")
        assert "solr.ElisionFilterFactory" in filters
    assert text.find(".//filter[@language='English']") is None


def test_the_fields_of_both_spatial_backends_are_there(derived: etree._Element) -> None:
    assert {"spatial_geom", "minx", "maxx", "miny", "maxy"} <= names(derived, "fields")


def test_the_same_input_gives_the_same_bytes(ckan_schema: bytes) -> None:
    assert schema.derive(ckan_schema) == schema.derive(ckan_schema)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (b'<fieldType name="text" ', b'<fieldType name="texts" ', "fieldType name='text'"),
        (b'<fieldType name="text_ngram"', b'<fieldType name="grams"', "text_ngram"),
        (b'<field name="title_string"', b'<field name="titles"', "title_string"),
        (b'<field name="title" type="text"', b'<field name="title" type="string"', "title"),
        (b'<field name="tags"', b'<field name="labels"', "tags"),
        (b'<field name="_version_"', b'<field name="v"', "_version_"),
        (b'<field name="capacity"', b'<field name="minx"', "no <field name='minx'>"),
        (b"index_id</uniqueKey>", b"id</uniqueKey>", "uniqueKey"),
        (b'name="ckan-2.12"', b'name="other"', "ckan-"),
        (b"types>", b"kinds>", "<types>"),
        (b"</schema>", b"", "schema"),
    ],
)
def test_a_schema_we_do_not_know_is_refused_with_what_is_missing(
    ckan_schema: bytes, before: bytes, after: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_", lambda message: message)
    assert before in ckan_schema
    with pytest.raises(schema.UnexpectedSchemaError, match=r"was expected") as caught:
        schema.derive(ckan_schema.replace(before, after))
    assert said in str(caught.value)


def test_an_external_entity_is_not_read(ckan_schema: bytes, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("do not show")
    doctype = f'<!DOCTYPE schema [<!ENTITY x SYSTEM "{secret.as_uri()}">]><schema name='.encode()
    hostile = ckan_schema.replace(b"<schema name=", doctype, 1).replace(
        b"index_id</uniqueKey>", b"index_id</uniqueKey><note>&x;</note>"
    )
    assert b"do not show" not in schema.derive(hostile)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Vélo", "velo"),
        ("personne à mobilité réduite", "personne a mobilite reduite"),
        ("plan local d'urbanisme", "plan local urbanisme"),
        ("réseau d’eau", "reseau eau"),
        ("multi-accueil", "multi accueil"),
        ("Œuvre", "oeuvre"),
        ("aujourd'hui", "aujourd'hui"),
        ("arrêté\tarrete", "arrete\tarrete"),
    ],
)
def test_a_word_is_folded_as_the_analysis_folds_it(written: str, folded: str) -> None:
    assert schema.fold(written.encode()).decode() == folded


@given(st.text())
def test_folding_keeps_the_lines_and_the_separators(text: str) -> None:
    folded = schema.fold(text.encode()).decode()
    assert folded.count(",") >= text.count(",")
    assert folded.count("\n") == text.count("\n")


def entries(name: str) -> list[str]:
    lines = schema.fold((CONF / name).read_bytes()).decode().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_synonym_group_has_two_members_and_no_stray_comma() -> None:
    for line in entries("synonyms.txt"):
        members = [member.strip() for member in line.replace("=>", ",").split(",")]
        assert len(members) > 1, line
        assert all(members), line


def test_no_word_is_in_two_groups_that_go_both_ways() -> None:
    seen: dict[str, str] = {}
    for line in entries("synonyms.txt"):
        for member in {member.strip() for member in line.split("=>")[0].split(",")}:
            assert member not in seen, f"{member}: {line} / {seen[member]}"
            seen[member] = line


def test_no_synonym_or_protected_word_is_a_stop_word() -> None:
    stop_words = set(entries("stopwords.txt"))
    for line in entries("synonyms.txt"):
        assert not {member.strip() for member in line.split(",")} & stop_words
    assert not {line.split("\t")[0] for line in entries("stems.txt")} & stop_words


def test_every_stem_is_one_word_then_its_stem() -> None:
    assert all(len(line.split("\t")) == 2 for line in entries("stems.txt"))
