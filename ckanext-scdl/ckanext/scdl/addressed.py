"""A schema by its name, or by its address anywhere: for the command, the page and the API.

Must not import CKAN: the options of the guarded client come as a mapping. What is not here is
fetched: an official schema is then kept with its checksum beside the town's (`fetched_schemas`),
so that it is asked for once a day; nothing that another address gives is kept.
"""

import json
import re
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from ckanext.scdl import updating
from ckanext.scdl.errors import N_, ScdlError, SchemaError, UnknownSchema
from ckanext.scdl.registry import (
    ANYWHERE,
    WORDS,
    Registry,
    Version,
    fetched_schemas,
    is_name,
    town_schemas,
)
from ckanext.scdl.updating import Fetch, address_of, adopt, damaged, update
from portal_kit.outbound import Limits, OutboundError, outbound_client

LIMITS = Limits(connect=10, read=20, total=30, size=5_000_000, redirects=5)
"""The largest official schema is of 300 kB; the list of them all, of 500 kB."""
FRESH = 24 * 3600
"""Seconds after which a schema that was fetched is asked for again."""
LISTED = 600
"""Seconds during which the list of official schemas is taken as it was."""
_OFFICIAL = re.compile(
    r"https?://schema\.data\.gouv\.fr/(?:schemas/)?([\w.-]+/[\w.-]+)"
    r"(?:/(?:latest|(v?\d[\w.+-]*)))?(?:/|$)"
)


def is_address(wanted: str) -> bool:
    """Whether a schema is asked for by its address rather than by its name."""
    return wanted.startswith(("http://", "https://"))


def find_descriptor(wanted: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of that name (``scdl/subventions``, with ``@`` and a version) or address.

    ``options`` are those of `portal_kit.outbound`. Raises ScdlError, with one sentence for slow
    answers, pages in HTML, private addresses and whatever else an address may be.
    """
    if not is_address(wanted):
        return find_version(wanted, options).descriptor
    with _fetching(options) as fetch:
        return at(wanted, Registry.known(), fetch)


def find_version(wanted: str, options: Mapping[str, Any]) -> Version:
    """The schema of that name, fetched from schema.data.gouv.fr if it is not here.

    Raises ScdlError: what is not there, or can't be asked now, in one sentence.
    """
    known: Version | None = None
    unknown: UnknownSchema | None = None
    try:
        known = Registry.known().find(wanted)
    except UnknownSchema as error:
        if not _may_be_fetched(wanted):
            raise
        unknown = error
    if known is not None and _is_current(known):
        return known
    try:
        with _fetching(options) as fetch:
            return _fetched(wanted, fetch)
    except ScdlError as error:
        # Better the one of yesterday, if it is whole.
        if known is not None and _is_whole(known):
            return known
        if unknown is not None and _name(wanted) in Registry.known().names():
            raise unknown from error
        raise _not_given(wanted, error) from error


def _not_given(wanted: str, error: ScdlError) -> ScdlError:
    """Why a schema that is not here could not be had."""
    if isinstance(error, UnknownSchema):
        return error
    return UnknownSchema(
        N_("There is no schema named {name} here, and it can't be fetched now. {reason}"),
        name=wanted,
        reason=error,
    )


def adopted(wanted: str, options: Mapping[str, Any]) -> Version:
    """The same, made one of the town's schemas: somebody publishes a file that follows it.

    ``wanted`` may be any address; what it gives is then kept. Raises ScdlError.
    """
    registry = Registry.standard()
    official = _OFFICIAL.match(wanted) if is_address(wanted) else None
    if official:
        wanted = "@".join(filter(None, official.groups()))
    elif is_address(wanted):
        with _fetching(options) as fetch:
            content = fetch(wanted)
        _descriptor(content)
        return registry.find(adopt(town_schemas(), wanted, content))
    try:
        return registry.find(wanted)
    except UnknownSchema:
        if not _may_be_fetched(wanted):
            raise
    try:
        with _fetching(options) as fetch:
            update(town_schemas(), [_name(wanted)], fetch)
    except ScdlError as error:
        raise _not_given(wanted, error) from error
    return registry.find(wanted)


def at(address: str, registry: Registry, fetch: Fetch) -> dict[str, Any]:
    """The schema at an address; those of schema.data.gouv.fr that are here are not fetched.

    Raises ScdlError and what ``fetch`` raises.
    """
    official = _OFFICIAL.match(address)
    if official:
        name, version = official[1], official[2]
        try:
            return registry.find(f"{name}@{version}" if version else name).descriptor
        except UnknownSchema:
            if not address.endswith(".json"):
                address = address_of(name, version, fetch)
    return _descriptor(fetch(address))


@contextmanager
def _fetching(options: Mapping[str, Any]) -> Generator[Fetch]:
    """The guarded client; what it refuses becomes a sentence about the schema."""
    with outbound_client(options, LIMITS) as client:
        try:
            yield _keeping_the_list(lambda url: client.get(url).content)
        except OutboundError as error:
            raise SchemaError(error.sentence, **error.params) from error


def _keeping_the_list(fetch: Fetch) -> Fetch:
    """Names that nobody has are no reason to ask for the whole list each time."""

    def kept(url: str) -> bytes:
        path = fetched_schemas().with_name(f"{fetched_schemas().name}.json")
        if url != updating.REGISTRY:
            return fetch(url)
        if _age(path) < LISTED:
            return path.read_bytes()
        content = fetch(url)
        draft = path.with_name(f"{path.name}.part")
        _written(lambda: (draft.write_bytes(content), draft.replace(path)))
        return content

    return kept


def _fetched(wanted: str, fetch: Fetch) -> Version:
    folder, name = fetched_schemas(), _name(wanted)
    number = wanted.partition("@")[2]
    if _written(lambda: update(folder, [name], fetch, only=number)):
        return Registry.known().find(wanted)
    with TemporaryDirectory(prefix="scdl-") as elsewhere:
        update(Path(elsewhere) / "schemas", [name], fetch, only=number)
        version = Registry([Path(elsewhere) / "schemas"]).find(wanted)
        # Read once, and kept by the object: the folder goes.
        assert version.descriptor is not None  # noqa: S101
        return version


def _written(write: Callable[[], object]) -> bool:
    """Whether it could be: a command may run where it writes nothing."""
    try:
        fetched_schemas().parent.mkdir(parents=True, exist_ok=True)
        write()
    except OSError:
        return False
    return True


def _may_be_fetched(wanted: str) -> bool:
    name = _name(wanted)
    return is_name(name) and name.count("/") == 1 and not name.startswith(f"{ANYWHERE}/")


def _name(wanted: str) -> str:
    return wanted.partition("@")[0].strip("/")


def _is_current(version: Version) -> bool:
    """Whether a schema is the town's or the package's, or was fetched lately and is whole."""
    path = version.schema.files[version.number]
    if fetched_schemas() not in path.parents:
        return True
    return _age(path.with_name(WORDS)) < FRESH and _is_whole(version)


def _is_whole(version: Version) -> bool:
    return version.name not in damaged(fetched_schemas())


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime if path.is_file() else float("inf")


def _descriptor(content: bytes) -> dict[str, Any]:
    if content.lstrip()[:1] == b"<":
        raise SchemaError(
            N_("This address gives a web page, not a schema: give that of its JSON file.")
        )
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise SchemaError(N_("This address does not give a schema: a JSON document is expected."))
    return cast("dict[str, Any]", document)
