"""What people read on the portal, and which of it has no French yet.

Reads the sources of CKAN, of the extensions in use and ours, and the catalogues beside them.
Must not import CKAN: Babel finds CKAN's extractor of templates by its name.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

EXTENSIONS = ("harvest", "spatial", "dcat", "scheming")
"""Extensions in `ckan.plugins` that are neither CKAN's own nor ours; none of them has French."""
SCHEMAS = {"dcat": "schemas/dcat_ap_full.yaml", "scheming": "ckan_dataset.yaml"}
"""Dataset types of extensions whose labels ours repeats, relative to the extension."""
DOMAIN = Path("ckanext-grandpoitiers/ckanext/grandpoitiers/i18n/fr/LC_MESSAGES")
CATALOGUES = {
    "ckanext-grandpoitiers": DOMAIN / "ckanext-grandpoitiers.po",
    "ckanext-realtime": Path(
        "ckanext-realtime/ckanext/realtime/i18n/fr/LC_MESSAGES/ckanext-realtime.po"
    ),
    "ckanext-scdl": Path("ckanext-scdl/ckanext/scdl/i18n/fr/LC_MESSAGES/ckanext-scdl.po"),
    "portal": Path("portal_kit/i18n/fr/LC_MESSAGES/portal.po"),
}
"""Our catalogues: those of the pages, and that of what runs without CKAN (`portal_kit.i18n`).

An extension with a catalogue of its own speaks French without the two others.
"""
JAVASCRIPT = DOMAIN.parents[1] / "ckanext-grandpoitiers.pot"
"""CKAN sends to browsers only the messages that a template names as used in a .js file."""

FORMS = 3
"""Forms of a plural: one, many (a million), other: CKAN's own French has them, so has ours."""

_METHODS = [
    ("**.py", "python"),
    ("**.html", "ckan.lib.extract:extract_ckan"),
    ("**.txt", "ckan.lib.extract:extract_ckan"),
    ("**.js", "javascript"),
]
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "ungettext": (1, 2)}
_SKIPPED = {"tests", "vendor", "node_modules", "2.8_templates", "i18n", "migration"}
_SCHEMA_TEXTS = {"label", "repeating_label", "help_text", "form_placeholder", "title"}


@dataclass(frozen=True)
class Message:
    """One msgid, the file it was found in (relative to its package) and its catalogue."""

    singular: str
    plural: str | None
    where: str
    domain: str = "ckanext-grandpoitiers"

    @property
    def ids(self) -> str | tuple[str, str]:
        """The msgid in the form Babel keeps it."""
        return self.singular if self.plural is None else (self.singular, self.plural)


def package(name: str) -> Path:
    """Folder of an installed package, `ckanext.harvest` for example, without importing it.

    Raises ModuleNotFoundError when it is not installed.
    """
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(name)
    return Path(next(iter(spec.submodule_search_locations)))


def extract(folder: Path) -> Iterator[Message]:
    """The messages of the Python, template, mail and JavaScript files below `folder`."""
    found = extract_from_dir(
        folder,
        _METHODS,
        keywords=_KEYWORDS,
        directory_filter=lambda path: Path(path).name not in _SKIPPED,
    )
    for name, _line, texts, _comments, _context in found:
        singular, plural = (texts, None) if isinstance(texts, str) else texts[:2]
        for domain in _domains(folder / name) if singular.strip() else ():
            yield Message(singular, plural, name, domain)


def _domains(path: Path) -> tuple[str, ...]:
    # Each says where it speaks: before CKAN is loaded, through portal_kit.i18n; on pages, through
    # CKAN; in both, what portal_kit only marks (N_) and its callers show.
    text = path.read_text(encoding="utf-8") if path.suffix == ".py" else ""
    if "portal_kit" in path.parts and "N_(" in text:
        return ("portal", "ckanext-grandpoitiers")
    if "portal_kit" in path.parts or "portal_kit.i18n import _" in text:
        return ("portal",)
    return (next((part for part in path.parts if part in CATALOGUES), "ckanext-grandpoitiers"),)


def schema_messages(path: Path) -> Iterator[Message]:
    """The labels, help texts and choices of a scheming YAML file, which scheming translates."""
    for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8"))):
        yield Message(text, None, path.name)


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key in _SCHEMA_TEXTS and isinstance(child, str):
                yield child
            else:
                yield from _texts(child)


def core() -> list[Message]:
    """Every message of CKAN and of the extensions in its wheel, from the template it ships."""
    return list(_entries(package("ckan") / "i18n/ckan.pot"))


def _entries(path: Path) -> Iterator[Message]:
    for entry in load(path):
        if entry.id:
            singular, plural = (entry.id, None) if isinstance(entry.id, str) else entry.id
            places = {str(place[0]) for place in entry.locations}
            yield Message(singular, plural, min(places, default=""))


