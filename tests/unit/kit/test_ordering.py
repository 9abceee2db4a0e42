"""Names in the order of a French directory."""

from portal_kit.ordering import alphabetical


def test_accents_and_case_do_not_count_but_part_two_names_alike() -> None:
    names = ["Zoé", "élodie", "Elodie", "Œuvres", "bob", "Été", "Étienne"]
    assert sorted(names, key=alphabetical) == [
        "bob", "Elodie", "élodie", "Été", "Étienne", "Zoé", "Œuvres",
    ]  # fmt: skip
