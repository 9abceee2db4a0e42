"""Every example file of the official schemas gets the verdict that its folder says.

Where the folder is wrong, the reason is written here. An example is judged by the schema that
lies beside it, or by a version of the registry named here.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ckanext.scdl.checking import check_file
from ckanext.scdl.registry import read_json
from ckanext.scdl.report import Report
from tests.unit.scdl.official import official_schemas

SUFFIXES = (".csv", ".xls", ".xlsx", ".ods", ".json")
ELSEWHERE = (
    # Real files of departments: `test_real_subsidies` writes what is expected of each.
    "scdl-subventions/v2.0.1",
    # Answers of Validata's API, no data.
    "transport-site",
)
WITHOUT_SCHEMA = {
    "arbres-urbains": "the schema is in no version of the registry",
    "catalogue-donnees": "a catalogue of the State, of another schema than SCDL's",
    "futurocite-be": "a Belgian file, whose one line is data",
    "schema.data.gouv.fr-history/plf__": "a file of the State's budget, without a schema",
    "bal": "BAL files are judged by `test_addresses`",
}
REGISTRY = {
    "arrete-circulation-marchandises/": "CEREMA/schema-arrete-circulation-marchandises@0.9.0",
    "comptage-mobilites/": "etalab/schema-comptage-mobilites-measure@0.2.5",
    "dae/": "atlasante/schema-dae@1.0.7",
    "hautes-remunerations/": "etalab/schema-hautes-remunerations@0.1.0",
    "mediation-numerique/": "LaMednum/standard-mediation-num@1.0.1",
    "scdl-subventions/history/": "scdl/subventions@1.1.0",
    "schema.data.gouv.fr-history/decp": "etalab/schema-decp-dpa@1.0.0",
    "schema.data.gouv.fr-history/irve": "etalab/schema-irve-statique@2.2.0",
    "stationstaxi/": "openmaraude/schema-stationstaxi@0.1.0",
    "commande-publique/1.3.0": "139bercy/format-commande-publique@1.3.0",
    "commande-publique/1.4.0": "139bercy/format-commande-publique@1.4.0",
    "commande-publique/1.5.0": "139bercy/format-commande-publique@1.5.0",
    "commande-publique/2.0.0": "139bercy/format-commande-publique@2.0.0",
    "commande-publique/HEAD": "139bercy/format-commande-publique@2.0.2",
}
"""The schema of an example with none beside it, by the beginning of its path."""
OF_THE_OLD_FORM = "written for version 1, with a uid and without what version 2 requires"
OF_MARKETS = "the registry's version 1.3.0 describes concessions alone"
WRONG_FOLDER = {
    "commande-publique/1.3.0/exemples/json/mar-": OF_MARKETS,
    "commande-publique/1.3.0/exemples/json/paquet": OF_MARKETS,
    "commande-publique/2.0.0/exemples/json/cc-basique-avec-uid": OF_THE_OLD_FORM,
    "commande-publique/2.0.0/exemples/json/mar-basique-avec-uid": OF_THE_OLD_FORM,
    "commande-publique/2.0.0/exemples/json/paquet-avec-uid": OF_THE_OLD_FORM,
    "commande-publique/2.0.0/exemples/json/paquet-result": OF_THE_OLD_FORM,
    "comptage-mobilites/": "its last line is blank cells alone",
    "dae/exemple_valide": "its SIREN are made up, and two rows have the same id_euro",
    "hautes-remunerations/": "a required column was renamed after it was written",
    "mediation-numerique/": "its values are those of an older list, the telephone lacks its +",
    "scdl-subventions/HEAD/exemples/exemple_valide": "two required columns came after it",
    "scdl-subventions/history/exemple_valide.bd29cc2": "a beneficiary lacks its SIRET",
    "scdl-subventions/history/exemple_subventions.1c8d253": "its headers are titles, not names",
    "scdl-subventions/history/exemple_arrete": "it shows wrong amounts and natures",
    "schema.data.gouv.fr-history/decp-dpa__exemple-valide.b37d3f7": "a column is misspelt",
    "schema.data.gouv.fr-history/decp-dpa__exemple-valide.f0eaf98": "a column is misspelt",
    "schema.data.gouv.fr-history/decp-dpa__aggregation": "real files, a column is misspelt",
    "schema.data.gouv.fr-history/irve__exemple-valide": "written for version 1, 21 columns fewer",
    "schema.data.gouv.fr-history/irve__aggregration": "a real file of version 1",
    "stationnement/v0.1.1/": "its SIRET has a wrong check digit",
}
"""Examples called valid that are not, by the beginning of their path."""


def examples(real_data: Path) -> Iterator[tuple[str, Path]]:
    """The files to judge, with their path under the folder of examples."""
    root = real_data / "schemas" / "examples"
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root).as_posix()
        if path.suffix not in SUFFIXES or "schema" in path.name or path.stem == "datapackage":
            continue
        if not place.startswith((*ELSEWHERE, *WITHOUT_SCHEMA)):
            yield place, path


def begins(place: str, known: dict[str, str]) -> str | None:
    """What is written for the beginning of a path."""
    return next((said for start, said in known.items() if place.startswith(start)), None)


def schema_of(place: str, path: Path, official: dict[str, dict[str, Path]]) -> Path | None:
    """The descriptor by which an example is judged."""
    named = begins(place, REGISTRY)
    if named:
        name, _, version = named.partition("@")
        return official[name][version]
    beside = [*path.parent.glob("*schema*.json"), *path.parent.parent.glob("schema.json")]
    return beside[0] if beside else None


def judged(real_data: Path, workdir: Path) -> dict[str, Report]:
    official = official_schemas(real_data)
    found: dict[str, Report] = {}
    for number, (place, path) in enumerate(examples(real_data)):
        schema = schema_of(place, path, official)
        if schema is None:
            assert place.startswith("commande-publique/"), f"{place} has no schema"
            continue  # versions before those of the registry
        folder = workdir / str(number)
        folder.mkdir()
        found[place] = check_file(path, read_json(schema), folder)
    return found


@pytest.fixture(scope="module")
def reports(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Every example's report."""
    return judged(real_data, tmp_path_factory.mktemp("examples"))


def test_each_has_the_verdict_its_folder_says(reports: dict[str, Report]) -> None:
    for place, report in reports.items():
        said_invalid = any(word in place for word in ("invalid", "erreurs", "duplicate"))
        wrong_folder = begins(place, WRONG_FOLDER)
        expected = "invalid" if said_invalid or wrong_folder else "valid"
        assert report.verdict == expected, (place, report.counts, report.reason)
    assert len(reports) >= 70


def test_each_reason_is_still_of_use(reports: dict[str, Report]) -> None:
    for start in WRONG_FOLDER:
        assert any(place.startswith(start) for place in reports), start
