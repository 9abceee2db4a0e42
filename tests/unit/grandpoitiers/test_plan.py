"""What a harvest changes: examples of each rule, then any sequence of runs against a model."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue.plan import (
    REFUSALS,
    Action,
    Entry,
    Known,
    Outcome,
    Plan,
    PlanSettings,
    Received,
    RefusalKind,
    State,
    must_map,
    plan,
)
from ckanext.grandpoitiers.catalogue.problems import Kind

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SETTINGS = PlanSettings()


def received(guid: str, digest: str = "d1", **more: object) -> Received:
    return replace(Received(guid, digest, {"name": guid, "title": guid}), **more)


def known(guid: str, digest: str = "d1", **more: object) -> Known:
    return replace(Known(guid, f"id-{guid}", f"name-{guid}", digest), **more)


def run(
    answer: Iterable[Received],
    catalogue: Iterable[Known] = (),
    complete: bool = True,
    chosen: PlanSettings = SETTINGS,
    now: datetime = NOW,
) -> Plan:
    return plan(answer, {k.guid: k for k in catalogue}, now, chosen, complete)


def only(made: Plan) -> Entry:
    (entry,) = made.entries
    return entry


class TestPresent:
    def test_an_unknown_record_is_created(self):
        entry = only(run([received("a")]))
        assert (entry.action, entry.outcome, entry.digest) == (Action.CREATE, Outcome.CREATED, "d1")
        assert entry.dataset == {"name": "a", "title": "a"}

    def test_a_changed_record_updates_its_dataset_under_its_old_address(self):
        entry = only(run([received("a", "d2")], [known("a")]))
        assert (entry.action, entry.outcome, entry.digest) == (Action.UPDATE, Outcome.UPDATED, "d2")
        assert entry.dataset == {"name": "name-a", "title": "a", "id": "id-a"}

    def test_a_record_with_the_known_digest_costs_nothing(self):
        entry = only(run([Received("a", "d1")], [known("a")]))
        assert (entry.action, entry.outcome) == (Action.UNCHANGED, Outcome.UNCHANGED)
        assert not must_map(known("a"), "d1")

    @pytest.mark.parametrize("state", [State.ARCHIVED, State.DELETED])
    def test_a_record_that_comes_back_takes_its_address_back(self, state: State):
        old = known("a", state=state, vanished_at=NOW - timedelta(days=60))
        entry = only(run([received("a")], [old]))
        assert (entry.action, entry.outcome) == (Action.RESTORE, Outcome.UPDATED)
        assert entry.dataset is not None
        assert (entry.dataset["id"], entry.dataset["name"]) == ("id-a", "name-a")
        assert entry.vanished_at is None
        assert must_map(old, "d1")

    def test_a_record_that_comes_back_in_time_is_no_longer_missing(self):
        entry = only(run([Received("a", "d1")], [known("a", vanished_at=NOW)]))
        assert (entry.action, entry.vanished_at) == (Action.UNCHANGED, None)

    def test_a_record_to_write_without_dataset_is_a_mistake_of_the_caller(self):
        with pytest.raises(ValueError, match="has no dataset"):
            run([Received("a", "d2")], [known("a")])


class TestUnusable:
    def test_an_invalid_record_without_dataset_is_only_reported(self):
        entry = only(run([Received("a", outcome=Outcome.INVALID)]))
        assert (entry.action, entry.outcome) == (Action.IGNORE, Outcome.INVALID)

    def test_nor_does_one_whose_dataset_was_deleted_keep_anything(self):
        old = known("a", state=State.DELETED, vanished_at=NOW - timedelta(days=60))
        entry = only(run([Received("a", "d2", outcome=Outcome.INVALID)], [old]))
        assert (entry.action, entry.known, entry.problems) == (Action.IGNORE, old, ())

    @pytest.mark.parametrize("outcome", [Outcome.INVALID, Outcome.FAILED])
    def test_a_mistake_in_a_record_leaves_its_dataset_as_it_was(self, outcome: Outcome):
        old = known("a", vanished_at=NOW)
        entry = only(run([Received("a", "d2", outcome=outcome)], [old]))
        assert (entry.action, entry.outcome, entry.digest) == (Action.KEEP, outcome, "d1")
        assert entry.vanished_at is None
        assert [problem.kind for problem in entry.problems] == [Kind.KEPT_AFTER_ERROR]

    def test_a_record_that_became_a_map_leaves_like_one_that_vanished(self):
        answer = [Received("a", outcome=Outcome.SKIPPED), received("b")]
        entry = run(answer, [known("a"), known("b")]).entries[0]
        assert (entry.action, entry.outcome, entry.vanished_at) == (
            Action.KEEP,
            Outcome.SKIPPED,
            NOW,
        )


class TestGone:
    def test_a_vanished_record_is_kept_for_its_grace_period(self):
        entry = run([received("b")], [known("a"), known("b")]).entries[0]
        assert (entry.action, entry.outcome) == (Action.KEEP, Outcome.UNCHANGED)
        assert entry.vanished_at == NOW
        assert [problem.kind for problem in entry.problems] == [Kind.VANISHED]

    def test_it_is_archived_after_seven_days_and_remembers_since_when(self):
        since = NOW - timedelta(days=7)
        entry = run([received("b")], [known("a", vanished_at=since), known("b")]).entries[0]
        assert (entry.action, entry.outcome, entry.vanished_at) == (
            Action.ARCHIVE,
            Outcome.ARCHIVED,
            since,
        )

    def test_a_dataset_archived_late_stays_archived_as_long_as_the_others(self):
        old = known("a", vanished_at=NOW - timedelta(days=300))
        entry = run([received("b")], [old, known("b")]).entries[0]
        assert (entry.action, entry.vanished_at) == (Action.ARCHIVE, NOW - timedelta(days=7))

    @pytest.mark.parametrize(("days", "actions"), [(36, []), (37, [Action.DELETE])])
    def test_it_is_deleted_later(self, days: int, actions: list[Action]):
        old = known("a", state=State.ARCHIVED, vanished_at=NOW - timedelta(days=days))
        made = run([received("b")], [old, known("b")])
        assert [entry.action for entry in made.entries if entry.guid == "a"] == actions

    def test_a_dataset_archived_by_hand_begins_its_time_now(self):
        old = known("a", state=State.ARCHIVED)
        entry = run([received("b")], [old, known("b")]).entries[0]
        assert (entry.action, entry.vanished_at) == (Action.KEEP, NOW)

    def test_a_deleted_dataset_is_left_in_peace(self):
        old = known("a", state=State.DELETED, vanished_at=NOW - timedelta(days=400))
        assert [e.guid for e in run([received("b")], [old, known("b")]).entries] == ["b"]

    def test_a_clock_that_goes_back_archives_nothing(self):
        entry = run([received("b")], [known("a", vanished_at=NOW + timedelta(days=1)), known("b")])
        assert entry.entries[0].action is Action.KEEP


class TestRefusals:
    def test_an_empty_answer_removes_nothing(self):
        overdue = known("a", vanished_at=NOW - timedelta(days=30))
        made = run([], [overdue, known("b")])
        assert made.refusal is not None
        assert made.refusal.kind is RefusalKind.EMPTY
        assert [(e.action, e.vanished_at) for e in made.entries] == [
            (Action.KEEP, NOW - timedelta(days=30)),
            (Action.KEEP, None),
        ]

    def test_an_empty_answer_of_an_empty_catalogue_is_no_event(self):
        assert run([]) == Plan()

    def test_an_incomplete_answer_creates_and_removes_nothing(self):
        made = run([received("b")], [known("a")], complete=False)
        assert made.refusal is not None
        assert made.refusal.kind is RefusalKind.INCOMPLETE
        assert [(e.action, e.vanished_at) for e in made.entries] == [
            (Action.KEEP, None),
            (Action.CREATE, None),
        ]

    def test_a_refused_run_deletes_no_archive(self):
        overdue = known("a", state=State.ARCHIVED, vanished_at=NOW - timedelta(days=400))
        for answer, complete in (([], True), ([received("b")], False)):
            made = run(answer, [overdue, known("b")], complete)
            assert made.refusal is not None
            assert "a" not in {entry.guid for entry in made.entries}

    @pytest.mark.parametrize(
        ("size", "lost", "refused"),
        [(100, 20, False), (100, 21, True), (10, 5, False), (10, 6, True), (3, 2, False)],
    )
    def test_more_than_a_fifth_and_more_than_five_at_once_is_refused(self, size, lost, refused):
        catalogue = [known(f"{i:03}") for i in range(size)]
        made = run([Received(k.guid, "d1") for k in catalogue[lost:]], catalogue)
        assert (made.refusal is not None) == refused
        marked = [entry for entry in made.entries if entry.vanished_at]
        assert len(marked) == (0 if refused else lost)
        if made.refusal:
            assert (made.refusal.kind, made.refusal.missing) == (RefusalKind.SHRUNKEN, lost)

    def test_an_administrator_accepts_one_run_and_the_next_goes_on(self):
        catalogue = [known(f"{i:03}") for i in range(10)]
        answer = [Received(k.guid, "d1") for k in catalogue[6:]]
        accepted = run(answer, catalogue, chosen=replace(SETTINGS, accept_missing=6))
        assert accepted.refusal is None
        after = [replace(k, vanished_at=NOW) if k.guid < "006" else k for k in catalogue]
        week = run(answer, after, now=NOW + timedelta(days=7))
        assert week.refusal is None
        assert week.counts == {Outcome.ARCHIVED: 6, Outcome.UNCHANGED: 4}

    def test_a_run_accepted_for_so_many_is_refused_again_when_more_are_missing(self):
        catalogue = [known(f"{i:03}") for i in range(20)]
        answer = [Received(k.guid, "d1") for k in catalogue[7:]]
        made = run(answer, catalogue, chosen=replace(SETTINGS, accept_missing=6))
        assert made.refusal is not None
        assert (made.refusal.missing, made.counts) == (7, {Outcome.UNCHANGED: 20})

    def test_an_answer_full_of_maps_is_a_shrunken_one(self):
        catalogue = [known(f"{i:03}") for i in range(10)]
        made = run([Received(k.guid, outcome=Outcome.SKIPPED) for k in catalogue], catalogue)
        assert made.refusal is not None
        assert made.refusal.kind is RefusalKind.SHRUNKEN

    def test_a_refusal_says_why_in_the_reader_s_language(self):
        refusal = run([], [known("a")]).refusal
        assert refusal is not None
        assert "1 are known" in refusal.message()
        assert refusal.message(lambda _: "{known} connus") == "1 connus"
        assert set(REFUSALS) == set(RefusalKind)


class TestDuplicates:
    def test_the_newest_of_two_records_wins_whatever_their_order(self):
        old = received("a", "d1", date_stamp="2020-01-01")
        new = received("a", "d2", date_stamp="2021-01-01")
        for answer in ([old, new], [new, old]):
            entry = only(run(answer))
            assert entry.digest == "d2"
            assert [problem.kind for problem in entry.problems] == [Kind.DUPLICATE]

    def test_a_usable_record_wins_over_a_newer_invalid_one(self):
        bad = Received("a", "d2", outcome=Outcome.INVALID, date_stamp="2022")
        assert only(run([bad, received("a", "d1", date_stamp="2020")])).action is Action.CREATE

    def test_two_records_with_one_identifier_do_not_take_turns(self):
        """The unchanged one comes unread, without its date: it stays all the same."""
        old = received("a", "d1", date_stamp="2020-01-01")
        for answer in ([old, Received("a", "d2")], [Received("a", "d2"), old]):
            entry = only(run(answer, [known("a", "d2")]))
            assert (entry.action, entry.digest) == (Action.UNCHANGED, "d2")

    def test_a_page_served_twice_is_not_a_duplicate(self):
        assert only(run([received("a"), received("a")])).problems == ()


# A model of a catalogue kept by runs, and of the store that applies their plans.

Catalogue = dict[str, Known]
GUIDS = [f"g{i}" for i in range(12)]
USABLE = ("d1", "d2", "d3")
answers = st.dictionaries(st.sampled_from(GUIDS), st.sampled_from(USABLE))
mixed = st.dictionaries(
    st.sampled_from(GUIDS), st.sampled_from([*USABLE, Outcome.INVALID, Outcome.SKIPPED])
)
runs = st.lists(
    st.tuples(mixed, st.sampled_from([True, True, False]), st.integers(0, 20), st.integers(0, 12)),
    min_size=1,
    max_size=10,
)


def sent(guid: str, what: str | Outcome) -> Received:
    if isinstance(what, Outcome):
        return Received(guid, "bad", outcome=what)
    return received(guid, what)


def apply(catalogue: Catalogue, entries: Iterable[Entry]) -> Catalogue:
    after = dict(catalogue)
    for entry in entries:
        old = after.get(entry.guid)
        if entry.action is Action.CREATE:
            assert old is None
            assert entry.dataset is not None
            after[entry.guid] = Known(
                entry.guid, f"id-{entry.guid}", entry.dataset["name"], entry.digest
            )
        elif old is not None and entry.action is not Action.IGNORE:
            state = {
                Action.ARCHIVE: State.ARCHIVED,
                Action.DELETE: State.DELETED,
                Action.RESTORE: State.ACTIVE,
            }.get(entry.action, old.state)
            after[entry.guid] = replace(
                old, digest=entry.digest, vanished_at=entry.vanished_at, state=state
            )
    return after


def harvest(
    catalogue: Catalogue, answer: dict[str, Any], now: datetime, complete: bool, accept: int
):
    chosen = replace(SETTINGS, accept_missing=accept)
    items = [sent(guid, what) for guid, what in answer.items()]
    return plan(items, catalogue, now, chosen, complete)


def is_refused(catalogue: Catalogue, answer: dict[str, Any], complete: bool, accept: int) -> bool:
    """The rule in other words: a doubt, or nobody there, or too many missing since the last run."""
    active = [one for one in catalogue.values() if one.state is State.ACTIVE]
    there = {guid for guid, what in answer.items() if what is not Outcome.SKIPPED}
    missing = [one for one in active if one.guid not in there and one.vanished_at is None]
    many = len(missing) > SETTINGS.max_count and len(missing) > SETTINGS.max_share * len(active)
    return not complete or bool(active and not answer) or (many and len(missing) > accept)


def expected(old: Known, what: str | Outcome | None, now: datetime, refused: bool) -> Known:
    """What a run leaves of a known record that the answer has as `what`, None for missing."""
    since = old.vanished_at or now
    if isinstance(what, str) and what in USABLE:
        return replace(old, state=State.ACTIVE, digest=what, vanished_at=None)
    if old.state is State.DELETED or (refused and what is not Outcome.INVALID):
        return old
    if what is Outcome.INVALID:
        return replace(old, vanished_at=None) if old.state is State.ACTIVE else old
    if old.state is State.ARCHIVED:
        gone = now - since >= SETTINGS.delete_after
        return replace(old, state=State.DELETED if gone else old.state, vanished_at=since)
    if now - since < SETTINGS.archive_after:
        return replace(old, vanished_at=since)
    since = max(since, now - SETTINGS.archive_after)
    return replace(old, state=State.ARCHIVED, vanished_at=since)


@given(runs)
@settings(max_examples=200)
def test_a_sequence_of_runs_leaves_what_the_model_says(sequence):
    """No record is lost, doubled or renamed; none leaves but in its time, by a run nothing is
    wrong with; each is active again, under its first address, as soon as it is back."""
    catalogue: Catalogue = {}
    now = NOW
    for answer, complete, days, accept in sequence:
        now += timedelta(days=days)
        made = harvest(catalogue, answer, now, complete, accept)
        refused = is_refused(catalogue, answer, complete, accept)
        assert (made.refusal is not None) == refused
        assert len({entry.guid for entry in made.entries}) == len(made.entries)
        for entry in made.entries:
            old = catalogue.get(entry.guid)
            if entry.dataset is not None and old is not None:
                assert (entry.dataset["id"], entry.dataset["name"]) == (old.package_id, old.name)
            if old is not None and entry.dataset is not None and old.state is not State.ACTIVE:
                assert entry.action is Action.RESTORE
        after = apply(catalogue, made.entries)
        for guid, old in catalogue.items():
            assert after[guid] == expected(old, answer.get(guid), now, refused)
        made_now = {guid for guid in after if guid not in catalogue}
        assert made_now == {g for g, what in answer.items() if what in USABLE} - set(catalogue)
        catalogue = after


@given(runs, answers, st.integers(0, 12))
@settings(max_examples=200)
def test_a_run_killed_anywhere_and_run_again_ends_as_if_it_had_not_been(sequence, answer, survived):
    catalogue: Catalogue = {}
    now = NOW
    for past, complete, days, accept in sequence:
        now += timedelta(days=days)
        catalogue = apply(catalogue, harvest(catalogue, past, now, complete, accept).entries)
    whole = harvest(catalogue, answer, now, True, 12)
    uninterrupted = apply(catalogue, whole.entries)
    killed = apply(catalogue, whole.entries[:survived])
    again = apply(killed, harvest(killed, answer, now, True, 12).entries)
    assert again == uninterrupted


@given(answers)
@settings(max_examples=100)
def test_the_same_answer_again_changes_nothing(answer):
    catalogue = apply({}, harvest({}, answer, NOW, True, 0).entries)
    again = harvest(catalogue, answer, NOW, True, 0)
    assert {entry.action for entry in again.entries} <= {Action.UNCHANGED}


@given(answers, st.randoms())
@settings(max_examples=100)
def test_the_plan_does_not_depend_on_the_order_of_the_answer(answer, random):
    items = [received(g, d) for g, d in answer.items()]
    shuffled = list(items)
    random.shuffle(shuffled)
    assert run(items, [known("g1")]) == run(shuffled, [known("g1")])
