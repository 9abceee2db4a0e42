"""Every error has its sentence and its advice, in English and in French, with nothing left open."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ckanext.scdl import messages, sentences
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.errors import untranslated
from ckanext.scdl.publishing import words
from ckanext.scdl.schema import Field
from tests.unit.scdl.oracles import ours

FRENCH = Path(__file__).parents[3] / "ckanext-scdl/ckanext/scdl/i18n/fr/LC_MESSAGES/ckanext-scdl.po"


@pytest.fixture(scope="module")
def french() -> Callable[[str], str]:
    with FRENCH.open("rb") as source:
        catalogue = {message.id: message.string for message in read_po(source, locale="fr")}
    return lambda text: str(catalogue.get(text) or text)


def said(field: dict[str, object], text: str, translate: Callable[[str], str]) -> str:
    """The first message about one cell."""
    report = ours({"fields": [{"name": "c", **field}]}, ["c"], [[text]])
    return messages.message(report.problems()[0], translate)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ({"type": "date"}, "31/03/2024", "Écrivez : 2024-03-31"),
        ({"type": "date"}, "1er avril 2024", "Écrivez : 2024-04-01"),
        ({"type": "date"}, "45382", "Écrivez : 2024-03-31"),
        ({"type": "date"}, "bientôt", "sous la forme AAAA-MM-JJ"),
        ({"type": "date", "format": "%d/%m/%Y"}, "2024-03-31", "Écrivez : 31/03/2024"),
        ({"type": "number"}, "1\u202f234,50 €", "Écrivez : 1234.50"),
        ({"type": "number"}, "1.234,5", "Écrivez : 1234.5"),
        ({"type": "integer"}, "1200,00", "Écrivez : 1200"),
        ({"type": "integer"}, "12,5", "Écrivez des chiffres seuls"),
        ({"type": "boolean"}, "Oui", "Écrivez : true"),
        ({"type": "year"}, "2024.0", "Écrivez : 2024"),
        ({"type": "string", "format": "uri"}, "www.poitiers.fr", "Écrivez : https://www.poitiers.fr"),
        ({"type": "geopoint"}, "46.58, 0.34 ", ""),
        ({"constraints": {"enum": ["Aide en numéraire", "Nature"]}}, "aide en numeraire",
         "Écrivez : Aide en numéraire"),
        ({"constraints": {"enum": ["rouge", "vert"]}}, "rogue", "Vouliez-vous écrire : rouge"),
        ({"constraints": {"enum": ["rouge", "vert"]}}, "9", "une de ces valeurs : rouge, vert"),
        ({"constraints": {"pattern": r"\d{5}"}}, "86194.0", "Écrivez : 86194"),
        ({"constraints": {"pattern": r"\d{5}"}}, "1004", "Écrivez : 01004"),
        ({"constraints": {"pattern": "[A-Z]+"}, "example": "ABC"}, "12", "Par exemple : ABC"),
        ({"constraints": {"maxLength": 3}}, "abcd", "trop long : 4 caractères, 3 au plus"),
        ({"constraints": {"required": True}}, "", ""),
    ],
)  # fmt: skip
def test_a_clerk_reads_what_to_write_instead(
    field: dict[str, object], text: str, words: str, french: Callable[[str], str]
) -> None:
    descriptor = {"fields": [{"name": "c", **field}, {"name": "d"}]}
    report = ours(descriptor, ["c", "d"], [[text, "x"]])
    said = " ".join(messages.message(problem, french) for problem in report.problems())
    assert words in said.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("21860194600013.0", "Écrivez : 21860194600013"),
        ("21860194600014", "14 chiffres"),
        ("2186019460001", "14 chiffres"),
    ],
)
def test_a_siret_that_a_spreadsheet_spoilt(
    text: str, words: str, french: Callable[[str], str]
) -> None:
    descriptor = {"fields": [{"name": "s", "customCheck": "siret"}]}
    (problem,) = ours(descriptor, ["s"], [[text]]).problems()
    assert words in messages.message(problem, french).replace("\xa0", " ")


def causes() -> Iterator[Cause]:
    """One for every key of the sentences."""
    field = Field("c", constraints={"enum": ["a"]})
    for key in sorted({*sentences.TITLES, *sentences.SENTENCES, *sentences.ADVICE}):
        kind, _, rest = key.partition("/")
        rule, _, form = rest.partition("/")
        kind_of_field, _, fmt = form.partition("/")
        one = Field("c", type=kind_of_field or "string", format=fmt or "default")
        details = {"field": one if form else field, "constraint": ["a"]}
        yield Cause(kind, ("c", "d"), rule, details={**details, "other": "d", "order": "c, d"})


@pytest.mark.parametrize("cause", list(causes()), ids=lambda cause: f"{cause.kind}/{cause.rule}")
def test_no_sentence_is_left_open(cause: Cause, french: Callable[[str], str]) -> None:
    problem = Problem(cause, 5, "x", {"other_row": 2, "other_value": "1", "sum": 3})
    for translate in (untranslated, french):
        for text in (messages.title(cause, translate), messages.message(problem, translate)):
            assert text.strip()
            assert not re.search(r"\{\w*\}", text), text


def test_what_the_guarded_client_refuses_is_kept_in_french_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(words.tk, "config", {"ckan.locale_default": "fr"})
    sentence = "The server {host} is unknown: check how its address is written."
    assert words.translate(sentence).startswith("Le serveur {host} est inconnu")
