"""How a CSV file separates its cells."""

import pytest

from ckanext.scdl.files.dialects import find_dialect


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('a, b, c\n1, "x, y", 3\n', [["a", "b", "c"], ["1", "x, y", "3"]]),
        ("a; b;c\n1; 2;3\n", [["a", " b", "c"], ["1", " 2", "3"]]),
        ("a\n1\n", [["a"], ["1"]]),
    ],
)
def test_a_space_after_every_separator_is_not_in_the_cells(
    text: str, records: list[list[str]]
) -> None:
    lines = text.splitlines(keepends=True)
    assert list(find_dialect(text).records(lines)) == records
