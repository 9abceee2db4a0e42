"""One portal on one machine: its folder, ports and secrets, and the addresses CKAN is given.

A service whose address the administrator names in the environment (`CKAN_SQLALCHEMY_URL`,
`CKAN_SOLR_URL`, `CKAN_REDIS_URL`) is theirs: the embedded one is not started. Must not import CKAN.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from portal_kit import inifile, libmagic, secrets
from portal_kit.errors import PortalError, UsageError
from portal_kit.home import Home
from portal_kit.i18n import _
from portal_kit.ports import free_port, is_free
from portal_kit.state import State

EXTERNAL = {
    "postgres": ("CKAN_SQLALCHEMY_URL", "CKAN_DATASTORE_WRITE_URL", "CKAN_DATASTORE_READ_URL"),
    "solr": ("CKAN_SOLR_URL",),
    "valkey": ("CKAN_REDIS_URL",),
}
OPTIONS = {
    "CKAN_SQLALCHEMY_URL": "sqlalchemy.url",
    "CKAN_DATASTORE_WRITE_URL": "ckan.datastore.write_url",
    "CKAN_DATASTORE_READ_URL": "ckan.datastore.read_url",
    "CKAN_REDIS_URL": "ckan.redis.url",
    "CKAN_SOLR_URL": "solr_url",
    "CKAN_SOLR_USER": "solr_user",
    "CKAN_SOLR_PASSWORD": "solr_password",
    "CKAN_SITE_URL": "ckan.site_url",
    "CKAN_SMTP_USER": "smtp.user",
    "CKAN_SMTP_PASSWORD": "smtp.password",
    "CKAN_SMTP_MAIL_FROM": "smtp.mail_from",
}
"""Variables that may hold a `%` (CKAN's CONFIG_FROM_ENV_VARS) → the options they stand for."""
LOOPBACK = "127.0.0.1"
CKAN_ROLE = "portal_ckan"
READER_ROLE = "portal_datastore_reader"
CKAN_DATABASE = "ckan"
DATASTORE_DATABASE = "datastore"
SOLR_USER = "ckan"
TOWN_INI = "portal.ini"
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104  (recognised, not chosen)
PROXY_EXCEPTIONS = ("NO_PROXY", "no_proxy")
NETWORKS_VARIABLE = "CKANEXT__GRANDPOITIERS__OUTBOUND__ALLOWED_NETWORKS"
MARK = "PORTAL_SERVICE"
"""Environment variable that every child carries: how orphans are recognised."""


@dataclass
class Deployment:
    """Everything the commands and the services need to know of this portal."""

    home: Home
    state: State
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))

    @classmethod
    def load(cls) -> "Deployment":
        """The portal of the current home and environment."""
        home = Home.locate()
        return cls(home, State.load(home.state_file))

    @cached_property
    def secrets(self) -> dict[str, str]:
        """See `portal_kit.secrets`; made at first use.

        Raises PortalError when they are lost: new ones would not open the old database.
        """
        self.home.make()
        path = self.home.secrets_file
        if not path.exists() and (self.home.postgres / "data").exists():
            raise PortalError(
                _(
                    "{path} is missing: the database can't be opened. Put back the one of a backup."
                ).format(path=path)
            )
        return secrets.load_or_make(path)

    def is_external(self, service: str) -> bool:
        """Whether the administrator runs this service elsewhere.

        Raises UsageError when only some of its addresses are given.
        """
        names = EXTERNAL.get(service, ())
        given = [name for name in names if self.environ.get(name)]
        if given and len(given) < len(names):
            missing = ", ".join(name for name in names if name not in given)
            raise UsageError(
                _("{given} is set but not {missing}: set all of them, or none.").format(
                    given=given[0], missing=missing
                )
            )
        return bool(given)

    def port(self, service: str) -> int:
        """The remembered port of an embedded service."""
        if service == "web":
            return self.state.port
        return self.state.ports[service]

    def choose_ports(self, services: list[str]) -> None:
        """Give each embedded service its port of last time if it is still free, or another one.

        The inner services may move: only the web address is promised to anybody.
        """
        given = {self.state.port}
        for service in services:
            port = self.state.ports.get(service, 0)
            while not port or port in given or not is_free(LOOPBACK, port):
                port = free_port()
            given.add(port)
            self.state.ports[service] = port
        self.state.save(self.home.state_file)

    @property
    def site_url(self) -> str:
        """Where people reach the portal.

        `CKAN_SITE_URL`, or `ckan.site_url` of the town's portal.ini, or the address `up` listens
        on. CKAN is always told it by the environment, which comes before its ini file.
        """
        host = LOOPBACK if self.state.host in ANY_ADDRESS else self.state.host
        return (
            self.environ.get("CKAN_SITE_URL")
            or inifile.option(self.town_settings(), "ckan.site_url")
            or f"http://{f'[{host}]' if ':' in host else host}:{self.state.port}"
        )

    def town_settings(self) -> str:
        """The text of the town's portal.ini, empty when there is none.

        Raises PortalError when it is not UTF-8 (a byte order mark is let through).
        """
        path = self.home.config / TOWN_INI
        try:
            return path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise PortalError(_("{path} is not UTF-8 text.").format(path=path)) from error

    def database_url(self, role: str, secret: str, database: str) -> str:
        """A libpq address on the embedded PostgreSQL."""
        return (
            f"postgresql://{role}:{self.secrets[secret]}"
            f"@{LOOPBACK}:{self.port('postgres')}/{database}"
        )

    @property
    def superuser_url(self) -> str:
        """The embedded PostgreSQL's superuser, for set-up and backup only: CKAN never has it."""
        return self.database_url("postgres", "postgres_superuser", "postgres")

    def ckan_environment(self) -> dict[str, str]:
        """The variables for CKAN's processes, on top of the administrator's own `CKAN…` ones.

        Without those that hold a `%`, which CKAN's reader takes for a reference and dies of: see
        `ckan_options`. Raises UsageError for one that has no option to go to.
        """
        options = self.ckan_options()
        given = {
            name: value
            for name, value in self.ckan_variables().items()
            if OPTIONS.get(name) not in options
        }
        return {
            **given,
            "CKAN_INI": str(self.home.ckan_ini),
            "PORTAL_HOME": str(self.home.root),
            **libmagic.environment(self.environ),
            **self._proxy_exceptions(),
        }

    def ckan_options(self) -> dict[str, str]:
        """The variables that hold a `%` (a password in an address often does), as ini options."""
        held = {name: value for name, value in self.ckan_variables().items() if "%" in value}
        for name in held:
            if name.startswith("CKAN_") and name not in OPTIONS:
                raise UsageError(
                    _("{name} holds a “%”, which CKAN can't read there: set it in {path}.").format(
                        name=name, path=self.home.config / TOWN_INI
                    )
                )
        return {OPTIONS[name]: value for name, value in held.items() if name in OPTIONS}

    def ckan_variables(self) -> dict[str, str]:
        """The addresses by CKAN's names, and the administrator's own `CKAN…` variables."""
        given = {name: value for name, value in self.environ.items() if name.startswith("CKAN")}
        return {
            **self._postgres(),
            **self._solr(),
            **self._valkey(),
            "CKAN_SITE_URL": self.site_url,
            "CKAN_STORAGE_PATH": str(self.home.storage),
            "CKANEXT__GRANDPOITIERS__CONFIG_DIR": str(self.home.config),
            **self._demonstration(),
            **given,
        }

    def mark(self, name: str) -> str:
        """The value of `MARK` for one of this portal's processes."""
        return f"{self.home.root}:{name}"

    def _proxy_exceptions(self) -> dict[str, str]:
        """CKAN asks Solr through `requests`, which would send it to the town's proxy."""
        known = next((self.environ[n] for n in PROXY_EXCEPTIONS if self.environ.get(n)), "")
        exceptions = ",".join(filter(None, [known, LOOPBACK, "localhost"]))
        return dict.fromkeys(PROXY_EXCEPTIONS, exceptions)

    def _demonstration(self) -> dict[str, str]:
        """Let harvests and feeds reach the demonstration's services, on this machine."""
        ports = (self.state.ports.get(name) for name in ("geocatalogue", "simulator"))
        allowed = " ".join(f"{LOOPBACK}:{port}" for port in ports if port)
        return {NETWORKS_VARIABLE: allowed} if self.state.demo and allowed else {}

    def _postgres(self) -> dict[str, str]:
        if self.is_external("postgres"):
            return {}
        owner = (CKAN_ROLE, "postgres_ckan")
        reader = (READER_ROLE, "postgres_datastore_reader")
        return {
            "CKAN_SQLALCHEMY_URL": self.database_url(*owner, CKAN_DATABASE),
            "CKAN_DATASTORE_WRITE_URL": self.database_url(*owner, DATASTORE_DATABASE),
            "CKAN_DATASTORE_READ_URL": self.database_url(*reader, DATASTORE_DATABASE),
        }

    def _solr(self) -> dict[str, str]:
        if self.is_external("solr"):
            return {}
        return {
            "CKAN_SOLR_URL": f"http://{LOOPBACK}:{self.port('solr')}/solr/ckan",
            "CKAN_SOLR_USER": SOLR_USER,
            "CKAN_SOLR_PASSWORD": self.secrets["solr"],
        }

    def _valkey(self) -> dict[str, str]:
        if self.is_external("valkey"):
            return {}
        return {
            "CKAN_REDIS_URL": f"redis://:{self.secrets['valkey']}@{LOOPBACK}:{self.port('valkey')}/0"
        }

    def log_file(self, service: str) -> Path:
        """Where a service's standard output and error go."""
        return self.home.logs / f"{service}.log"
