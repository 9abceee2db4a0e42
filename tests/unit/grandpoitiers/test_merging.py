"""The same dataset in two catalogues: who has it, and who says so."""

import pytest

from ckanext.grandpoitiers.catalogue.merging import (
    Standing,
    Twin,
    keys,
    merge,
    still_yields,
    told,
    twins,
    with_free,
)
from ckanext.grandpoitiers.catalogue.plan import Known, Outcome, Received
from ckanext.grandpoitiers.catalogue.problems import Kind

ID = "https://ville.example/id/arbres"
THEIRS = Known("their-record", "package", "arbres-1", "digest")
MINE = [Received("my-record", "d", {})]


def twin(standing: Standing, known: Known = THEIRS) -> Twin:
    return Twin(known, "Région", standing)


def test_the_catalogue_that_comes_first_takes_the_dataset_at_its_address() -> None:
    """Under its own identifier, to be written whatever it was."""
    found = merge(MINE, {"my-record": (ID,)}, {}, {ID: twin(Standing.OURS)})
    assert found.taken == {"my-record": Known("my-record", "package", "arbres-1", "")}
    (one,) = told(MINE, found)
    assert (one.outcome, one.problems[0].kind) == (None, Kind.TAKEN_OVER)


def test_the_other_gives_way_and_says_to_whom() -> None:
    """Also when it had the dataset itself."""
    found = merge(MINE, {"my-record": (ID,)}, {}, {ID: twin(Standing.THEIRS)})
    (one,) = told(MINE, found)
    assert (one.outcome, one.problems[0].kind) == (Outcome.SKIPPED, Kind.MERGED)
    assert one.problems[0].params == {"source": "Région", "identifier": ID}
    assert still_yields(ID, {ID: twin(Standing.THEIRS)})
    assert not still_yields(ID, {ID: twin(Standing.OURS)})
    assert not still_yields(ID, {})


def test_without_a_declared_preference_both_stay_and_the_report_says_so() -> None:
    """Nothing is stolen."""
    found = merge(MINE, {"my-record": (ID,)}, {}, {ID: twin(Standing.EQUAL)})
    assert (found.taken, found.yielded) == ({}, {})
    assert told(MINE, found)[0].problems[0].kind is Kind.SAME_ELSEWHERE


def test_a_dataset_of_ours_is_not_exchanged_for_theirs() -> None:
    """Theirs goes when its source gives way."""
    known = {"my-record": Known("my-record", "own", "own", "d")}
    assert merge(MINE, {"my-record": (ID,)}, known, {ID: twin(Standing.OURS)}).taken == {}


def test_an_identifier_of_several_records_designates_none() -> None:
    """Neither here nor there."""
    received = [Received("a", "d", {}), Received("b", "d", {})]
    mine = {"a": (ID,), "b": (ID,)}
    assert not merge(received, mine, {}, {ID: twin(Standing.OURS)}).taken
    pairs = [([ID], twin(Standing.OURS)), ([ID], twin(Standing.OURS))]
    assert twins(pairs) == {}


def test_of_two_others_the_one_that_comes_first_counts() -> None:
    """We give way to it."""
    pairs = [
        ([ID], Twin(THEIRS, "Commune", Standing.OURS)),
        ([ID], Twin(THEIRS, "Région", Standing.THEIRS)),
    ]
    assert twins(pairs)[ID].source == "Région"


def test_the_record_s_own_identifier_is_believed_when_it_was_let_go() -> None:
    """Even a short one."""
    received = [Received("7", "d", {}), Received("8", "d", {}, outcome=Outcome.INVALID)]
    free = {"7": twin(Standing.OURS), "8": twin(Standing.OURS)}
    found = with_free(merge(received, {}, {}, {}), received, {}, free)
    assert list(found.taken) == ["7"]


@pytest.mark.parametrize(
    ("dataset", "known_as"),
    [
        ({"identifier": "fr-200069854-1", "alternate_identifier": [ID]}, ("fr-200069854-1", ID)),
        ({"identifier": "12", "alternate_identifier": ["BDTOPO", "123456789"]}, ()),
        (
            {"identifier": "fr-200069854-1", "iso_type": "service"},
            ("service fr-200069854-1",),
        ),
    ],
)
def test_only_what_is_specific_identifies(
    dataset: dict[str, object], known_as: tuple[str, ...]
) -> None:
    """And a service is never the same as its data."""
    assert keys(dataset) == known_as
