"""The words of ``synonyms.yaml``: ours, which those of the town complete.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

import logging
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ckanext.scdl.files.similarity import Thesaurus
from ckanext.scdl.files.words import fold
from ckanext.scdl.registry import town_schemas

log = logging.getLogger(__name__)

NAME = "synonyms.yaml"


def thesaurus_of(*documents: Mapping[str, Any]) -> Thesaurus:
    """The thesaurus that YAML documents describe; of a word said twice, the last meaning holds."""
    words: dict[str, str] = {}
    fields: dict[str, dict[str, tuple[str, ...]]] = {}
    for said in documents:
        words |= {fold(str(word)): str(means) for word, means in said.get("words", {}).items()}
        for schema, names in said.get("fields", {}).items():
            known = fields.setdefault(schema, {})
            for name, others in names.items():
                known[name] = (*known.get(name, ()), *map(str, others))
    return Thesaurus(words, fields)


@cache
def _packaged() -> Mapping[str, Any]:
    return yaml.safe_load(files("portal_schemas").joinpath(NAME).read_text(encoding="utf-8"))


@cache
def _with_town(path: Path, _changed: float) -> Thesaurus:
    try:
        return thesaurus_of(_packaged(), yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, ValueError, yaml.YAMLError, AttributeError, TypeError) as error:
        log.warning("%s is not read: %s", path, error)
        return _ours()


@cache
def _ours() -> Thesaurus:
    return thesaurus_of(_packaged())


def thesaurus() -> Thesaurus:
    """The packaged thesaurus, completed by that of the town, if there is one that can be read."""
    path = town_schemas() / NAME
    return _with_town(path, path.stat().st_mtime) if path.is_file() else _ours()
