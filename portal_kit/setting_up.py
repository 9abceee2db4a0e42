"""The steps that turn an empty folder into a portal: each is done once, or again when unfinished.

A step is remembered with the fingerprint of what it was made from, and only once it has ended:
interrupted at any moment, `up` does the unfinished step again.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions

from portal_kit import inifile
from portal_kit.configuration import find, shipped_folder
from portal_kit.deployment import Deployment
from portal_kit.errors import PortalError, ServiceError
from portal_kit.home import CHECKOUT
from portal_kit.i18n import _
from portal_kit.services import geocatalogue, postgres, solr, valkey
from portal_kit.services.database import Database
from portal_kit.services.worker import ckan_command
from portal_kit.supervisor import Supervisor

TOWN_INI = "portal.ini"
REPEATED_BY_UPGRADE = ("migrations", "permissions")


@dataclass(frozen=True)
class Step:
    """One line of the progress display."""

    name: str
    title: str
    fingerprint: str
    work: Callable[[], None]


def digest(*parts: str | bytes) -> str:
    """A short fingerprint of what a step is made from."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.encode() if isinstance(part, str) else part)
        sha.update(b"\0")
    return sha.hexdigest()[:16]


def software() -> str:
    """The fingerprint of everything installed, our migrations and configuration included."""
    packages = sorted(f"{found.name}=={found.version}" for found in distributions())
    migrations = sorted(CHECKOUT.glob("ckanext-*/ckanext/*/migration/**/versions/*.py"))
    return digest(*packages, *(path.read_bytes() for path in migrations))


