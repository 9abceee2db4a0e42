"""Why a record fell into its themes and communes, in sentences. Pure: no ``ckan``, no HTTP.

Each is a msgid with its values, as remarks are: rendered in the language of who reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ckanext.grandpoitiers.catalogue import inspire
from ckanext.grandpoitiers.catalogue.dataset import MappingContext, inspire_codes
from ckanext.grandpoitiers.catalogue.matching import match_themes
from ckanext.grandpoitiers.catalogue.problems import N_
from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.territory import match_communes

THEME_RULES: Mapping[str, str] = {
    "inspire": N_("because of the INSPIRE theme “{value}”"),
    "keyword": N_("because of the keyword “{value}”"),
    "topic": N_("because of the topic category “{value}”"),
    "words": N_("because “{value}” is among the words of its title and keywords"),
}
"""By decreasing certainty, as matching.py tries them."""

COMMUNE_RULES: Mapping[str, str] = {
    "code": N_("because the record has its code “{value}” among its keywords or places"),
    "name": N_("because the record has its name “{value}” among its keywords or places"),
    "extent": N_("because the extent is that of the commune ({value})"),
    "town": N_("because its town is within the extent ({value})"),
    "around": N_("because it is the town nearest to the extent, which holds none ({value})"),
}
"""By decreasing certainty, as territory.py tries them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """The names of themes or the INSEE codes of communes that one rule chose, and the rule."""

    chosen: tuple[str, ...]
    sentence: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])


def reasons(record: Record, context: MappingContext) -> tuple[list[Reason], list[Reason]]:
    """Why the record has its themes, and why its communes."""
    themes = match_themes(record, inspire_codes(record), context.themes)
    return (
        _grouped((m.theme, THEME_RULES[m.rule], _in_words(m.rule, m.value)) for m in themes),
        _grouped(
            (m.insee, COMMUNE_RULES[m.rule], m.value)
            for m in match_communes(record, context.communes)
        ),
    )


def _in_words(rule: str, value: str) -> str:
    """Codes by their French names: the geocatalogue shows those."""
    if rule == "inspire":
        return inspire.INSPIRE_THEMES[value].french
    return inspire.TOPIC_CATEGORIES[value].french if rule == "topic" else value


def _grouped(found: Iterable[tuple[str, str, str]]) -> list[Reason]:
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for chosen, sentence, value in found:
        groups[sentence, value].append(chosen)
    return [
        Reason(tuple(chosen), sentence, {"value": value})
        for (sentence, value), chosen in groups.items()
    ]
