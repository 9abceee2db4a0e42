"""The words of ``synonyms.yaml``: read once. Pure: imports neither ``ckan`` nor an HTTP client."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ckanext.scdl.files.similarity import Thesaurus
from ckanext.scdl.files.words import fold


def thesaurus_of(said: Mapping[str, Any]) -> Thesaurus:
    """The thesaurus that a YAML document describes."""
    words = {fold(str(word)): str(meaning) for word, meaning in said.get("words", {}).items()}
    fields = {
        schema: {name: tuple(map(str, others)) for name, others in names.items()}
        for schema, names in said.get("fields", {}).items()
    }
    return Thesaurus(words, fields)


@cache
def _packaged() -> Mapping[str, Any]:
    source = files("portal_schemas").joinpath("synonyms.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(source)


@cache
def thesaurus() -> Thesaurus:
    """The packaged thesaurus."""
    return thesaurus_of(_packaged())
