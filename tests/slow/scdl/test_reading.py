"""From a file as it is to a table: separators, headers anywhere, rows of every length."""

from pathlib import Path

import pytest

from ckanext.scdl.files import delimited
from ckanext.scdl.files.dialects import find_dialect
from ckanext.scdl.files.errors import FileRefused, Refusal
from ckanext.scdl.files.reading import Choices, WhichSheet, read_file
from ckanext.scdl.files.survey import frames, survey
from tests.unit.scdl.files_made import reading, rows, workbook, written


@pytest.mark.parametrize(
    ("sample", "separator"),
    [
        ("a;b\n1,5;2\n3,5;4\n", ";"),
        ("a,b\n1;5,2\n3;5,4\n", ","),
        ("a\tb\n1,5\t2;3\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('"a;b";"c,d"\n"1;2";"3,4"\n', ";"),
        ("sep=|\na,b|c\n", "|"),
        ("Titre, avec virgule\n\nnom;ville\nA;B, C\nD;E, F\n", ";"),
        ("seule\nune\ncolonne\n", ","),
        ("", ","),
    ],
)
def test_the_separator_is_the_one_that_makes_rows_alike(sample: str, separator: str) -> None:
    assert find_dialect(sample).separator == separator


def test_single_quotes_and_backslashes_are_understood() -> None:
    assert find_dialect("'a';'b'\n'c;d';'e'\n'f';'g;h'\n").quote == "'"
    assert find_dialect('a;b\n"c \\"d\\"; e";f\n"g";"h"\n').escape == "\\"


def test_titles_above_the_headers_are_told_apart(tmp_path: Path) -> None:
    content = "Subventions 2024;;\n;;\nNom;Montant;Date\nA;1;2024-01-01\nB;2;2024-01-02\n"
    found = reading(written(tmp_path, content.encode()), tmp_path / "w")
    assert found.table.columns == ("Nom", "Montant", "Date")
    assert found.titles == ("Subventions 2024",)
    assert next(found.table.numbered()) == (4, ("A", "1", "2024-01-01"))


def test_headers_on_two_rows_are_joined_where_cells_are_merged(tmp_path: Path) -> None:
    sheet = [["Nom", "Montant", None], [None, "2023", "2024"], ["A", 1, 2], ["B", 3, 4]]
    path = workbook(tmp_path / "two.xlsx", {"a": sheet}, merged=[(0, 0, 1, 0), (0, 1, 0, 2)])
    found = reading(path, tmp_path / "w")
    assert found.table.columns == ("Nom", "Montant – 2023", "Montant – 2024")
    assert rows(found) == [("A", "1", "2"), ("B", "3", "4")]


def test_headers_that_repeat_take_the_name_of_their_group(tmp_path: Path) -> None:
    sheet = [[None, "2023", None, "2024", None], ["Nom", "Voté", "Payé", "Voté", "Payé"]]
    sheet.append(["A", "oui", "non", "oui", "oui"])
    path = workbook(tmp_path / "g.xlsx", {"a": sheet}, merged=[(0, 1, 0, 2), (0, 3, 0, 4)])
    assert reading(path, tmp_path / "w").table.columns == (
        "Nom", "2023 – Voté", "2023 – Payé", "2024 – Voté", "2024 – Payé",
    )  # fmt: skip


def test_without_headers_the_columns_are_numbered_and_it_is_said(tmp_path: Path) -> None:
    found = reading(written(tmp_path, b"1;12,5\n2;13,5\n"), tmp_path / "w")
    assert found.table.columns == ("colonne_1", "colonne_2")
    assert [problem.kind for problem in found.notes] == ["no-header"]
    assert found.table.first_row == 1


def test_the_person_may_choose_everything(tmp_path: Path) -> None:
    path = written(tmp_path, b"x|y;z\na|b;c\n1|2;3\n")
    choices = Choices(header=2, separator=";", encoding="cp1252")
    found = reading(path, tmp_path / "w", choices)
    assert (found.table.columns, rows(found)) == (("a|b", "c"), [("1|2", "3")])
    assert Choices.from_dict(found.choices.as_dict()) == found.choices


def test_rows_keep_their_length_and_the_survey_counts_them(tmp_path: Path) -> None:
    content = "a;b;c\n1;2;3\n4;5\n\n6;7;8;9\n;;\nTotal;9;\nSource : mairie\n"
    found = reading(written(tmp_path, content.encode()), tmp_path / "w")
    assert rows(found)[1:4] == [("4", "5"), (), ("6", "7", "8", "9")]
    shape = survey(found.table)
    assert (shape.rows, shape.blank.numbers, shape.short.numbers) == (7, [4, 6], [3, 8])
    assert (shape.long.numbers, shape.totals.numbers) == ([5], [7])
    assert [frame.shape for _, frame in frames(found.table)] == [(7, 3)]


def test_notes_under_the_table_are_found(tmp_path: Path) -> None:
    content = "a;b;c\n1;2;3\n4;5;6\n;;\nSource : mairie;;\n* provisoire;;\n"
    shape = survey(reading(written(tmp_path, content.encode()), tmp_path / "w").table)
    assert shape.footnotes.numbers == [5, 6]


def test_a_large_regular_file_is_read_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f'{i};"l\nb;{i}";é' for i in range(5000)]
    path = written(tmp_path, ("\ufeffa;b;c\r\n" + "\r\n".join(lines)).encode())
    small = rows(reading(path, tmp_path / "w"))
    monkeypatch.setattr(delimited, "SMALL", 0)
    large = reading(path, tmp_path / "w")
    assert rows(large) == small
    assert large.table.count() == 5000
    assert survey(large.table).filled == [5000] * 3


def test_a_quotation_mark_never_closed_does_not_swallow_the_rest(tmp_path: Path) -> None:
    body = "".join(f"{i};Association n° {i}\n" for i in range(400))
    found = reading(written(tmp_path, f'id;nom\n"0;Le "Tandem\n{body}'.encode()), tmp_path / "w")
    assert len(rows(found)) == 401


def test_one_that_breaks_everything_is_refused_with_its_line(tmp_path: Path) -> None:
    body = "".join(f"{i};{';' * (i % 5)}\n" for i in range(400))
    with pytest.raises(FileRefused) as refused:
        reading(written(tmp_path, f'id;nom\n1;a\n2;"b\n{body}'.encode()), tmp_path / "w")
    assert refused.value.reason is Refusal.UNCLOSED_QUOTE
    assert refused.value.params["line"] == "3"


def test_every_real_file_is_read_asked_about_or_refused(real_data: Path, tmp_path: Path) -> None:
    outcomes = dict.fromkeys(["read", "asked", "refused"], 0)
    for path in sorted((real_data / "files").rglob("*")):
        if not path.is_file() or path.suffix in (".geojson", ".json", ".zip"):
            continue
        workdir = tmp_path / str(sum(outcomes.values()))
        workdir.mkdir()
        try:
            found = read_file(path, workdir)
        except FileRefused:
            outcomes["refused"] += 1
            continue
        if isinstance(found, WhichSheet):
            outcomes["asked"] += 1
            continue
        assert survey(found.table).rows == found.table.count()
        outcomes["read"] += 1
    assert outcomes["read"] > 150
    assert outcomes["asked"] >= 8
