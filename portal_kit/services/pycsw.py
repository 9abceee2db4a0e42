"""pycsw, the CSW server of the demonstration and of the tests, in an environment of its own.

It listens on the loopback only and is read-only. Must import neither CKAN nor pycsw (which needs
SQLAlchemy before 2.0, where CKAN has a later one).
"""

import configparser
import hashlib
import io
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
from lxml import etree

from portal_kit.errors import ServiceError
from portal_kit.i18n import _
from portal_kit.pycsw import repository
from portal_kit.state import write_atomically
from portal_kit.uv import uv_environment

FILES = Path(repository.__file__).parent
LOCK = FILES / "requirements.lock"
STAMP = "installed"
LOOPBACK = "127.0.0.1"
PAGE = 100
"""Records a page at most: what our harvester asks for."""

load = repository.load


def install(environment: Path, uv: Path) -> bool:
    """Make the virtual environment from the lock file; return False when it is there already.

    The stamp is written last and names what it was made from: an environment whose making was
    interrupted, or made from another lock or another Python, is made again from nothing.
    Raises ServiceError when uv fails, with the last lines it wrote.
    """
    stamp = environment / STAMP
    wanted = fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return False
    shutil.rmtree(environment, ignore_errors=True)
    environment.parent.mkdir(parents=True, exist_ok=True)
    _run(uv, "venv", "--quiet", "--python", sys.executable, str(environment))
    python = str(environment / "bin" / "python")
    _run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(LOCK))
    write_atomically(stamp, wanted.encode())
    return True


def fingerprint() -> str:
    """What the environment is made from: the Python and the digest of the lock file."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{sys.executable} {sys.version.split()[0]} {digest}\n"


def _run(uv: Path, *arguments: str) -> None:
    result = subprocess.run(
        [str(uv), *arguments], capture_output=True, text=True, check=False, env=uv_environment()
    )
    if result.returncode:
        last = "\n".join(result.stderr.strip().splitlines()[-3:])
        raise ServiceError(
            _(
                "The demonstration CSW server could not be installed: {reason}\n"
                "Check that this machine reaches its package index, then run the command again."
            ).format(reason=last)
        )


def address(port: int) -> str:
    """The service's address, as a harvest source names it."""
    return f"http://{LOOPBACK}:{port}/csw"


def configuration(database: Path, port: int) -> str:
    """The text of pycsw's configuration file: ISO profile, pages of 100, no transactions.

    No log file is named, so that errors go to standard error with gunicorn's, which the
    supervisor rotates (`loglevel` alone is refused by pycsw: it needs `logfile`).
    """
    sections = {
        "server": {
            "url": address(port),
            "mimetype": "application/xml; charset=UTF-8",
            "encoding": "UTF-8",
            "language": "fr-FR",
            "maxrecords": str(PAGE),
            "profiles": "apiso",
        },
        "manager": {"transactions": "false"},
        "metadata:main": {
            "identification_title": "Géocatalogue de démonstration",
            "identification_abstract": "Fiches ISO 19139 fictives sur un territoire réel, "
            "écrites pour essayer le moissonnage.",
            "identification_keywords": "démonstration,ISO 19139,moissonnage",
            "identification_keywords_type": "theme",
            "identification_fees": "none",
            "identification_accessconstraints": "none",
            "provider_name": "Portail de démonstration",
            "provider_url": "https://geo.demo.example/",
            "contact_email": "sig@demo.example",
        },
        "metadata:inspire": {"enabled": "false"},
        "repository": {"database": f"sqlite:///{database.absolute()}", "table": "records"},
    }
    parser = configparser.ConfigParser(interpolation=None)
    for name, options in sections.items():
        # pycsw reads it back with interpolation on: a % in a folder's name would be a directive.
        parser[name] = {key: value.replace("%", "%%") for key, value in options.items()}
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def command(environment: Path, config: Path, port: int) -> list[str]:
    """The command line of the server: gunicorn, one worker (pycsw shares state between threads).

    Its control socket is off: it would lie in the user's home, outside the portal's folder.
    """
    return [
        str(environment / "bin" / "python"), "-I", "-B", "-W", "ignore", "-m", "gunicorn",
        "--bind", f"{LOOPBACK}:{port}",
        "--workers", "1",
        "--timeout", "60",
        "--graceful-timeout", "5",
        "--no-control-socket",
        "--env", f"PYCSW_CONFIG={config}",
        "--pythonpath", str(FILES),
        "loopback_app:application",
    ]  # fmt: skip


def healthy(url: str, timeout: float = 5.0) -> bool:
    """Whether the service at `url` answers GetCapabilities with a capabilities document."""
    query = {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"}
    try:
        # The loopback is never behind the machine's proxy.
        answer = httpx.get(url, params=query, timeout=timeout, trust_env=False)
        root = etree.fromstring(answer.content)
    except (httpx.HTTPError, etree.XMLSyntaxError):
        return False
    return answer.status_code == 200 and root.tag.endswith("}Capabilities")
