"""The actions of the queue: hand a deposit over, look at it, agree, return, publish, schedule."""

from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.scdl.errors import N_, ScdlError
from ckanext.scdl.publishing import state
from ckanext.scdl.queue import clock, describing, letters, steps, store
from ckanext.scdl.queue.jobs import begin, enqueue_tick
from ckanext.scdl.queue.listing import scdl_submission_show
from ckanext.scdl.queue.steps import Standing, State, Step
from ckanext.scdl.queue.submitting import give_up, submit

Answer = dict[str, Any]

CHANGED = N_("Somebody has dealt with this deposit meanwhile: look at it again.")


def scdl_deposit_submit(context: Context, data_dict: DataDict) -> Answer:
    """Hand a deposit over to those who validate: nothing of it is on line before they say so.

    :param id: the deposit's
    :type id: string
    :param note: what they should know of it (optional)
    :type note: string
    :param package_id: the dataset to add it to, unless it replaces the file of a resource
    :type package_id: string
    :param title: of a new dataset, where no other is said
    :type title: string
    :param notes: what the new dataset is (optional)
    :type notes: string
    :param private: whether the new dataset is hidden (optional, default: False)
    :type private: bool

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    deposit_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_deposit_submit", context, data_dict)
    hand_over(context, data_dict)
    return scdl_submission_show(context, {"id": deposit_id})


def hand_over(context: Context, data_dict: DataDict) -> None:
    """Put a deposit into the queue. Raises ValidationError."""
    keys = ("package_id", "title", "notes", "private")
    wanted = {key: data_dict[key] for key in keys if key in data_dict}
    try:
        note = str(data_dict.get("note") or "").strip()
        submit(data_dict["id"], str(context.get("user")), note, wanted)
    except ScdlError as error:
        model.Session.rollback()
        raise tk.ValidationError({"file": [error.sentence(tk._)]}) from error


def scdl_deposit_publish(context: Context, data_dict: DataDict) -> Answer:
    """Publish a deposited file at once, mended as was accepted; its original is kept beside it.

    :param id: the deposit's
    :type id: string
    :param package_id: the dataset to add it to; without it a new one is made, unless the deposit
        replaces the file of a resource
    :type package_id: string
    :param title: of the new dataset
    :type title: string
    :param notes: what the new dataset is, in a few sentences (optional)
    :type notes: string
    :param private: whether the new dataset is hidden (optional, default: False)
    :type private: bool

    :returns: the resource; of more than 50,000 rows, as `scdl_submission_show` while a worker
        publishes it
    :rtype: dictionary
    """
    deposit_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_deposit_publish", context, data_dict)
    hand_over(context, data_dict)
    row = store.get(deposit_id)
    assert row is not None  # noqa: S101  (just handed over)
    # Whoever publishes directly needs nobody else, whatever the organisation asks of others.
    store.put(deposit_id, needed=1)
    answer = _publish(context, deposit_id)
    if answer["state"] == State.SUBMITTED:
        # Back to its author, who may mend it: nobody was asked to look at it.
        failed = [one["comment"] for one in answer["history"] if one["step"] == Step.FAIL]
        row = store.get(deposit_id, lock=True)
        if row is not None:
            store.put(deposit_id, steps.give_back(store.standing(row), failed[-1]))
        model.Session.commit()
        raise tk.ValidationError({"file": failed[-1:]})
    if answer["state"] != State.PUBLISHED:
        return answer
    return tk.get_action("resource_show")(tk.fresh_context(context), {"id": answer["resource_id"]})


def scdl_submission_approve(context: Context, data_dict: DataDict) -> Answer:
    """Agree to a deposit that needs two persons; it is published by the second.

    :param id: the deposit's
    :type id: string
    :param seen: the ``revision`` that was looked at: any other is refused (optional)
    :type seen: int

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    return _step(context, data_dict, "approve", steps.approve, Step.APPROVE)


def scdl_submission_publish(context: Context, data_dict: DataDict) -> Answer:
    """Publish a deposit now; whoever says so agrees to it.

    :param id: the deposit's
    :type id: string
    :param seen: the ``revision`` that was looked at: any other is refused (optional)
    :type seen: int

    :returns: as `scdl_submission_show`; more than 50,000 rows are published by a worker
    :rtype: dictionary
    """
    tk.check_access("scdl_submission_publish", context, data_dict)
    return _publish(context, tk.get_or_bust(data_dict, "id"), data_dict.get("seen"))


def _publish(context: Context, submission_id: str, seen: Any = None) -> Answer:
    row = _decide(context, submission_id, seen, steps.publish, Step.PUBLISH)
    begin(row)
    return describing.whole(store.get(submission_id) or row)


