"""Columns find their fields, surely or with a doubt that a person lifts once for all."""

from pathlib import Path

import pytest

from ckanext.scdl.files import synonyms
from ckanext.scdl.files.matching import Matching, match_columns
from ckanext.scdl.files.similarity import How, Thesaurus
from ckanext.scdl.files.synonyms import thesaurus
from ckanext.scdl.files.words import fold, tokens
from ckanext.scdl.registry import Registry
from ckanext.scdl.schema import TableSchema, parse
from ckanext.scdl.table import Table

SCHEMA = parse(
    {
        "fields": [
            {"name": "nomLieu", "title": "Nom du lieu"},
            {"name": "insee", "constraints": {"pattern": r"^\d{5}$"}},
            {"name": "date_maj", "type": "date"},
            {"name": "ouvert", "type": "boolean"},
            {"name": "Xlong", "type": "number", "title": "Longitude"},
            {"name": "nb_places", "type": "integer"},
        ]
    }
)
WORDS = Thesaurus(
    {"nb": "nombre", "xlong": "longitude", "lon": "longitude"},
    {"essai": {"insee": ("code commune", "code?")}},
)


def matched(*columns: str, rows: tuple[tuple[str, ...], ...] = (), **options: object) -> Matching:
    return match_columns(
        Table(columns, (rows,)), SCHEMA, name="essai", thesaurus=WORDS, **options  # type: ignore[arg-type]
    )  # fmt: skip


def found(matching: Matching) -> dict[str, tuple[str, How]]:
    return {matching.columns[m.column]: (m.field, m.how) for m in matching.matches}


@pytest.mark.parametrize(
    ("header", "field", "how"),
    [
        ("nomLieu", "nomLieu", How.EXACT),
        ("NOM_LIEU", "nomLieu", How.NORMALISED),
        ("Nom lieu", "nomLieu", How.NORMALISED),
        ("NOM DU LIEU", "nomLieu", How.NORMALISED),
        ("Nombre de places", "nb_places", How.SYNONYM),
        ("lon", "Xlong", How.SYNONYM),
        ("Code Commune", "insee", How.SYNONYM),
        ("Code", "insee", How.NEAR),
        ("Nombre de places PMR", "nb_places", How.NEAR),
        ("nbplacs", "nb_places", How.NEAR),
    ],
)
def test_a_header_finds_its_field(header: str, field: str, how: How) -> None:
    assert found(matched(header)) == {header: (field, how)}


def test_only_near_ones_are_doubtful() -> None:
    matching = matched("nomLieu", "Code", "inconnue")
    assert [match.field for match in matching.doubtful] == ["insee"]
    assert matching.extra == (2,)
    assert "date_maj" in matching.missing


def test_a_field_goes_to_the_surest_column_and_once() -> None:
    matching = matched("Nom lieu", "nomLieu")
    assert found(matching) == {"nomLieu": ("nomLieu", How.EXACT)}
    assert matching.extra == (0,)


def test_the_content_tells_when_names_do_not() -> None:
    rows = (("86194", "2024-01-01", "texte"), ("86001", "2024-02-01", "86"), ("2A004", "x", "y"))
    rows = (*rows[:2], ("79191", "2024-03-01", "z"))
    matching = matched("a", "b", "c", rows=rows)
    assert found(matching) == {"a": ("insee", How.CONTENT), "b": ("date_maj", How.CONTENT)}


def test_a_matching_is_remembered_and_a_refusal_too() -> None:
    first = matched("Code", "Autre", chosen={0: "", 1: "ouvert"})
    assert found(first) == {"Autre": ("ouvert", How.CHOSEN)}
    again = matched("CODE", "autre", remembered=first.as_dict())
    assert found(again) == {"autre": ("ouvert", How.REMEMBERED)}
    assert again.doubtful == ()


def test_a_remembered_field_that_the_schema_lost_is_forgotten() -> None:
    assert found(matched("Code", remembered={"code": "disparu"})) == {"Code": ("insee", How.NEAR)}


def test_words_are_compared_as_people_read_them() -> None:
    assert fold("Nom de l’Œuvre (SIRET)") == "nom de l oeuvre siret"
    assert tokens("idBénéficiaires") == ("id", "beneficiaire")
    assert tokens("DELIB_ID") == ("delib", "id")
    assert tokens("et") == ("et",)


def test_the_packaged_words_are_of_one_form() -> None:
    packaged = thesaurus()
    assert packaged.words["no"] == "numero"
    assert all(fold(meaning) == meaning for meaning in packaged.words.values())
    assert isinstance(SCHEMA, TableSchema)


@pytest.mark.parametrize(
    ("schema", "headers"),
    [
        (
            "scdl/deliberations",
            {
                "N° acte": "DELIB_ID", "Date de la séance": "DELIB_DATE", "Matière":
                "DELIB_MATIERE_NOM", "Intitulé": "DELIB_OBJET?", "Présents": "VOTE_REEL?",
                "Pour": "VOTE_POUR", "Lien PDF": "DELIB_URL", "Date préfecture": "PREF_DATE",
            },
        ),
        (
            "scdl/equipements",
            {
                "Nom": "EQUIP_NOM?", "Type": "EQUIP_TYPE?", "Rue": "ADR_NOMVOIE?", "CP":
                "ADR_CODEPOSTAL", "Ville": "ADR_COMMUNE", "lat": "EQUIP_LAT", "Tél.": "EQUIP_TEL",
                "Adresse mail": "EQUIP_EMAIL", "Site web": "EQUIP_WEB", "Horaires":
                "EQUIP_OUVERTURE",
            },
        ),
        ("etalab/schema-irve-statique", {"n_station": "nom_station", "puiss_max":
            "puissance_nominale"}),
        ("etalab/schema-bal", {"voie_nom": "toponyme", "x_l93": "x", "INSEE": "commune_insee"}),
    ],
)  # fmt: skip
def test_what_officers_write_is_known(schema: str, headers: dict[str, str]) -> None:
    version = Registry([Path(__file__).parents[3] / "schemas"]).find(schema)
    matching = match_columns(
        Table(tuple(headers)), parse(version.descriptor), name=schema, thesaurus=thesaurus()
    )
    said = {
        matching.columns[one.column]: f"{one.field}{'?' if one.doubtful else ''}"
        for one in matching.matches
    }
    assert said == headers


@pytest.mark.parametrize(
    ("text", "how"),
    [("fields: {scdl/prenoms: {ANNEE: [Millésime]}}", How.SYNONYM), ("fields: [", None)],
)
def test_the_words_of_the_town_complete_ours(
    text: str, how: How | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synonyms, "town_schemas", lambda: tmp_path)
    (tmp_path / "synonyms.yaml").write_text(text, encoding="utf-8")
    version = Registry([Path(__file__).parents[3] / "schemas"]).find("scdl/prenoms")
    matching = match_columns(
        Table(("Millésime", "Genre")),
        parse(version.descriptor),
        name="scdl/prenoms",
        thesaurus=thesaurus(),
    )
    said = {one.field: one.how for one in matching.matches}
    assert (said.get("ANNEE"), said["ENFANT_SEXE"]) == (how, How.SYNONYM)
