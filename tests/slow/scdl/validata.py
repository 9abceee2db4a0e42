"""Validata as an oracle: its environment, made once, and its answers.

Must not import Validata, which lives in an environment of its own, under the portal's folder.
"""

import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from portal_kit.home import Home
from portal_kit.uv import uv_environment
from tests.unit.scdl.oracles import Errors

FILES = Path(__file__).parents[2] / "validata"
LOCK = FILES / "requirements.lock"
JUDGE = FILES / "judge.py"


def environment() -> Path:
    """The Python of the environment, made from the lock when it is not there; skips without it.

    Tests in several processes ask for it together: one makes it, the others wait.
    """
    folder = Home.locate().root / "validata"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as place:
        fcntl.flock(place, fcntl.LOCK_EX)
        _made(folder)
    return folder / "bin" / "python"


def _made(folder: Path) -> None:
    """The environment in its folder; its stamp is written last, so half of one is made again."""
    wanted = f"{sys.version} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    stamp = folder / "installed"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    python = str(folder / "bin" / "python")
    _uv("venv", "--quiet", "--python", sys.executable, str(folder))
    _uv("pip", "sync", "--quiet", "--require-hashes", "--python", python, str(LOCK))
    stamp.write_text(wanted, encoding="utf-8")


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv) if uv.is_file() else "uv", *arguments]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, env=uv_environment())
    except (OSError, subprocess.CalledProcessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()
        pytest.skip(f"Validata can't be installed here: {said[-1] if said else error}")


def answers(jobs: Sequence[dict[str, Any]]) -> list[Errors | None]:
    """Validata's errors for each table; None where it fell over."""
    lines = "".join(json.dumps(job) + "\n" for job in jobs)
    done = subprocess.run(
        [str(environment()), str(JUDGE)],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found: list[Errors | None] = []
    for line in done.stdout.splitlines():
        answer = json.loads(line)
        errors = answer.get("errors")
        if errors and [None, None, "error"] in errors:
            errors = None  # frictionless fell over: comparing a text to a number, say
        found.append(None if errors is None else {(row, name, kind) for row, name, kind in errors})
    return found
