"""The rule that gave a record its themes and communes, as administrators read it."""

from ckanext.grandpoitiers.catalogue.classified import reasons
from ckanext.grandpoitiers.catalogue.dataset import MappingContext
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.record import Box
from ckanext.grandpoitiers.catalogue.territory import Commune
from ckanext.grandpoitiers.themes.declared import Theme
from tests.unit.grandpoitiers.records import box, keywords, record

MOBILITY = Theme("mobilite", "Mobilité", "", "", "", 1, inspire_themes=("tn",), keywords=("vélo",))
POITIERS = Commune("86194", "Poitiers", Box(0.29, 46.54, 0.45, 46.63), (0.34, 46.58))
CONTEXT = MappingContext(themes=[MOBILITY], communes=[POITIERS])


def said(identification: str) -> list[list[tuple[tuple[str, ...], str]]]:
    found = reasons(parse(record(identification=identification)), CONTEXT)
    return [[(one.chosen, one.sentence.format(**one.params)) for one in part] for part in found]


def test_an_inspire_theme_is_named_in_french() -> None:
    """As the geocatalogue shows it."""
    inspire = keywords("Réseaux de transport", thesaurus="GEMET - INSPIRE themes, version 1.0")
    themes, _ = said(inspire)
    assert themes == [(("mobilite",), "because of the INSPIRE theme “Réseaux de transport”")]


def test_the_extent_decides_on_the_commune() -> None:
    """Or its code, which is surer."""
    _, communes = said(box(0.29, 46.54, 0.45, 46.63))
    assert communes == [
        (("86194",), "because the extent is that of the commune (0.29, 46.54, 0.45, 46.63)")
    ]
    _, communes = said(keywords("86194"))
    assert "its code “86194”" in communes[0][1]


def test_without_a_rule_nothing_is_said() -> None:
    """The report then says that no theme matches."""
    assert said("") == [[], []]