def scdl_submission_schedule(context: Context, data_dict: DataDict) -> Answer:
    """Have a deposit published at a date and time.

    :param id: the deposit's
    :type id: string
    :param at: as ``2026-12-31T08:30`` on the portal's clocks, or with an offset
    :type at: string
    :param seen: the ``revision`` that was looked at: any other is refused (optional)
    :type seen: int

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    tk.check_access("scdl_submission_schedule", context, data_dict)
    submission_id, written = tk.get_or_bust(data_dict, ["id", "at"])

    def at_a_moment(now: Standing, person: str) -> Standing:
        at = steps.moment(str(written), clock.zone())
        return steps.schedule(now, person, at, store.now())

    row = _decide(context, submission_id, data_dict.get("seen"), at_a_moment, Step.SCHEDULE)
    enqueue_tick(row["publish_at"])
    return describing.whole(row)


def scdl_submission_unschedule(context: Context, data_dict: DataDict) -> Answer:
    """Take back the date of a deposit: it waits again, with what was agreed.

    :param id: the deposit's
    :type id: string
    :param seen: the ``revision`` that was looked at: any other is refused (optional)
    :type seen: int

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    return _step(context, data_dict, "unschedule", _alone(steps.unschedule), Step.UNSCHEDULE)


def scdl_submission_note(context: Context, data_dict: DataDict) -> Answer:
    """Correct one's own note on a deposit that waits.

    :param id: the deposit's
    :type id: string
    :param note: what those who validate should know of it
    :type note: string

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    note = str(tk.get_or_bust(data_dict, "note") or "").strip()[:2000]
    return _step(context, data_dict, "note", _alone(steps.reword), Step.NOTE, note, note=note)


def _alone(change: Callable[[Standing], Standing]) -> Callable[[Standing, str], Standing]:
    """A step that is the same whoever takes it."""
    return lambda now, _person: change(now)


def scdl_submission_return(context: Context, data_dict: DataDict) -> Answer:
    """Return a deposit to its sender, who may mend it and hand it over again.

    :param id: the deposit's
    :type id: string
    :param comment: why
    :type comment: string
    :param seen: the ``revision`` that was looked at: any other is refused (optional)
    :type seen: int

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    comment = str(data_dict.get("comment") or "").strip()

    def back(now: Standing, _person: str) -> Standing:
        return steps.give_back(now, comment)

    answer = _step(context, data_dict, "return", back, Step.RETURN, comment)
    row = store.get(answer["id"])
    if row is not None:
        letters.returned(row, comment)
    return answer


def scdl_submission_withdraw(context: Context, data_dict: DataDict) -> Answer:
    """Take one's own deposit back: its file is erased.

    :param id: the deposit's
    :type id: string

    :returns: as `scdl_submission_show`
    :rtype: dictionary
    """
    tk.check_access("scdl_submission_withdraw", context, data_dict)
    row = _locked(tk.get_or_bust(data_dict, "id"), data_dict.get("seen"))
    try:
        give_up(row, row["user_id"])
    except ScdlError as error:
        model.Session.rollback()
        raise tk.ValidationError({"step": [error.sentence(tk._)]}) from error
    return describing.whole(store.get(row["id"]) or row)


def _step(
    context: Context,
    data_dict: DataDict,
    verb: str,
    change: Callable[[Standing, str], Standing],
    kept: Step,
    comment: str = "",
    **values: Any,
) -> Answer:
    tk.check_access(f"scdl_submission_{verb}", context, data_dict)
    submission_id, seen = tk.get_or_bust(data_dict, "id"), data_dict.get("seen")
    return describing.whole(_decide(context, submission_id, seen, change, kept, comment, **values))


def _decide(
    context: Context,
    submission_id: str,
    seen: Any,
    change: Callable[[Standing, str], Standing],
    kept: Step,
    comment: str = "",
    **values: Any,
) -> store.Row:
    """Take a step and keep it, with other ``values`` of the row; the row after it.

    Raises ValidationError.
    """
    user = model.User.get(context.get("user") or "")
    row = _locked(submission_id, seen)
    person = user.id if user else ""
    try:
        found = change(store.standing(row), person)
    except ScdlError as error:
        model.Session.rollback()
        raise tk.ValidationError({"step": [error.sentence(tk._)]}) from error
    store.put(submission_id, found, **values)
    if kept is Step.SCHEDULE and found.publish_at:
        comment = found.publish_at.isoformat()
    store.note(
        kept,
        submission_id=submission_id,
        resource_id=row["resource_id"],
        user_id=person,
        comment=comment,
    )
    model.Session.commit()
    return store.get(submission_id) or row


def _locked(submission_id: str, seen: Any) -> store.Row:
    """The row, that nobody else changes before the commit. Raises ValidationError, NotFound."""
    row = store.get(submission_id, lock=True)
    if row is None:
        raise tk.ObjectNotFound(tk._("There is no such deposit."))
    token = describing.token(row, state.file_of(row["resource_id"]))
    if seen not in (None, "") and str(seen) not in (token, str(row["revision"])):
        model.Session.rollback()
        raise tk.ValidationError({"seen": [tk._(CHANGED)]})
    return row
