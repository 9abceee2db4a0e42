"""The French catalogue: complete, faithful to what it translates, and consistent."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from flask import Flask
from flask_babel import Babel, gettext, ngettext

from portal_kit import messages, translations

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.filterwarnings("ignore:'crypt' is deprecated:DeprecationWarning")
"""CKAN's extractor of templates imports passlib, which imports the module `crypt`."""
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[srdi]|\{[^{}]*\}")
TAG = re.compile(r"<[^<>]*>")
ADDRESS = re.compile(r"https?://\S+")
NO_BREAK = "\u00a0"
SAME_IN_BOTH = {
    "api", "csv", "json", "uri", "url", "ckan", "facebook", "code", "format", "type", "version",
    "date", "minute", "notification", "audio", "message", "attribution", "documentation",
    "relation", "contact", "configuration", "agent", "menu", "public", "service", "licence",
    "organisation", "description", "source", "image", "position", "distribution", "document",
    "commune", "place", "latitude", "longitude", "basque", "breton", "catalan", "occitan",
    "action", "catalogue", "export", "incident", "notice", "page", "siret", "station",
    "tabulation", "variable",
}  # fmt: skip
"""Words that French and English share: their French is not forgotten."""


def catalogue(name: str) -> Catalog:
    return messages.load(ROOT / messages.CATALOGUES[name], "fr")


def entries(name: str = "ckanext-grandpoitiers") -> list[Message]:
    return [entry for entry in catalogue(name) if entry.id]


def forms(entry: Message) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or [""])


def originals(entry: Message) -> list[str]:
    return [entry.id] if isinstance(entry.id, str) else list(entry.id)


def prose(text: str) -> str:
    """What is read: neither tags, nor placeholders, nor addresses."""
    for hidden in (PLACEHOLDER, TAG, ADDRESS):
        text = hidden.sub("…", text)
    return text


def name_of(entry: Message) -> str:
    return originals(entry)[0]


EVERY = [(name, entry) for name in messages.CATALOGUES for entry in entries(name)]


def test_one_text_has_one_french_in_every_catalogue() -> None:
    """CKAN puts the catalogues of its plugins together: of two translations, the first one loaded
    would be shown for both."""
    told: dict[object, set[str]] = {}
    for name in messages.CATALOGUES:
        for entry in entries(name):
            told.setdefault((entry.context, name_of(entry)), set()).add(forms(entry)[0])
    assert {text: said for text, said in told.items() if len(said) > 1} == {}


@pytest.mark.parametrize("name", messages.CATALOGUES)
def test_no_entry_is_empty_fuzzy_or_obsolete(name: str) -> None:
    unfinished = [name_of(entry) for entry in entries(name) if entry.fuzzy or not all(forms(entry))]
    assert unfinished == []
    assert catalogue(name).obsolete == {}


@pytest.mark.parametrize("name", messages.CATALOGUES)
def test_babel_finds_no_error(name: str) -> None:
    errors = [(name_of(entry), found) for entry, found in catalogue(name).check()]
    assert errors == []


@pytest.mark.parametrize("name", messages.CATALOGUES)
def test_ckans_own_reader_reads_it_too(name: str) -> None:
    """Stricter than Babel, it reads the catalogues when a portal is set up."""
    assert len(polib.pofile(str(ROOT / messages.CATALOGUES[name]))) == len(entries(name))


def test_no_message_is_the_same_in_french_unless_its_words_are() -> None:
    same = [
        name_of(entry)
        for _, entry in EVERY
        if forms(entry)[0] == name_of(entry)
        and not {
            word.removesuffix("s")
            for word in re.findall(r"[^\W\d_]{2,}", prose(name_of(entry)).lower())
        }
        <= SAME_IN_BOTH
    ]
    assert same == []


def test_placeholders_are_those_of_the_original() -> None:
    """In every form; a singular may leave its number out ("one character").

    French drops {dataset_type} too: its article and participle would have to agree with it.
    """
    wrong = [
        name_of(entry)
        for _, entry in EVERY
        for form in forms(entry)
        if all(
            Counter(PLACEHOLDER.findall(form))
            != Counter(PLACEHOLDER.findall(text.replace("{dataset_type}", "")))
            for text in originals(entry)
        )
    ]
    assert wrong == []


def test_tags_and_links_are_those_of_the_original() -> None:
    def shape(text: str) -> Counter[str]:
        # alt and title are read by people: their words are translated.
        return Counter(re.sub(r'(alt|title)="[^"]*"', r"\1", tag) for tag in TAG.findall(text))

    wrong = [
        name_of(entry)
        for _, entry in EVERY
        for form in forms(entry)
        if all(shape(form) != shape(text) for text in originals(entry))
    ]
    assert wrong == []


