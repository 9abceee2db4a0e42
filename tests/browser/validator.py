"""The W3C's checker of HTML (vnu), fetched once by npm into the portal's folder.

Its archive is what the pinned digest says, or the test fails.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from portal_kit.home import Home
from portal_kit.services.solr import java

VERSION = "26.9.27"
DIGEST = "TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="
"""SHA-512 of the npm package `vnu-jar` of that version, as the registry writes it."""
JAR = "package/build/dist/vnu.jar"


def jar() -> Path:
    """The checker, fetched when it is not there; skips where npm can't."""
    kept = Home.locate().root / "vnu" / f"vnu-{VERSION}.jar"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        archive = _fetched(kept.parent)
        found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        assert found == DIGEST, f"{archive.name} is another file than the one that was pinned"
        with tarfile.open(archive) as held:
            member = held.extractfile(JAR)
            assert member is not None
            partial = kept.with_suffix(".partial")
            partial.write_bytes(member.read())
        partial.replace(kept)
        archive.unlink()
    return kept


def _fetched(folder: Path) -> Path:
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine: it fetches the checker of HTML")
    done = subprocess.run(
        ["npm", "pack", "--silent", f"vnu-jar@{VERSION}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    archive = next(folder.glob("vnu-jar-*.tgz"), None)
    if done.returncode or archive is None:
        pytest.skip(f"npm can't fetch the checker of HTML: {done.stderr.strip()[-200:]}")
    return archive


def errors(pages: Mapping[str, str], folder: Path) -> list[tuple[str, str, str]]:
    """`(path, sentence, extract)` of each error in `{path: html}`; `folder` is for its files."""
    names: dict[str, str] = {}
    for number, (path, html) in enumerate(pages.items()):
        (folder / f"{number}.html").write_text(html, encoding="utf-8")
        names[f"{number}.html"] = path
    done = subprocess.run(
        [java(), "-Xss8m", "-jar", str(jar()), "--format", "json", "--errors-only", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    messages = json.loads(done.stderr)["messages"]
    return [
        (names[one["url"].rpartition("/")[2]], one["message"], one.get("extract", ""))
        for one in messages
        if one["type"] in ("error", "non-document-error")
    ]
