"""What uv is told: the indexes and certificates that pip was told of.

An administrator behind a mirror or a proxy has configured pip; uv reads none of it by itself.
Used by the bootstrap too: the standard library only.
"""

import os
import subprocess
import sys

FROM_PIP = (
    ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
    ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
    ("PIP_CERT", "SSL_CERT_FILE"),
)


def uv_environment() -> "dict[str, str]":
    """The session's variables, with uv's own completed from pip's; those of uv come first."""
    known = dict(os.environ)
    for theirs, ours in FROM_PIP:
        if known.get(theirs):
            known.setdefault(ours, known[theirs])
    if "UV_DEFAULT_INDEX" not in known:
        index = _configured("global.index-url")
        if index:
            known["UV_DEFAULT_INDEX"] = index
    return known


def _configured(option: str) -> str:
    """The value in pip's own configuration files, empty when there is none."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", option],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == 0 else ""
