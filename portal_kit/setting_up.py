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

from portal_kit import faults, inifile
from portal_kit.configuration import find, shipped_folder
from portal_kit.deployment import MARK, TOWN_INI, Deployment
from portal_kit.errors import ServiceError
from portal_kit.home import CHECKOUT
from portal_kit.i18n import _
from portal_kit.services import geocatalogue, postgres, simulator, solr, valkey
from portal_kit.services.database import Database, address_parts
from portal_kit.services.worker import ckan_command
from portal_kit.supervisor import Supervisor
from portal_kit.translations import compile_all

DEMO_URL_VARIABLE = "PORTAL_DEMO_CSW"
DEMO_FEEDS_VARIABLE = "PORTAL_DEMO_FEEDS"
REPEATED_BY_UPGRADE = ("migrations", "permissions", "messages")


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
        compile_all(CHECKOUT)
        write_town_ini(deployment)
        write_ckan_ini(deployment)
        if not deployment.is_external("postgres"):
            if not postgres.is_prepared(deployment):
                self._forget(*deployment.state.steps)
            postgres.prepare(deployment)
        if not deployment.is_external("valkey"):
            valkey.prepare(deployment)
        if not deployment.is_external("solr"):
            if not solr.has_index(deployment):
                self._forget("index")
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
        yield self._step("messages", _("Messages of the pages in French"), self._browser_messages)
        yield self._step("index", _("Search index"), self._reindex, self._index_fingerprint())
        yield self._step("seed", _("Themes and organisations"), self._seed, _seed_fingerprint())
        pages = digest(find("pages.yaml").read_bytes())
        yield self._step("pages", _("First pages"), self._pages, pages)
        yield self._step(
            "sources", _("Harvest sources"), self._sources, self._sources_fingerprint()
        )
        feeds = digest(find("feeds.yaml").read_bytes())
        yield self._step("feeds", _("Live feeds"), self._feeds, feeds)

    def _migrate(self) -> None:
        self.ckan("db", "upgrade")
        self.ckan("db", "pending-migrations", "--apply")

    def _browser_messages(self) -> None:
        """CKAN's messages in JavaScript, which only its development server makes by itself."""
        self.ckan("translation", "js")

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

    def _pages(self) -> None:
        self.ckan("grandpoitiers", "load-pages")

    def _feeds(self) -> None:
        self.ckan("realtime", "load-feeds")

    def ckan(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """Run a `ckan` command; its standard output. Raises ServiceError with its last words."""
        return run_ckan(self.deployment, arguments, environment or {})

    # -- with everything running

    def administrator(self, work: Callable[[], None]) -> Iterator[Step]:
        """The first administrator: once, even if the town deletes that account later."""
        yield self._step("administrator", _("Administrator"), work, "1")

    def _sources(self) -> None:
        self.ckan("grandpoitiers", "sources", environment=self._demo_url())

    def _sources_fingerprint(self) -> str:
        return digest(find("sources.yaml").read_bytes(), *self._demo_url().values())

    def _demo_url(self) -> dict[str, str]:
        """The demonstration's catalogue moves with its port: `sources` is told where it is."""
        if not self.deployment.state.demo:
            return {}
        return {DEMO_URL_VARIABLE: geocatalogue.url(self.deployment)}

    def demonstration(self) -> Iterator[Step]:
        """The content of `up --demo`."""
        if self.deployment.state.demo:
            content = _demo_fingerprint()
            yield self._step("demo-tables", _("Demonstration tables"), self._tables, content)
            yield self._step("demo-pages", _("Demonstration events"), self._demo_pages, content)
            address = simulator.url(self.deployment)
            yield self._step(
                "demo-feeds",
                _("Demonstration feeds"),
                lambda: self._demo_feeds(address),
                digest(content, address),
            )
            yield self._step(
                "demo-harvest", _("First harvest of the geocatalogue"), self._harvest, content
            )

    def _demo_pages(self) -> None:
        self.ckan("grandpoitiers", "load-pages", "--demo")

    def _demo_feeds(self, address: str) -> None:
        """The simulator moves with its port: the feeds are told where it is."""
        self.ckan("realtime", "load-feeds", "--demo", environment={DEMO_FEEDS_VARIABLE: address})

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
        self._forget(step.name)
        yield
        self.deployment.state.steps[step.name] = step.fingerprint
        self.deployment.state.save(self.deployment.home.state_file)

    def _forget(self, *names: str) -> None:
        """Make steps due again, on disk too, before what they stand on changes."""
        self.deployment.state.forget_steps(*names)
        self.deployment.state.save(self.deployment.home.state_file)

    def _step(
        self, name: str, title: str, work: Callable[[], None], fingerprint: str | None = None
    ) -> Step:
        return Step(name, title, digest(fingerprint or software(), self._stores()), work)

    def _stores(self) -> str:
        """Which database is filled: moved to another one, everything has to be done there."""
        if not self.deployment.is_external("postgres"):
            return ""
        address = address_parts(self.deployment.environ["CKAN_SQLALCHEMY_URL"])
        return " ".join(str(address.get(part)) for part in ("host", "port", "dbname"))

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
        # Marked: were `up` killed now, the next one finds this process and stops it.
        env=process_environment(
            deployment, {MARK: deployment.mark("setup"), **(environment or {})}
        ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd=os.sep,
    )
    if done.returncode:
        raise ServiceError(
            _("“ckan {command}” failed: {reason}").format(
                command=" ".join(arguments),
                reason=faults.last_words(f"{done.stdout}\n{done.stderr}") or done.returncode,
            )
        )
    return done.stdout


def process_environment(deployment: Deployment, more: dict[str, str]) -> dict[str, str]:
    """The session's variables with CKAN's own for this portal."""
    session = {name: value for name, value in os.environ.items() if not name.startswith("CKAN")}
    return {**session, **deployment.ckan_environment(), **more}


def write_town_ini(deployment: Deployment) -> None:
    """Give the town a file for its own CKAN settings, with a word on how to use it."""
    path = deployment.home.config / TOWN_INI
    if not path.exists():
        path.write_bytes((shipped_folder() / "portal.example.ini").read_bytes())


def write_ckan_ini(deployment: Deployment) -> None:
    """Merge the shipped settings, the town's and the secrets into the file CKAN reads."""
    inifile.write(
        deployment.home.ckan_ini,
        (shipped_folder() / "ckan.ini").read_text(encoding="utf-8"),
        deployment.town_settings(),
        {**own_settings(deployment), **deployment.ckan_options()},
    )


def own_settings(deployment: Deployment) -> dict[str, str]:
    """The settings that are this portal's alone: secrets, and the place of files CKAN opens."""
    key, token = deployment.secrets["session_key"], deployment.secrets["api_token_key"]
    return {
        "licenses_group_url": find("licenses.json").as_uri(),
        "SECRET_KEY": key,
        "WTF_CSRF_SECRET_KEY": hashlib.sha256(f"csrf {key}".encode()).hexdigest(),
        "api_token.jwt.encode.secret": f"string:{token}",
        "api_token.jwt.decode.secret": f"string:{token}",
    }


def _demo_fingerprint() -> str:
    files = sorted(path for path in (shipped_folder() / "demo").rglob("*") if path.is_file())
    return digest(*(path.read_bytes() for path in files))


def _seed_fingerprint() -> str:
    files = (find(name).read_bytes() for name in ("themes.yaml", "organisations.yaml"))
    return digest(b"with the catalogue as a dataset", *files)
