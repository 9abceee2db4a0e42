"""Fetch Solr's jars with Maven: all of them, the very ones listed in jars.lock, or none.

Must import neither `ckan` nor an HTTP client: Maven downloads, from the repository its own
settings name.
"""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from portal_kit.errors import PortalError
from portal_kit.i18n import _

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
LOCK = HERE / "jars.lock"
STAMP = ".complete"
SECONDS = 1800


class SolrInstallError(PortalError):
    """The jars could not be fetched; the sentence says what to do."""


def is_installed(jars: Path) -> bool:
    """Whether `jars` holds exactly what this version asks for.

    A folder without its stamp is unfinished or of another version, and counts for nothing.
    """
    try:
        stamp = (jars / STAMP).read_text(encoding="ascii")
    except OSError:
        return False
    return stamp == _fingerprint() and all((jars / name).is_file() for name in expected())


def install(jars: Path, maven: Sequence[str] = ("mvn",)) -> None:
    """Make the folder `jars` (141 files, 95 MB), unless it is there already.

    `maven` is the command and its first arguments, such as ``["mvn", "-s", "settings.xml"]``.
    It works in a folder beside `jars`, renamed at the end: interrupted anywhere, it leaves
    nothing that `is_installed` takes for finished. A second caller waits for the first.

    Raises SolrInstallError.
    """
    if is_installed(jars):
        return
    try:
        with _only_one(jars):
            if not is_installed(jars):
                _remove_leftovers(jars)
                _make(jars, maven)
    except OSError as error:
        raise SolrInstallError(
            _("Solr's libraries can't be written in {folder}: {reason}.").format(
                folder=jars, reason=error.strerror or error
            )
        ) from error


def expected() -> Mapping[str, str]:
    """Name of each jar and its SHA-256 in hexadecimal, from jars.lock."""
    lines = LOCK.read_text(encoding="ascii").splitlines()
    pairs = (line.split() for line in lines if not line.startswith("#"))
    return {name: digest for digest, name in pairs}


def _fingerprint() -> str:
    return hashlib.sha256(POM.read_bytes() + LOCK.read_bytes()).hexdigest()


@contextmanager
def _only_one(jars: Path) -> Generator[None]:
    jars.parent.mkdir(parents=True, exist_ok=True)
    with (jars.parent / f".{jars.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_leftovers(jars: Path) -> None:
    for folder in jars.parent.glob(f".{jars.name}-*"):
        shutil.rmtree(folder)


def _make(jars: Path, maven: Sequence[str]) -> None:
    staging = Path(tempfile.mkdtemp(prefix=f".{jars.name}-", dir=jars.parent))
    try:
        _run_maven(maven, staging)
        _verify(staging)
        (staging / STAMP).write_text(_fingerprint(), encoding="ascii")
        if jars.exists():
            jars.rename(staging.with_name(f"{staging.name}-old"))
        staging.rename(jars)
    finally:
        _remove_leftovers(jars)


def _run_maven(maven: Sequence[str], target: Path) -> None:
    command = [
        *maven,
        "--batch-mode",
        "--quiet",
        "--file",
        str(POM),
        "dependency:copy-dependencies",
        "-DincludeScope=runtime",
        f"-DoutputDirectory={target}",
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=SECONDS, text=True, errors="replace"
        )
    except FileNotFoundError as error:
        raise SolrInstallError(
            _(
                "Maven, which fetches Solr's libraries, is not installed. "
                "On Debian or Ubuntu type: sudo apt-get install maven; then run this again."
            )
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SolrInstallError(
            _(
                "Maven did not finish fetching Solr's libraries in {minutes} minutes. "
                "Check the network, then run this again."
            ).format(minutes=SECONDS // 60)
        ) from error
    if done.returncode:
        raise SolrInstallError(_advice(done.stdout + done.stderr))


def _advice(output: str) -> str:
    """What to do, from what a failed Maven wrote."""
    reason = next((line for line in output.splitlines() if "ERROR" in line), output[-300:])
    reason = reason.replace("[ERROR]", "").strip()
    if "No space left" in output:
        advice = _("The disk is full: free about 200 MB, then run this again. Maven says: {reason}")
    elif "JAVA_HOME" in output or "UnsupportedClassVersionError" in output:
        advice = _("Maven finds no Java it can use: install one. Maven says: {reason}")
    elif any(sign in output for sign in ("Could not transfer", "Could not find", "Unknown host")):
        advice = _(
            "Maven could not download Solr's libraries: check the network, and the repository "
            "named in Maven's own settings (~/.m2/settings.xml), then run this again. "
            "Maven says: {reason}"
        )
    else:
        advice = _("Maven could not fetch Solr's libraries. Maven says: {reason}")
    return advice.format(reason=reason)


def _verify(folder: Path) -> None:
    """Keep the listed jars, each with its listed content; remove any other.

    Which others Maven adds depends on the Java it runs on (profiles of the jars' own recipes).
    """
    wanted = expected()
    for name, digest in wanted.items():
        path = folder / name
        if not path.is_file():
            raise SolrInstallError(
                _("Maven did not bring {name}. Update Maven, then run this again.").format(
                    name=name
                )
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise SolrInstallError(
                _(
                    "{name} is not the file this version was made with: Maven's repository, or "
                    "its copy in ~/.m2, was altered. Delete that copy, then run this again."
                ).format(name=name)
            )
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
