"""`portal communes`: the list of communes of the territory, into the town's configuration."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from portal_kit.communes import TerritoryError, dump, extract
from portal_kit.configuration import town_folder
from portal_kit.errors import PortalError, UsageError
from portal_kit.i18n import _
from portal_kit.state import write_atomically

PACKAGE = "@etalab/decoupage-administratif"
NEEDED = ("package.json", "data/epci.json", "data/communes.json")


@click.command(
    help=_("Write the communes of an EPCI (INSEE codes, names, population, postal codes).")
)
@click.option("--epci", "siren", required=True, metavar="SIREN", help=_("SIREN of the EPCI."))
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help=_("Folder or tarball of the npm package {package}; without it, npm fetches it.").format(
        package=PACKAGE
    ),
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("File to write; by default communes.yaml in the town's configuration."),
)
def communes(siren: str, source: Path | None, output: Path | None) -> None:
    """Read the package, keep the EPCI's communes, write them as `portal_kit.communes` says."""
    with _package(source) as files:
        package = json.loads(files["package.json"])
        try:
            territory = extract(siren, files["data/epci.json"], files["data/communes.json"])
        except TerritoryError as error:
            raise UsageError(str(error)) from error
    target = output or town_folder() / "communes.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    text = dump(territory, f"{PACKAGE} {package['version']}")
    write_atomically(target, text.encode(), mode=0o644)
    click.echo(
        _("{count} communes of {territory} written to {path}").format(
            count=len(territory.communes), territory=territory.name, path=target
        )
    )


@contextmanager
def _package(source: Path | None) -> Generator[dict[str, bytes]]:
    """The needed files of the package: of the given folder or tarball, or fetched by npm."""
    if source is not None:
        yield _read(source)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield _read(_fetch(Path(folder)))


def _fetch(folder: Path) -> Path:
    """The tarball of the package, of the registry that npm is configured for."""
    if shutil.which("npm") is None:
        raise PortalError(
            _(
                "npm is not on this machine: install it, or give a copy of {package} with --from."
            ).format(package=PACKAGE)
        )
    result = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = next(folder.glob("*.tgz"), None)
    if result.returncode or found is None:
        raise PortalError(
            _("npm could not fetch {package}: {reason}").format(
                package=PACKAGE, reason=result.stderr.strip()[-300:]
            )
        )
    return found


def _read(source: Path) -> dict[str, bytes]:
    try:
        if source.is_dir():
            return {name: (source / name).read_bytes() for name in NEEDED}
        # Members are read in memory: nothing of the archive is unpacked.
        with tarfile.open(source) as archive:
            return {name: _member(archive, f"package/{name}") for name in NEEDED}
    except (OSError, KeyError, tarfile.TarError) as error:
        raise UsageError(
            _("{path} is not a copy of {package}: {reason}.").format(
                path=source, package=PACKAGE, reason=error
            )
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(f"{name} is not a file")
    return stream.read()