class Setup:
    """Carries out the steps of one deployment under its supervisor."""

    def __init__(self, deployment: Deployment, supervisor: Supervisor) -> None:
        self.deployment = deployment
        self.supervisor = supervisor

    # -- before any service runs

    def prepare_files(self) -> None:
        """Folders, secrets, ports, CKAN's ini, and each embedded service's own files."""
        deployment = self.deployment
        deployment.home.make()
        write_town_ini(deployment)
        write_ckan_ini(deployment)
        if not deployment.is_external("postgres") and postgres.prepare(deployment):
            deployment.state.steps.clear()
        if not deployment.is_external("valkey"):
            valkey.prepare(deployment)
        if not deployment.is_external("solr"):
            solr.prepare(deployment)
        if deployment.state.demo:
            geocatalogue.prepare(deployment)
        deployment.state.save(deployment.home.state_file)

    def install(self) -> Iterator[Step]:
        """What is fetched once: Solr's jars, and the demonstration's CSW server."""
        if not self.deployment.is_external("solr"):
            yield self._always(
                "solr-jars", _("Solr’s libraries (Maven)"), lambda: solr.install(self.deployment)
            )
        if self.deployment.state.demo:
            yield self._always(
                geocatalogue.NAME,
                _("Demonstration geocatalogue (pycsw)"),
                lambda: geocatalogue.install(self.deployment),
            )

    # -- with the stores running

    def steps(self) -> Iterator[Step]:
        """What fills the stores, in order."""
        deployment = self.deployment
        if not deployment.is_external("postgres"):
            database = Database(deployment)
            yield self._step("roles", _("Databases and roles"), database.create, "1")
        yield self._step("migrations", _("Tables of CKAN and the extensions"), self._migrate)
        if not deployment.is_external("postgres"):
            yield self._step("permissions", _("Read-only DataStore access"), self._permissions)
        yield self._step("index", _("Search index"), self._reindex, self._index_fingerprint())
        yield self._step("seed", _("Themes and organisations"), self._seed, _seed_fingerprint())

    def _migrate(self) -> None:
        self.ckan("db", "upgrade")
        self.ckan("db", "pending-migrations", "--apply")

    def _permissions(self) -> None:
        sql = self.ckan("datastore", "set-permissions")
        Database(self.deployment).set_permissions(sql)

    def _reindex(self) -> None:
        self.ckan("search-index", "rebuild")

    def _index_fingerprint(self) -> str:
        """Of what decides how a dataset is indexed: another one makes a reindexing due."""
        if self.deployment.is_external("solr"):
            return digest(self.deployment.environ["CKAN_SOLR_URL"])
        return solr.fingerprint(self.deployment)

    def _seed(self) -> None:
        self.ckan("grandpoitiers", "seed")

    def ckan(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """Run a `ckan` command; its standard output. Raises ServiceError with its last words."""
        return run_ckan(self.deployment, arguments, environment or {})

    # -- with everything running

    def demonstration(self) -> Iterator[Step]:
        """The content of `up --demo`."""
        if self.deployment.state.demo:
            yield self._step("demo-tables", _("Demonstration tables"), self._tables)
            yield self._step("demo-harvest", _("First harvest of the geocatalogue"), self._harvest)

    def _tables(self) -> None:
        self.ckan("grandpoitiers", "demo")

    def _harvest(self) -> None:
        self.ckan("grandpoitiers", "harvest", "demo")

    # -- bookkeeping

    def due(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Those whose fingerprint isn't the remembered one."""
        return (step for step in steps if self._is_due(step))

    def _is_due(self, step: Step) -> bool:
        return self.deployment.state.steps.get(step.name) != step.fingerprint

    @contextmanager
    def doing(self, step: Step) -> Generator[None]:
        """Forget the step while it is under way, remember it once it has ended."""
        state, path = self.deployment.state, self.deployment.home.state_file
        state.forget_steps(step.name)
        state.save(path)
        yield
        state.steps[step.name] = step.fingerprint
        state.save(path)

    def _step(
        self, name: str, title: str, work: Callable[[], None], fingerprint: str | None = None
    ) -> Step:
        return Step(name, title, fingerprint or software(), work)

    def _always(self, name: str, title: str, work: Callable[[], None]) -> Step:
        """A step that looks for itself whether there is anything to do."""
        return Step(name, title, f"asked by process {os.getpid()}", work)


def run_ckan(
    deployment: Deployment, arguments: Sequence[str], environment: dict[str, str] | None = None
) -> str:
    """Run a `ckan` command of this portal; its standard output.

    Raises ServiceError with the command's last words.
    """
    done = subprocess.run(
        [ckan_command(), "-c", str(deployment.home.ckan_ini), *arguments],
        env=process_environment(deployment, environment or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        words = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise ServiceError(
            _("“ckan {command}” failed: {reason}").format(
                command=" ".join(arguments), reason=words[-1].strip() if words else done.returncode
            )
        )
    return done.stdout


def process_environment(deployment: Deployment, more: dict[str, str]) -> dict[str, str]:
    """The session's variables with CKAN's own for this portal."""
    return {**os.environ, **deployment.ckan_environment(), **more}


def write_town_ini(deployment: Deployment) -> None:
    """Give the town a file for its own CKAN settings, with a word on how to use it."""
    path = deployment.home.config / TOWN_INI
    if not path.exists():
        path.write_bytes((shipped_folder() / "portal.example.ini").read_bytes())


def write_ckan_ini(deployment: Deployment) -> None:
    """Merge the shipped settings, the town's and the secrets into the file CKAN reads."""
    town = deployment.home.config / TOWN_INI
    try:
        words = town.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise PortalError(_("{path} is not UTF-8 text.").format(path=town)) from error
    inifile.write(
        deployment.home.ckan_ini,
        (shipped_folder() / "ckan.ini").read_text(encoding="utf-8"),
        words,
        secret_settings(deployment),
    )


def secret_settings(deployment: Deployment) -> dict[str, str]:
    """The settings that must be random and the same for every process."""
    key, token = deployment.secrets["session_key"], deployment.secrets["api_token_key"]
    return {
        "SECRET_KEY": key,
        "WTF_CSRF_SECRET_KEY": digest(key, "csrf"),
        "api_token.jwt.encode.secret": f"string:{token}",
        "api_token.jwt.decode.secret": f"string:{token}",
    }


def _seed_fingerprint() -> str:
    return digest(*(find(name).read_bytes() for name in ("themes.yaml", "organisations.yaml")))