def test_spaces_around_a_message_are_kept() -> None:
    """Templates glue messages together; a no-break space in front is French (" :")."""
    wrong = [
        name_of(entry)
        for _, entry in EVERY
        for form in forms(entry)
        if [text in " \n" for text in (form[0], form[-1])]
        != [text in " \n" for text in (name_of(entry)[0], name_of(entry)[-1])]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("fault", "pattern"),
    [
        ("a straight apostrophe", r"[^\W\d_]'[^\W\d_]"),
        ("three dots instead of an ellipsis", r"\.\.\."),
        ("no no-break space before : ; ? ! or »", rf"[^{NO_BREAK}\s:/(][;?!»](?!\w)|\w:(?=\s|$)"),
        ("an ordinary space before : ; ? ! or »", r" [:;?!»]"),
        ("no no-break space after «", rf"«(?!{NO_BREAK})"),
        ("two spaces", r"[^\n ]  "),
        ("the familiar form", r"\b(tu|ton|tes|toi)\b"),
        ("English quotes", "[“”]"),
    ],
)
def test_typography_is_french(fault: str, pattern: str) -> None:
    wrong = [
        form
        for _, entry in EVERY
        for form in forms(entry)
        if re.search(pattern, re.sub(r"&\w+;", "", prose(form)))
    ]
    assert wrong == [], fault


def test_groups_are_themes_wherever_people_read() -> None:
    said = messages.french(ROOT)["ckanext-grandpoitiers"]
    wrong = [
        text
        for texts in said.values()
        for text in texts
        if re.search(r"\bgroupes?\b", prose(text), re.IGNORECASE)
    ]
    assert wrong == []


def test_the_vocabulary_is_one() -> None:
    """One word a thing, CKAN's own translations included."""
    unwanted = r"\btags?\b|\bpaquets?\b|ensembles? de données|magasin de données|e-?mail|sysadmin"
    wrong = [
        text
        for texts in messages.french(ROOT)["ckanext-grandpoitiers"].values()
        for text in texts
        if re.search(unwanted, prose(text), re.IGNORECASE)
    ]
    assert wrong == []


def test_our_plural_rule_is_that_of_ckan() -> None:
    """CKAN uses one rule, of the catalogue read last (ours), for all of them."""
    core = messages.load(messages.package("ckan") / "i18n/fr/LC_MESSAGES/ckan.po", "fr")
    ours = catalogue("ckanext-grandpoitiers")
    assert (ours.num_plurals, ours.plural_expr) == (core.num_plurals, core.plural_expr)


def test_ours_speaks_where_ckan_is_silent_or_says_something_else() -> None:
    """CKAN's catalogue first, then those of the plugins, the first plugin of the list last."""
    translations.compile_all(ROOT)
    ours = (ROOT / messages.DOMAIN).parents[1]
    app = Flask(__name__)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{messages.package('ckan') / 'i18n'};{ours}"
    app.config["BABEL_DOMAIN"] = "ckan;ckanext-grandpoitiers"
    Babel(app, locale_selector=lambda: "fr")
    with app.test_request_context():
        assert gettext("Request Reset") == "Demander la réinitialisation"
        assert gettext("Groups") == "Thèmes"
        assert gettext("Member") == "Membre"
        found = [ngettext("{number} group found", "{number} groups found", n) for n in (0, 1, 2)]
    assert found == ["{number} thème trouvé", "{number} thème trouvé", "{number} thèmes trouvés"]


def test_a_catalogue_is_compiled_when_it_is_newer_and_only_then(tmp_path: Path) -> None:
    po = tmp_path / "ckanext-x/ckanext/x/i18n/fr/LC_MESSAGES/ckanext-x.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid "Town"\nmsgstr "Commune"\n', encoding="utf-8")
    [mo] = translations.compile_all(tmp_path)
    with mo.open("rb") as source:
        entry = read_mo(source).get("Town")
    assert entry is not None
    assert entry.string == "Commune"
    assert translations.compile_all(tmp_path) == []
    assert [path.name for path in po.parent.iterdir() if path.suffix == ".part"] == []


def test_messages_are_found_in_code_templates_mails_scripts_and_schemas(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('_("Code")\nungettext("{n} row", "{n} rows", 2)\n')
    (tmp_path / "kit.py").write_text('from portal_kit.i18n import _\n_("Kit")\n')
    (tmp_path / "page.html").write_text('{% asset "x/y" %}{{ _("Page") }}\n')
    (tmp_path / "mail.txt").write_text("{% trans %}\nTwo\n  lines\n{% endtrans %}\n")
    (tmp_path / "script.js").write_text('this._("Script");\n')
    found = {message.singular: message for message in messages.extract(tmp_path)}
    assert set(found) == {"Code", "{n} row", "Kit", "Page", "Two lines", "Script"}
    assert found["{n} row"].plural == "{n} rows"
    assert found["Kit"].domain == "portal"
    schema = tmp_path / "dataset.yaml"
    schema.write_text(
        "dataset_fields:\n- field_name: a\n  label: Label\n  help_text: {fr: Aide}\n"
        "  choices:\n  - value: 1\n    label: One\n  repeating_subfields:\n  - label: Inner\n"
    )
    texts = [message.singular for message in messages.schema_messages(schema)]
    assert texts == ["Label", "One", "Inner"]


@pytest.mark.parametrize("name", sorted(messages.CATALOGUES))
def test_two_things_are_an_ordinary_plural(name: str) -> None:
    """French has a third form, for millions (“1000000 de lignes”), and it is the second one."""
    for entry in polib.pofile(str(ROOT / messages.CATALOGUES[name])):
        if not entry.msgid_plural:
            continue
        one, _millions, two = (entry.msgstr_plural[rank] for rank in range(3))
        assert ("} de " in two or "} d’" in two) == ("} de " in one or "} d’" in one), entry.msgid
