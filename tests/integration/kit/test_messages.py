"""What is said anywhere in code, templates and scripts is in the catalogues: CKAN's are read too.

They need no service, but reading every source of CKAN and of the extensions takes seconds.
"""

from pathlib import Path

import pytest

from portal_kit import messages

ROOT = Path(__file__).parents[3]
PO = ROOT / messages.CATALOGUES["portal"]
pytestmark = pytest.mark.filterwarnings("ignore:'crypt' is deprecated:DeprecationWarning")
"""CKAN's extractor of templates imports passlib, which imports the module `crypt`."""


def test_every_message_that_can_come_on_screen_has_french() -> None:
    missing = messages.lacking(ROOT)
    assert {name: [message.singular for message in group] for name, group in missing.items()} == {}


def test_browsers_get_every_message_of_our_javascript() -> None:
    template = messages.load(ROOT / messages.JAVASCRIPT)
    listed = {str(entry.id) for entry in template if entry.id}
    assert listed == {message.singular for message in messages.javascript(ROOT)}, (
        "scripts/messages --write-javascript"
    )
    assert all(entry.locations for entry in template if entry.id)


def said() -> set[str]:
    """The msgids of what runs without CKAN."""
    folders = [ROOT / "portal_kit", *ROOT.glob("ckanext-*/ckanext/*")]
    found = [one for folder in folders for one in messages.extract(folder)]
    return {one.singular for one in found if one.domain == "portal"}


def test_the_catalogue_holds_what_is_said_and_nothing_else() -> None:
    kept = {
        entry.id if isinstance(entry.id, str) else entry.id[0]
        for entry in messages.load(PO, "fr")
        if entry.id
    }
    assert kept == said()
