"""What one does with a dataset."""

from ckanext.grandpoitiers.themes.uses import uses_of


def test_a_dataset_has_each_of_its_uses_once() -> None:
    assert uses_of(["CSV", "xlsx", "WFS"]) == ["table", "map"]
    assert uses_of(["csv "]) == ["table"]
    assert uses_of([]) == uses_of(["Inconnu"]) == []
