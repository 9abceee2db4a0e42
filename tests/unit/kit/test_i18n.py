"""The command speaks French unless the session is English, and says nothing it no longer says."""

import string
from pathlib import Path

import pytest

from portal_kit import i18n, messages

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("session", "language"),
    [
        ({}, "fr"),
        ({"LANG": "C"}, "fr"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_US"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": ""}, "en"),
    ],
)
def test_the_session_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, session: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in session.items():
        monkeypatch.setenv(name, value)
    assert i18n.language() == language


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_french_names_the_same_values() -> None:
    """As `str.format` reads them: a misspelt one would be an error in place of a sentence."""
    wrong = [
        original
        for original, forms in messages.french(ROOT)["portal"].items()
        for form in forms
        if fields(form) - {"count"} != fields(original) - {"count"}
    ]
    assert wrong == []
