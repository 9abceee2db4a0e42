"""What one does with the datasets of a theme."""

from ckanext.grandpoitiers.theme_uses import counted


def test_a_dataset_counts_once_for_each_of_its_uses() -> None:
    assert counted([["CSV", "xlsx", "WFS"], ["csv "], [], ["Inconnu"]]) == {"table": 2, "map": 1}
