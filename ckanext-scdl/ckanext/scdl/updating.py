"""Official schemas, fetched from schema.data.gouv.fr into the town's folder, whole or not at all.

Must not import CKAN. Everything is fetched, read and checked beside the folder in use, which is
then replaced: a failure, even a power cut, leaves the schemas as they were.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import yaml

from ckanext.scdl import schema as table_schema
from ckanext.scdl.errors import N_, UnknownSchema, UpdateRefused
from ckanext.scdl.registry import ANYWHERE, TABLE, WORDS, kind_of, read_words

REGISTRY = "https://schema.data.gouv.fr/schemas.json"
Fetch = Callable[[str], bytes]
"""From an address to the whole answer; raises an OutboundError."""


def update(
    folder: Path, names: Sequence[str], fetch: Fetch, only: str | None = None
) -> dict[str, list[str]]:
    """Fetch every version of these schemas, or ``only`` one of each; `{name: versions}`.

    The version is the registry's, whatever the file says of itself; ``only`` may be "" for the
    newest. Raises UnknownSchema, UpdateRefused, SchemaError and what ``fetch`` raises; nothing
    has changed then.
    """
    listed = _listed(fetch)
    unknown = [name for name in names if name not in listed]
    if unknown:
        raise _not_there(", ".join(unknown))
    versions = {name: _wanted(name, listed[name], only) for name in names}
    with replacing(folder) as draft:
        return {
            name: _fetch_schema(draft / name, listed[name], versions[name], fetch) for name in names
        }


def adopt(folder: Path, address: str, content: bytes) -> str:
    """Keep what an address gave as a schema of the town's; its name with its version.

    The same content is kept once, another under a number of its own. Raises UpdateRefused and
    SchemaError.
    """
    descriptor = _json(content, address)
    kind = _kind(descriptor, address)
    digest = hashlib.sha256(content).hexdigest()
    said = re.sub(r"[^a-z0-9]+", "-", address.partition("://")[2].lower()).strip("-")[:60]
    place = f"{ANYWHERE}/{said}-{hashlib.sha256(address.encode()).hexdigest()[:8]}"
    known = read_words(folder / place / WORDS)
    sums = {str(key): str(value) for key, value in (known.get("sha256") or {}).items()}
    number = next((key for key, value in sums.items() if value == digest), "")
    if number:
        return f"{place}@{number}"
    found = re.match(r"v?\d+(\.\d+)*", str(descriptor.get("version") or ""))
    number = found[0] if found else f"1.0.{len(sums)}"
    number = number if number not in sums else f"{number}+{digest[:8]}"
    words = {
        "title": str(descriptor.get("title") or address),
        "description": str(descriptor.get("description") or ""),
        "kind": kind,
        "address": address,
        "sha256": {**sums, number: digest},
    }
    with replacing(folder) as draft:
        (draft / place).mkdir(parents=True, exist_ok=True)
        (draft / place / f"{number}.json").write_bytes(content)
        _write_words(draft / place, words)
    return f"{place}@{number}"


@contextmanager
def replacing(folder: Path) -> Generator[Path]:
    """A copy of ``folder`` to change, that takes its place when the block ends well.

    One process at a time; whoever reads meanwhile reads the former folder whole.
    """
    draft, old = folder.with_name(f"{folder.name}.part"), folder.with_name(f"{folder.name}.old")
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _recover(folder, old)
        shutil.rmtree(draft, ignore_errors=True)
        try:
            if folder.is_dir():
                shutil.copytree(folder, draft)
            else:
                draft.mkdir()
            yield draft
            if folder.is_dir():
                folder.rename(old)
            draft.rename(folder)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            _recover(folder, old)
            raise
        shutil.rmtree(old, ignore_errors=True)
    finally:
        os.close(lock)


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
        raise _not_there(f"{name}@{version}" if version else name)
    return found


def _not_there(names: str) -> UnknownSchema:
    return UnknownSchema(N_("schema.data.gouv.fr has no schema named {names}."), names=names)


def _wanted(name: str, listed: Mapping[str, Any], only: str | None) -> list[tuple[str, str]]:
    found = _versions(listed)
    if only is None:
        return found
    number = only or (found[-1][0] if found else "")
    chosen = [one for one in found if one[0].removeprefix("v") == number.removeprefix("v")]
    if not chosen:
        raise _not_there(f"{name}@{number}" if number else name)
    return chosen


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


def _fetch_schema(
    folder: Path, listed: Mapping[str, Any], versions: Sequence[tuple[str, str]], fetch: Fetch
) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    sums: dict[str, str] = dict(read_words(folder / WORDS).get("sha256") or {})
    kind = ""
    for version, address in versions:
        if "/" in version or version.startswith("."):
            raise UpdateRefused(N_("{address} is no schema that can be used."), address=address)
        content = fetch(address)
        kind = _kind(_json(content, address), address)
        (folder / f"{version}.json").write_bytes(content)
        sums[version] = hashlib.sha256(content).hexdigest()
    words = {
        "title": str(listed.get("title") or ""),
        "description": str(listed.get("description") or ""),
        "kind": kind,
        "sha256": sums,
    }
    _write_words(folder, words)
    return [version for version, _ in versions]


def _kind(descriptor: dict[str, Any], address: str) -> str:
    kind = kind_of(descriptor)
    if not kind:
        raise UpdateRefused(N_("{address} is no schema that can be used."), address=address)
    if kind == TABLE:
        table_schema.parse(descriptor)
    return kind


def _write_words(folder: Path, words: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(words), allow_unicode=True, sort_keys=False)
    (folder / WORDS).write_text(text, encoding="utf-8")


def _json(content: bytes, address: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise UpdateRefused(N_("{address} did not answer with JSON."), address=address)
    return cast("dict[str, Any]", document)
