"""The wheel built, opened and installed in an empty environment, beside the editable form.

Needs no service, but ten seconds: too long for the unit tests.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = {
    "ckanext-grandpoitiers/ckanext/grandpoitiers": "ckanext/grandpoitiers",
    "ckanext-scdl/ckanext/scdl": "ckanext/scdl",
    "ckanext-realtime/ckanext/realtime": "ckanext/realtime",
    "portal_kit": "portal_kit",
    "config": "portal_config",
    "schemas": "portal_schemas",
}
"""Folder of the checkout → folder of the wheel."""

INSTALLED = """
import json, sys
from importlib.metadata import distribution
from importlib.resources import files

found = distribution("portail-open-data")
plugins = {e.name: e.load().__module__ for e in found.entry_points if e.group == "ckan.plugins"}
import ckanext.grandpoitiers, portal_config, portal_kit
from portal_kit.configuration import read_yaml
from portal_kit.solr.install import expected
print(json.dumps({
    "plugins": plugins,
    "commands": [e.name for e in found.entry_points if e.group == "console_scripts"],
    "extractors": [e.name for e in found.entry_points if e.group == "babel.extractors"],
    "places": [portal_kit.__file__, portal_config.__file__, ckanext.grandpoitiers.__file__],
    "ini": files("portal_config").joinpath("ckan.ini").is_file(),
    "demonstration": files("portal_config").joinpath("demo", "catalogue.yaml").is_file(),
    "scheming": files("portal_schemas").joinpath("scheming", "dataset.yaml").is_file(),
    "themes": len(read_yaml("themes.yaml")["themes"]),
    "jars": len(expected()) > 100,
}))
"""


def project_files() -> list[Path]:
    """What git has or would take: neither environments, nor data, nor what was built."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is not a git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a fresh clone has it."""
    copy = tmp_path_factory.mktemp("source")
    for name in project_files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target)]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (found,) = target.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_is_one_for_every_machine(wheel: Path) -> None:
    assert wheel.name == "portail_open_data-0.1.0-py3-none-any.whl"


def test_every_file_of_our_packages_is_in_the_wheel(source: Path, names: set[str]) -> None:
    """Templates, assets, schemas, defaults of the configuration, migrations: nothing is lost."""
    expected = {
        f"{package}/{path.relative_to(source / folder).as_posix()}"
        for folder, package in PACKAGES.items()
        for path in (source / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sorted(expected - names) == []


def test_the_wheel_has_at_least_one_of_each_kind(names: set[str]) -> None:
    for folder, ending in (
        ("ckanext/grandpoitiers/templates/", ".html"),
        ("ckanext/grandpoitiers/assets/", ".css"),
        ("ckanext/grandpoitiers/migration/", ".py"),
        ("ckanext/grandpoitiers/", "config_declaration.yaml"),
        ("portal_config/", "ckan.ini"),
        ("portal_config/demo/", ".yaml"),
        ("portal_schemas/scheming/", "dataset.yaml"),
        ("portal_kit/solr/", "pom.xml"),
        ("portal_kit/pycsw/", "requirements.lock"),
    ):
        assert any(n.startswith(folder) and n.endswith(ending) for n in names), (folder, ending)


def test_every_translation_is_compiled(names: set[str]) -> None:
    catalogues = {name for name in names if name.endswith(".po")}
    assert catalogues
    assert {name.removesuffix("po") + "mo" for name in catalogues} <= names


def test_the_wheel_takes_no_place_that_is_not_ours(names: set[str]) -> None:
    """No `ckanext/__init__.py`, which would hide CKAN's own; no tests; no top level but ours."""
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        package.split("/")[0] for package in PACKAGES.values()
    }
    assert "ckanext/__init__.py" not in names
    assert not [name for name in names if "/tests/" in name or name.endswith(".pyc")]


def test_the_metadata_say_what_is_needed_and_under_which_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folder = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(folder).decode())
        licence = folder.replace("METADATA", "licenses/LICENSE")
        assert b"GNU AFFERO GENERAL PUBLIC LICENSE" in archive.read(licence)
    requirements = metadata.get_all("Requires-Dist") or []
    assert "ckan[requirements]==2.12.0" in requirements
    assert set(metadata["Requires-Python"].split(",")) == {">=3.11", "<3.14"}
    assert (metadata["License-Expression"] or metadata["License"]) == "AGPL-3.0-or-later"


# -- both installed forms


def ask(python: Path, environment: dict[str, str]) -> dict[str, Any]:
    """What an installation says of itself."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", INSTALLED],
        env={**plain, **environment},
        # Not from the checkout, whose folders would be found first.
        cwd=os.sep,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def empty_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with our wheel and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    uv = str(Path(sys.executable).with_name("uv"))
    python = folder / "bin" / "python"
    for command in (
        [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder


def borrowed(environment: Path) -> dict[str, str]:
    """The variables that lend it the libraries of this environment, and not its link to us.

    By PYTHONPATH the .pth files are not read: neither is the one that leads to the checkout.
    Extensions of CKAN live in one folder, which one of them makes an ordinary package.
    """
    libraries = Path(next(folder for folder in sys.path if folder.endswith("site-packages")))
    (own,) = environment.glob("lib/python*/site-packages")
    for theirs in (libraries / "ckanext").iterdir():
        link = own / "ckanext" / theirs.name
        if not link.exists():
            link.symlink_to(theirs)
    return {"PYTHONPATH": f"{own}{os.pathsep}{libraries}"}


@pytest.fixture(scope="module")
def installed(empty_environment: Path) -> dict[str, Any]:
    said = ask(empty_environment / "bin" / "python", borrowed(empty_environment))
    assert all(place.startswith(str(empty_environment)) for place in said["places"])
    return said


@pytest.fixture(scope="module")
def editable() -> dict[str, Any]:
    said = ask(Path(sys.executable), {})
    if not all(place.startswith(str(ROOT)) for place in said["places"]):
        pytest.skip("the environment of the tests holds no editable install")
    return said


@pytest.mark.parametrize("form", ["installed", "editable"])
def test_an_installation_registers_its_plugins_and_finds_its_files(
    form: str, request: pytest.FixtureRequest
) -> None:
    said: dict[str, Any] = request.getfixturevalue(form)
    assert said["plugins"] == {
        "grandpoitiers": "ckanext.grandpoitiers.plugin",
        "grandpoitiers_harvest": "ckanext.grandpoitiers.catalogue.plugin",
        "grandpoitiers_pages": "ckanext.grandpoitiers.pages.plugin",
        "grandpoitiers_planning": "ckanext.grandpoitiers.planning.plugin",
        "grandpoitiers_traffic": "ckanext.grandpoitiers.traffic.plugin",
        "grandpoitiers_visibility": "ckanext.grandpoitiers.visibility.plugin",
        "grandpoitiers_interchange": "ckanext.grandpoitiers.interchange.plugin",
        "scdl": "ckanext.scdl.plugin",
        "realtime": "ckanext.realtime.plugin",
    }
    assert said["commands"] == ["portal"]
    assert said["extractors"] == ["ckan"]
    assert said["ini"]
    assert said["demonstration"]
    assert said["scheming"]
    assert said["themes"] == 13
    assert said["jars"]


def test_the_command_of_an_installed_wheel_answers(empty_environment: Path) -> None:
    done = subprocess.run(
        [str(empty_environment / "bin" / "portal"), "--help"],
        env={**os.environ, **borrowed(empty_environment), "LANG": "fr_FR.UTF-8", "LC_ALL": ""},
        cwd=os.sep,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Démarrer le portail" in done.stdout
