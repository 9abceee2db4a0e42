"""The plan of `seed`: what is created, what is left to people."""

from ckanext.grandpoitiers.organisations.declared import Organisation
from ckanext.grandpoitiers.seed import Item, items, plan, remember
from ckanext.grandpoitiers.themes.declared import Theme

SPORT = Item("group", "sport", {"title": "Sport", "description": "Stades."})
KEY = "group/sport"


def test_what_is_missing_is_created() -> None:
    """An empty CKAN gets everything."""
    (step,) = plan([SPORT], {}, {})
    assert (step.outcome, step.changes) == ("created", SPORT.fields)


def test_what_is_there_is_left_alone() -> None:
    """A second run changes nothing."""
    (step,) = plan([SPORT], {KEY: SPORT.fields}, {KEY: SPORT.fields})
    assert (step.outcome, step.changes) == ("unchanged", {})


def test_a_new_title_in_the_file_reaches_an_untouched_group() -> None:
    """A field still equal to what the last run wrote follows the file."""
    before = {"title": "Sports", "description": "Stades."}
    (step,) = plan([SPORT], {KEY: before}, {KEY: before})
    assert (step.outcome, step.changes) == ("updated", {"title": "Sport"})


def test_a_title_changed_on_screen_is_kept() -> None:
    """A field that a person changed is theirs."""
    on_screen = {"title": "Sport pour tous", "description": "Stades."}
    (step,) = plan([SPORT], {KEY: on_screen}, {KEY: SPORT.fields})
    assert (step.outcome, step.changes, step.kept) == ("kept", {}, ("title",))


def test_the_other_fields_of_a_changed_group_still_follow_the_file() -> None:
    """The rule is for each field, not for the whole."""
    last = {"title": "Sport", "description": "Gymnases."}
    on_screen = {"title": "Sport pour tous", "description": "Gymnases."}
    (step,) = plan([SPORT], {KEY: on_screen}, {KEY: last})
    assert (step.outcome, step.changes, step.kept) == (
        "updated",
        {"description": "Stades."},
        ("title",),
    )


def test_force_takes_everything_back() -> None:
    """`--force` overwrites what a person changed."""
    on_screen = {"title": "Sport pour tous", "description": "Stades."}
    (step,) = plan([SPORT], {KEY: on_screen}, {}, force=True)
    assert (step.outcome, step.changes) == ("updated", {"title": "Sport"})


def test_a_group_made_by_somebody_else_is_never_overwritten() -> None:
    """Nothing is remembered of it: it is theirs."""
    (step,) = plan([SPORT], {KEY: {"title": "Le sport", "description": ""}}, {})
    assert (step.outcome, step.changes) == ("kept", {})


def test_a_kept_field_is_not_remembered_as_ours() -> None:
    """The next run must not believe that it wrote what a person did."""
    on_screen = {"title": "Sport pour tous", "description": "Stades."}
    last = {KEY: {"title": "Sports", "description": "Stades."}}
    steps = plan([SPORT], {KEY: on_screen}, last)
    assert remember(steps, last)[KEY] == {"title": "Sports", "description": "Stades."}


def test_what_left_the_file_stays_remembered() -> None:
    """A theme taken out for a day comes back under the same rule."""
    assert remember([], {KEY: SPORT.fields}) == {KEY: dict(SPORT.fields)}


def test_themes_come_with_the_tree_and_its_parents() -> None:
    """Organisations keep the name of the one above, in the order they were given."""
    theme = Theme("sport", "Sport", "Stades.", "sport", "#4d6600", 1)
    top = Organisation("town", "La ville", "", None)
    below = Organisation("parks", "Parcs", "", "town")
    found = items([theme], [top, below])
    assert [item.key for item in found] == [KEY, "organization/town", "organization/parks"]
    assert found[2].fields["parent"] == "town"
