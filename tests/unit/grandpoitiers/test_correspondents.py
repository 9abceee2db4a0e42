"""Who is written to about which records, and when they are not written to again."""

import pytest

from ckanext.grandpoitiers.catalogue import correspondents
from ckanext.grandpoitiers.catalogue.answers import RawRecord
from ckanext.grandpoitiers.catalogue.correspondents import Contacts, Post, address_of, post
from ckanext.grandpoitiers.catalogue.plan import Outcome, Received
from ckanext.grandpoitiers.catalogue.problems import Kind, Problem
from ckanext.grandpoitiers.catalogue.report import Line, Remark

ANNE, PAUL = "anne@ville.fr", "paul@ville.fr"
CONTACTS = {"a": ANNE, "b": ANNE, "c": PAUL}
NAMESPACES = (
    'xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"'
)


def line(guid: str, kind: Kind | None = Kind.NO_TITLE) -> Line:
    remarks = (Remark.of(Problem.of("title", kind)),) if kind else ()
    return Line(guid, Outcome.INVALID if kind else Outcome.CREATED, "", remarks)


def written(found: Post) -> dict[str, list[str]]:
    return {one.address: [each.guid for each in one.lines] for one in found.letters}


def test_one_letter_a_contact_of_all_that_is_theirs() -> None:
    found = post([line("b"), line("c"), line("a"), line("z")], CONTACTS, {}, complete=True)
    assert written(found) == {ANNE: ["a", "b"], PAUL: ["c"]}


def test_what_is_well_is_nothing_to_write_about() -> None:
    assert post([line("a", None)], CONTACTS, {}, complete=True) == Post((), {})


def test_nobody_reads_the_same_letter_every_morning() -> None:
    lines = [line("a"), line("c")]
    first = post(lines, CONTACTS, {}, complete=True)
    again = post(lines, CONTACTS, first.told, complete=True)
    assert (again.letters, again.told) == ((), first.told)
    more = post([*lines, line("b")], CONTACTS, again.told, complete=True)
    assert written(more) == {ANNE: ["a", "b"]}
    less = post(lines, CONTACTS, more.told, complete=True)
    assert less.letters == ()


def test_what_was_mended_and_is_wrong_again_is_told_again() -> None:
    first = post([line("a")], CONTACTS, {}, complete=True)
    mended = post([], CONTACTS, first.told, complete=True)
    assert mended.told == {}
    assert written(post([line("a")], CONTACTS, mended.told, complete=True)) == {ANNE: ["a"]}


def test_a_reading_that_stopped_midway_forgets_nobody() -> None:
    first = post([line("a"), line("c")], CONTACTS, {}, complete=True)
    partial = post([line("c")], CONTACTS, first.told, complete=False)
    assert (partial.letters, partial.told) == ((), first.told)


def test_a_run_writes_to_so_many_and_leaves_the_others_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(correspondents, "MOST", 1)
    first = post([line("a"), line("c")], CONTACTS, {}, complete=True)
    assert written(first) == {ANNE: ["a"]}
    assert written(post([line("a"), line("c")], CONTACTS, first.told, complete=True)) == {
        PAUL: ["c"]
    }


def test_no_address_is_kept() -> None:
    assert "@" not in str(post([line("a")], CONTACTS, {}, complete=True).told)


@pytest.mark.parametrize(
    "hostile",
    ["a@b", "a@b.fr\r\nBcc: x@y.fr", "a@b.fr, c@d.fr", "<a@b.fr>", "é@b.fr", "a" * 70 + "@b.fr"],
)
def test_only_a_plain_address_is_written_to(hostile: str) -> None:
    assert address_of([hostile]) == ""
    assert address_of([hostile, "Anne@Ville.FR"]) == ANNE


def mail(name: str, address: str) -> str:
    return (
        f"<gmd:{name}><gmd:electronicMailAddress><gco:CharacterString> {address} "
        f"</gco:CharacterString></gmd:electronicMailAddress></gmd:{name}>"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (mail("pointOfContact", PAUL) + mail("contact", ANNE), {"a": ANNE}),
        (mail("pointOfContact", PAUL) + mail("contact", "à venir"), {"a": PAUL}),
        ("", {}),
        ("<broken>", {}),
    ],
)
def test_the_author_of_a_record_comes_before_who_answers_for_the_data(
    content: str, expected: dict[str, str]
) -> None:
    xml = f"<gmd:MD_Metadata {NAMESPACES}>{content}</gmd:MD_Metadata>".encode()
    contacts = Contacts()
    contacts.heed(RawRecord("a", xml), Received("a", "", None, outcome=Outcome.INVALID))
    assert contacts.by_guid == expected


def test_an_unchanged_record_is_not_read() -> None:
    contacts = Contacts()
    contacts.heed(RawRecord("a", mail("contact", ANNE).encode()), Received("a", ""))
    assert contacts.by_guid == {}
