"""What the rules of gtfs-rt-validator say, in sentences. Pure: no ``ckan``, no HTTP client.

The numbers are those of the validator (E: errors, W: warnings), known to producers under them:
https://github.com/MobilityData/gtfs-realtime-validator/blob/master/RULES.md. The sentences are
ours, msgids.
"""

from collections.abc import Mapping

from ckanext.realtime.problems import N_
from ckanext.realtime.quality.verdict import UNREADABLE

UNCHECKED = N_("The validator can’t read the timetable: nothing was checked.")
RULES: Mapping[str, str] = {
    "E001": N_("A time is not in POSIX seconds."),
    "E002": N_("The stops of a trip update are not in order."),
    "E003": N_("A trip is not in the timetable."),
    "E004": N_("A line is not in the timetable."),
    "E006": N_("A trip run by frequency lacks its start time or its day."),
    "E009": N_("A trip serves a stop twice and does not say which passage is meant."),
    "E011": N_("A stop is not in the timetable."),
    "E012": N_("A time is later than that of the message."),
    "E013": N_("A trip run by frequency has a relation to the timetable that it can’t have."),
    "E015": N_("What is given as a stop is a station or an entrance."),
    "E016": N_("A trip said to be added is in the timetable."),
    "E017": N_("The content has changed and the time of the message has not."),
    "E018": N_("The time of the message has gone backwards."),
    "E019": N_("The start of a trip run by frequency is not one of its runs."),
    "E020": N_("A start time is not written HH:MM:SS."),
    "E021": N_("A service day is not written YYYYMMDD."),
    "E022": N_("The times of a trip update go backwards from stop to stop."),
    "E023": N_("The start time of a trip is not that of the timetable."),
    "E024": N_("The direction of a trip is not that of the timetable."),
    "E025": N_("A departure is before its arrival."),
    "E026": N_("The position of a vehicle is impossible."),
    "E027": N_("The bearing of a vehicle is impossible."),
    "E028": N_("A vehicle is outside the area of the network."),
    "E029": N_("A vehicle is far from the shape of its trip."),
    "E030": N_("The trip of an alert is not of the line that it names."),
    "E031": N_("An alert names two lines for the same trip."),
    "E032": N_("An alert says nobody whom it concerns."),
    "E033": N_("An alert names nothing that it concerns."),
    "E034": N_("An agency is not in the timetable."),
    "E035": N_("A trip is not of the line that it names."),
    "E036": N_("A trip update gives twice the same rank in the trip."),
    "E037": N_("A trip update gives the same stop twice in a row."),
    "E038": N_("The version of GTFS-RT is missing or unknown."),
    "E039": N_("A whole message holds deletions."),
    "E040": N_("A stop of a trip update has neither identifier nor rank."),
    "E041": N_("A trip update has no stop."),
    "E042": N_("A stop without data has a time."),
    "E043": N_("A stop of a trip update has neither arrival nor departure."),
    "E044": N_("An arrival or a departure has neither delay nor time."),
    "E045": N_("The rank and the stop of a trip update are not those of the timetable."),
    "E046": N_("A delay is given at a stop for which the timetable has no time."),
    "E047": N_("A vehicle and its trip update don’t name each other."),
    "E048": N_("The message has no time."),
    "E049": N_("The message does not say whether it is whole."),
    "E050": N_("A time is in the future."),
    "E051": N_("A rank is not in the trip of the timetable."),
    "E052": N_("Two vehicles have the same identifier."),
    "W001": N_("A trip update or a vehicle has no time."),
    "W002": N_("A vehicle has no identifier."),
    "W003": N_("A trip or a vehicle is in one of the feeds and not in the other."),
    "W004": N_("The speed of a vehicle is hardly possible."),
    "W005": N_("A trip run by frequency does not name its vehicle."),
    "W006": N_("A trip has no identifier."),
    "W007": N_("The messages are more than 35 seconds apart."),
    "W008": N_("The message is older than 65 seconds."),
    "W009": N_("A trip does not say its relation to the timetable."),
}

OTHER = N_("The specification or its good practices are not followed.")
"""Rules of the validator beside the classic ones (S, P): their detail is its own."""


def sentence(rule: str) -> str:
    """The msgid of a rule's sentence."""
    return UNCHECKED if rule == UNREADABLE else RULES.get(rule, OTHER)
