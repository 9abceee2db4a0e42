"""What uv is told: the indexes and certificates that pip was told of.

An administrator behind a mirror or a proxy has configured pip; uv reads none of it by itself.
Used by the bootstrap too: the standard library only.
"""

import ast
import os
import subprocess
import sys

FROM_PIP = (
    ("PIP_INDEX_URL", "index-url", "UV_DEFAULT_INDEX"),
    ("PIP_FIND_LINKS", "find-links", "UV_FIND_LINKS"),
    ("PIP_CERT", "cert", "SSL_CERT_FILE"),
)
"""Pip's variable, the same in its configuration files, and uv's."""


def uv_environment() -> "dict[str, str]":
    """The session's variables, with uv's own completed from pip's; those of uv come first."""
    known = dict(os.environ)
    configured = _configured() if any(ours not in known for _, _, ours in FROM_PIP) else {}
    for variable, option, ours in FROM_PIP:
        value = known.get(variable) or configured.get(option)
        if value:
            # pip takes several places, between spaces or on lines; uv wants commas.
            known.setdefault(ours, ",".join(value.split()) if option == "find-links" else value)
    return known


def _configured() -> "dict[str, str]":
    """What pip's configuration files say, by option; empty where there is no pip.

    pip lists `global.cert='/etc/…'`, a line an option, with the values as Python writes them.
    """
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.partition("=") for line in asked.stdout.splitlines() if "='" in line]
    return {
        name.removeprefix("global."): ast.literal_eval(value).strip()
        for name, _, value in lines
        if name.startswith("global.")
    }
