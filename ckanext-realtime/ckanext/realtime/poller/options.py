"""What the poller takes from CKAN's settings: the ini file, and the environment before it.

Pure: imports neither ``ckan`` nor an HTTP client; the text and the variables are arguments.
"""

from collections.abc import Mapping
from configparser import RawConfigParser
from dataclasses import dataclass
from typing import Any

SECTION = "app:main"
NAMED = {
    "CKAN_SQLALCHEMY_URL": "sqlalchemy.url",
    "CKAN_DATASTORE_WRITE_URL": "ckan.datastore.write_url",
    "CKAN_REDIS_URL": "ckan.redis.url",
    "CKAN_SITE_ID": "ckan.site_id",
}
"""The variables that CKAN reads itself; ckanext-envvars reads those below."""
PREFIXES = ("CKAN__", "CKANEXT__")


@dataclass(frozen=True, slots=True)
class Options:
    """Where things are: CKAN's database, the DataStore's, the queue; and all other options."""

    main_url: str
    datastore_url: str
    redis_url: str
    site_id: str
    zone: str
    everything: Mapping[str, Any]

    @property
    def queue(self) -> str:
        """CKAN's default queue of jobs, as ckan.lib.jobs names it in Redis."""
        return f"ckan:{self.site_id}:default"


class MissingOption(Exception):
    """An address that the poller can't do without is nowhere."""


def read(ini: str, environ: Mapping[str, str]) -> Options:
    """The options of an ini file's text and the environment. Raises MissingOption."""
    found = {**_of_ini(ini), **_of_environment(environ)}

    def needed(name: str) -> str:
        if not found.get(name):
            raise MissingOption(f"The option {name} is set nowhere.")
        return found[name]

    zone = found.get("ckan.display_timezone", "")
    return Options(
        main_url=needed("sqlalchemy.url"),
        datastore_url=needed("ckan.datastore.write_url"),
        redis_url=found.get("ckan.redis.url", "redis://localhost:6379/0"),
        site_id=found.get("ckan.site_id", "default"),
        # `server` is CKAN's word for the machine's own zone, which says nothing of the town's.
        zone=zone if zone and zone != "server" else "Europe/Paris",
        everything=found,
    )


def _of_ini(text: str) -> dict[str, str]:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  (CKAN's options have their case)
    parser.read_string(text)
    section = parser[SECTION] if parser.has_section(SECTION) else parser.defaults()
    return {name: value.replace("%%", "%").strip() for name, value in section.items()}


def _of_environment(environ: Mapping[str, str]) -> dict[str, str]:
    declared = {
        name.lower().replace("__", "."): value
        for name, value in environ.items()
        if name.startswith(PREFIXES)
    }
    return declared | {option: environ[name] for name, option in NAMED.items() if environ.get(name)}
