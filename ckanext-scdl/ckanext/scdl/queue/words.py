"""The words of the queue's pages."""

import ckan.plugins.toolkit as tk


def states() -> dict[str, str]:
    """What people read for each state."""
    return {
        "submitted": tk._("Waiting"),
        "scheduled": tk._("Scheduled"),
        "publishing": tk._("Being published"),
        "published": tk._("On line"),
        "returned": tk._("Returned"),
        "withdrawn": tk._("Withdrawn"),
        "superseded": tk._("Replaced by a newer deposit"),
    }


def filters() -> dict[str, str]:
    """The states that the queue can be seen by; "" is all that waits."""
    known = states()
    kept = ("scheduled", "returned", "published")
    return {"": tk._("To be dealt with"), **{name: known[name] for name in kept}}


def steps() -> dict[str, str]:
    """What people read of each step."""
    return {
        "submit": tk._("Handed over"),
        "approve": tk._("Approved"),
        "schedule": tk._("Scheduled for {moment}"),
        "unschedule": tk._("Date taken back"),
        "note": tk._("Note corrected"),
        "publish": tk._("Publication asked for"),
        "published": tk._("On line"),
        "return": tk._("Returned"),
        "withdraw": tk._("Withdrawn"),
        "supersede": tk._("Replaced by a newer deposit"),
        "fail": tk._("Not published"),
        "restore": tk._("Version {number} put back on line"),
    }


def modes() -> dict[str, str]:
    """What an organisation may want."""
    return {
        "direct": tk._("editors publish directly"),
        "one": tk._("one validation"),
        "two": tk._("two validations, by two persons"),
    }


def done(state: str, step: str = "") -> str:
    """What is said once a step is taken."""
    if step == "note":
        return tk._("Your note is corrected.")
    if step == "unschedule":
        return tk._("The date is taken back: the deposit waits again.")
    return {
        "submitted": tk._("Your approval is kept: another person’s is needed."),
        "scheduled": tk._("The deposit will be on line at that moment."),
        "publishing": tk._("The deposit is being published: this page says when it is on line."),
        "published": tk._("The file is published."),
        "returned": tk._("The deposit is returned, its sender reads why."),
        "withdrawn": tk._("The deposit is given up, its file is erased."),
    }.get(state, "")
