"""Fetching the jars: whole or not at all, and a sentence when Maven fails."""

import hashlib
import sys
from pathlib import Path

import pytest
from lxml import etree

from portal_kit.solr import install

JARS = {"solr.jar": b"search", "jetty.jar": b"serve"}
COPY = """
import sys
from pathlib import Path
target = next(a for a in sys.argv if a.startswith("-DoutputDirectory=")).split("=", 1)[1]
for name, content in {jars!r}.items():
    (Path(target) / name).write_bytes(content)
print({says!r})
with open({calls!r}, "a") as calls:
    calls.write("x")
sys.exit({status})
"""


@pytest.fixture(autouse=True)
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A list of two small jars in place of the real one, and messages in English."""
    path = tmp_path / "jars.lock"
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in JARS.items()]
    path.write_text("# comment\n" + "\n".join(lines) + "\n")
    monkeypatch.setattr(install, "LOCK", path)
    monkeypatch.setattr(install, "_", lambda message: message)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "solr" / "jars"


def maven(
    tmp_path: Path, jars: dict[str, bytes] = JARS, says: str = "", status: int = 0
) -> list[str]:
    script = tmp_path / "maven.py"
    calls = str(tmp_path / "calls")
    script.write_text(COPY.format(jars=jars, says=says, status=status, calls=calls))
    return [sys.executable, str(script)]


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.parent.iterdir()} - {f".{folder.name}.lock"}


def test_the_jars_are_there_whole_and_maven_runs_once(tmp_path: Path, folder: Path) -> None:
    assert not install.is_installed(folder)
    install.install(folder, maven(tmp_path))
    install.install(folder, maven(tmp_path))
    assert install.is_installed(folder)
    assert (folder / "solr.jar").read_bytes() == b"search"
    assert (tmp_path / "calls").read_text() == "x"
    assert left_in(folder) == {"jars"}


def test_a_folder_without_its_stamp_is_made_again(tmp_path: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in JARS:
        (folder / name).write_bytes(b"half")
    (folder.parent / ".jars-interrupted").mkdir()
    assert not install.is_installed(folder)
    install.install(folder, maven(tmp_path))
    assert (folder / "jetty.jar").read_bytes() == b"serve"
    assert left_in(folder) == {"jars"}


def test_a_deleted_jar_is_noticed(tmp_path: Path, folder: Path) -> None:
    install.install(folder, maven(tmp_path))
    (folder / "solr.jar").unlink()
    assert not install.is_installed(folder)


def test_the_jars_of_another_version_are_replaced(tmp_path: Path, folder: Path, lock: Path) -> None:
    install.install(folder, maven(tmp_path))
    newer = hashlib.sha256(b"newer").hexdigest()
    lock.write_text(f"{newer}  solr.jar\n")
    assert not install.is_installed(folder)
    install.install(folder, maven(tmp_path, {"solr.jar": b"newer"}))
    assert {path.name for path in folder.iterdir()} == {"solr.jar", install.STAMP}


def test_a_jar_that_is_not_in_the_list_is_left_out(tmp_path: Path, folder: Path) -> None:
    install.install(folder, maven(tmp_path, {**JARS, "other.jar": b"?"}))
    assert not (folder / "other.jar").exists()


@pytest.mark.parametrize(
    ("jars", "said"),
    [
        ({**JARS, "solr.jar": b"altered"}, "solr.jar is not the file"),
        ({"solr.jar": b"search"}, "did not bring jetty.jar"),
    ],
)
def test_other_jars_than_the_listed_ones_are_refused(
    tmp_path: Path, folder: Path, jars: dict[str, bytes], said: str
) -> None:
    with pytest.raises(install.SolrInstallError, match=said):
        install.install(folder, maven(tmp_path, jars))
    assert left_in(folder) == set()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("[ERROR] Could not transfer artifact x from/to y: Unknown host", "check the network"),
        ("[ERROR] write failed: No space left on device", "disk is full"),
        ("The JAVA_HOME environment variable is not defined correctly", "finds no Java"),
        ("[ERROR] Unknown lifecycle phase", "Maven says: Unknown lifecycle phase"),
    ],
)
def test_a_failing_maven_leaves_nothing_and_says_what_to_do(
    tmp_path: Path, folder: Path, output: str, advice: str
) -> None:
    with pytest.raises(install.SolrInstallError, match=advice):
        install.install(folder, maven(tmp_path, says=output, status=1))
    assert not install.is_installed(folder)
    assert left_in(folder) == set()


def test_a_failing_upgrade_leaves_the_old_jars(tmp_path: Path, folder: Path, lock: Path) -> None:
    install.install(folder, maven(tmp_path))
    lock.write_text(lock.read_text() + "# newer\n")
    with pytest.raises(install.SolrInstallError):
        install.install(folder, maven(tmp_path, status=1))
    assert (folder / "solr.jar").read_bytes() == b"search"


def test_a_machine_without_maven_is_told_the_command(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(install.SolrInstallError, match="apt-get install maven"):
        install.install(folder, [str(tmp_path / "no-such-mvn")])


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(install.SolrInstallError, match="can't be written"):
        install.install(tmp_path / "file" / "jars", maven(tmp_path))


def test_the_recipe_names_no_repository_and_no_open_version() -> None:
    recipe = etree.parse(install.POM).getroot()
    tags = {etree.QName(element).localname for element in recipe.iter(etree.Element)}
    assert not tags & {"repository", "repositories", "pluginRepository", "url"}
    versions = [e.text or "" for e in recipe.iter("{*}version")]
    assert not any(sign in text for text in versions for sign in ("[", "LATEST", "SNAPSHOT"))


def test_every_real_jar_has_its_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    jars = install.expected()
    assert any(name.startswith("solr-core-9.9") for name in jars)
    assert all(name.endswith(".jar") and len(digest) == 64 for name, digest in jars.items())