def reachable(root: Path) -> dict[str, list[Message]]:
    """`{package: messages}` of all that can come on screen, our checkout being at `root`.

    A message is there once a package, whatever the number of its places.
    """
    found = {"ckan": core()}
    for name in EXTENSIONS:
        folder = package(f"ckanext.{name}")
        found[f"ckanext-{name}"] = list(extract(folder))
        if name in SCHEMAS:
            found[f"ckanext-{name}"] += schema_messages(folder / SCHEMAS[name])
    for folder in sorted(root.glob("ckanext-*/ckanext/*")):
        if (folder / "__init__.py").exists():
            found[f"ckanext-{folder.name}"] = list(extract(folder))
    found["portal_kit"] = list(extract(root / "portal_kit"))
    found["schemas"] = [
        message
        for path in sorted((root / "schemas/scheming").glob("*.yaml"))
        for message in schema_messages(path)
    ]
    return {name: _once(messages) for name, messages in found.items()}


def _once(messages: Iterable[Message]) -> list[Message]:
    once: dict[tuple[str, str], Message] = {}
    for message in messages:
        key = (message.domain, message.singular)
        # Said alone in one place and counted in another: the plural serves both.
        if key not in once or once[key].plural is None:
            once[key] = message
    return list(once.values())


def load(path: Path, locale: str | None = None) -> Catalog:
    """A .po or .pot file; an error in it raises babel's PoFileError."""
    with path.open("rb") as source:
        return read_po(source, locale=locale, abort_invalid=True)


def french(root: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """`{domain: {msgid: forms}}` as the portal says it: CKAN's own French, then ours over it."""
    said = {name: _translated(root / path) for name, path in CATALOGUES.items()}
    core_french = _translated(package("ckan") / "i18n/fr/LC_MESSAGES/ckan.po")
    # On a page the catalogues of all plugins lie over CKAN's.
    return {
        name: core_french | own if name.startswith("ckanext-") else own
        for name, own in said.items()
    }


def _translated(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.exists():
        return {}
    translated: dict[str, tuple[str, ...]] = {}
    for entry in load(path, "fr"):
        forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))
        if entry.id and all(forms) and not entry.fuzzy:
            translated[entry.id if isinstance(entry.id, str) else entry.id[0]] = forms
    return translated


def lacking(root: Path) -> dict[str, list[Message]]:
    """`{package: messages without French}`, each message once, packages with none left out."""
    said = french(root)
    missing: dict[str, list[Message]] = {}
    seen: set[tuple[str, str]] = set()
    for name, messages in reachable(root).items():
        for message in messages:
            key = (message.domain, message.singular)
            forms = said[message.domain].get(message.singular, ())
            if len(forms) < (1 if message.plural is None else FORMS) and key not in seen:
                seen.add(key)
                missing.setdefault(name, []).append(message)
    return missing


def javascript(root: Path) -> list[Message]:
    """The messages of .js files that no catalogue template known to CKAN names."""
    known = {message.singular for message in core()}
    folders = [package("ckanext.spatial"), *sorted(root.glob("ckanext-*/ckanext/*"))]
    found = {
        message.singular: message
        for folder in folders
        for message in extract(folder)
        if message.where.endswith(".js") and message.singular not in known
    }
    return [found[key] for key in sorted(found)]


def javascript_template(root: Path) -> Catalog:
    """The catalogue template to put at `JAVASCRIPT` so that browsers get these messages too."""
    template = Catalog(fuzzy=False)
    for message in javascript(root):
        template.add(message.ids, locations=[(message.where, 0)])
    return template


def as_entries(messages: dict[str, list[Message]]) -> Catalog:
    """Entries without French, ready to be completed and pasted into a catalogue."""
    catalogue = Catalog(locale="fr", fuzzy=False)
    for name, group in messages.items():
        for message in group:
            place = f"{name}: {message.where} ({message.domain})"
            catalogue.add(message.ids, auto_comments=[place])
    return catalogue


@click.command()
@click.option("--write-javascript", is_flag=True, help=f"Write {JAVASCRIPT} again.")
def main(write_javascript: bool) -> None:
    """List the messages without French as .po entries; the status is 1 when there are some."""
    root = Path.cwd()
    if write_javascript:
        with (root / JAVASCRIPT).open("wb") as target:
            write_po(target, javascript_template(root), omit_header=True, include_lineno=False)
    missing = lacking(root)
    for name, messages in reachable(root).items():
        without = len(missing.get(name, []))
        click.echo(f"{name}: {len(messages)} messages, {without} without French", err=True)
    buffer = BytesIO()
    write_po(buffer, as_entries(missing), omit_header=True, width=100)
    click.echo(buffer.getvalue().decode(), nl=False)
    raise SystemExit(1 if missing else 0)


if __name__ == "__main__":
    main()
