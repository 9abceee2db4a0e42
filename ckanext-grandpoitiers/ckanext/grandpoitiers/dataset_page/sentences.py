"""What a dataset is, in one sentence: who, what, about where, how often.

Pure: must import neither CKAN nor an HTTP client; the caller gives the words of its language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ckanext.grandpoitiers.errors import N_

NEVER_SAID = frozenset(("", "UNKNOWN", "OTHER", "IRREG", "NEVER", "NOT_PLANNED", "AS_NEEDED"))
"""Frequencies that say nothing of when."""
PUBLISHES = N_("{who} publishes {what}")
SOMEBODY = N_("This dataset holds {what}")
ABOUT = N_("about {where}")
OFTEN = N_("update: {often}")
LIVE = N_("in real time")


@dataclass(frozen=True, slots=True)
class Told:
    """The parts, already in the reader's language, each possibly empty; `what` never is."""

    what: str
    who: str = ""
    where: str = ""
    often: str = ""
    live: bool = False


def sentence(told: Told, translate: Callable[[str], str]) -> str:
    """The parts as one sentence."""
    begun = translate(PUBLISHES if told.who else SOMEBODY).format(who=told.who, what=told.what)
    parts = [begun]
    if told.where:
        parts[0] += " " + translate(ABOUT).format(where=told.where)
    if told.live:
        parts.append(translate(LIVE))
    elif told.often:
        parts.append(translate(OFTEN).format(often=_small(told.often)))
    return ", ".join(parts) + "."


def frequency_said(code: str, known: Mapping[str, str]) -> str:
    """The words of a frequency, none for one that says nothing."""
    return "" if code in NEVER_SAID else known.get(code, "")


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
