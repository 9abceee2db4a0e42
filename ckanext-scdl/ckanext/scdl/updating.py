"""Official schemas, fetched from schema.data.gouv.fr into the town's folder, whole or not at all.

Must not import CKAN. Everything is fetched, read and checked beside the folder in use, which is
then replaced: a failure, even a power cut, leaves the schemas as they were.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from ckanext.scdl import schema as table_schema
from ckanext.scdl.errors import N_, UnknownSchema, UpdateRefused
from ckanext.scdl.registry import TABLE, WORDS, kind_of, read_words

REGISTRY = "https://schema.data.gouv.fr/schemas.json"
Fetch = Callable[[str], bytes]
"""From an address to the whole answer; raises an OutboundError."""


def update(folder: Path, names: Sequence[str], fetch: Fetch) -> dict[str, list[str]]:
    """Fetch every version of these schemas; `{name: versions}`.

    The version is the registry's, whatever the file says of itself. Raises UnknownSchema,
    UpdateRefused, SchemaError and what ``fetch`` raises; nothing has changed then.
    """
    listed = _listed(fetch)
    unknown = [name for name in names if name not in listed]
    if unknown:
        raise UnknownSchema(
            N_("schema.data.gouv.fr has no schema named {names}."), names=", ".join(unknown)
        )
    draft, old = folder.with_name(f"{folder.name}.part"), folder.with_name(f"{folder.name}.old")
    _recover(folder, old)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        if folder.is_dir():
            shutil.copytree(folder, draft)
        else:
            draft.mkdir(parents=True)
        done = {name: _fetch_schema(draft / name, listed[name], fetch) for name in names}
        if folder.is_dir():
            folder.rename(old)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        _recover(folder, old)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return done


def damaged(folder: Path) -> list[str]:
    """The fetched files that are no longer what was fetched, as ``NAME@VERSION``."""
    found: list[str] = []
    for words in sorted(folder.glob(f"*/*/{WORDS}")):
        sums = read_words(words).get("sha256")
        for version, digest in (sums if isinstance(sums, dict) else {}).items():
            path = words.with_name(f"{version}.json")
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                found.append(f"{words.parent.relative_to(folder)}@{version}")
    return found


def newer(versions: Mapping[str, str], fetch: Fetch) -> dict[str, str]:
    """Of ``{name: current version}``, those for which the registry has another newest one."""
    listed = _listed(fetch)
    newest = {name: _versions(one)[-1][0] for name, one in listed.items() if _versions(one)}
    return {
        name: newest[name]
        for name, version in versions.items()
        if name in newest and newest[name] != version
    }


def address_of(name: str, version: str | None, fetch: Fetch) -> str:
    """Where the registry has a version of a schema, its newest one when none is named.

    Raises UnknownSchema, UpdateRefused and what ``fetch`` raises.
    """
    known = dict(_versions(_listed(fetch).get(name, {})))
    found = known.get(version) if version else next(reversed(known.values()), None)
    if found is None:
        raise UnknownSchema(
            N_("schema.data.gouv.fr has no schema named {names}."),
            names=f"{name}@{version}" if version else name,
        )
    return found


def _recover(folder: Path, old: Path) -> None:
    """The folder in use, where a run was cut between the two renamings."""
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _listed(fetch: Fetch) -> dict[str, dict[str, Any]]:
    document = _json(fetch(REGISTRY), REGISTRY)
    schemas = document.get("schemas")
    if not isinstance(schemas, list) or not schemas:
        raise UpdateRefused(N_("The list of schema.data.gouv.fr is empty or can't be read."))
    return {str(one.get("name")): one for one in cast("list[dict[str, Any]]", schemas)}


def _versions(listed: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (str(one.get("version_name")), str(one.get("schema_url")))
        for one in cast("list[dict[str, Any]]", listed.get("versions") or [])
    ]


def _fetch_schema(folder: Path, listed: Mapping[str, Any], fetch: Fetch) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    sums: dict[str, str] = {}
    kind = ""
    for version, address in _versions(listed):
        if "/" in version or version.startswith("."):
            raise UpdateRefused(N_("{address} is no schema that can be used."), address=address)
        content = fetch(address)
        descriptor = _json(content, address)
        kind = kind_of(descriptor)
        if not kind:
            raise UpdateRefused(N_("{address} is no schema that can be used."), address=address)
        if kind == TABLE:
            table_schema.parse(descriptor)
        (folder / f"{version}.json").write_bytes(content)
        sums[version] = hashlib.sha256(content).hexdigest()
    words = {
        "title": str(listed.get("title") or ""),
        "description": str(listed.get("description") or ""),
        "kind": kind,
        "sha256": sums,
    }
    text = yaml.safe_dump(words, allow_unicode=True, sort_keys=False)
    (folder / WORDS).write_text(text, encoding="utf-8")
    return list(sums)


def _json(content: bytes, address: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise UpdateRefused(N_("{address} did not answer with JSON."), address=address)
    return cast("dict[str, Any]", document)
