"""A spreadsheet's sheet or a map's layer as a CSV file, made by a bounded process.

Pure: imports neither ``ckan`` nor an HTTP client. A bomb, a sheet of seventeen billion blank
cells or a defect of a library kills that process (`workbook_child`, `map_child`), never the
portal's worker.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ckanext.scdl.files.errors import FileRefused, Refusal

SHEETS, LAYERS = "workbook_child.py", "map_child.py"
SECONDS = 120
"""Given to the process, on the clock on the wall; it has its own limit of processor."""

Merged = tuple[int, int, int, int]
"""First row, first column, last row, last column; from 0, both ends included."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to choose from: its name, its size and its first filled rows."""

    name: str
    rows: int
    columns: int
    preview: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets that hold something, and the one written to ``path``, if it is known which.

    ``chosen`` is empty when there are several and none was asked for. ``geometry`` names the
    column of a layer's geometry, ``assumed`` its coordinate system when the file has none.
    """

    path: Path
    sheets: tuple[Sheet, ...]
    chosen: str
    merged: tuple[Merged, ...] = ()
    geometry: str = ""
    assumed: str = ""


def read_workbook(path: Path, output: Path, sheet: str | None = None) -> Workbook:
    """Open the XLSX, XLSB, XLS or ODS file at ``path`` and write its sheet at ``output``.

    Without ``sheet``, the only one that holds something. Raises FileRefused.
    """
    return _workbook(_answer(SHEETS, path, output, sheet), output)


def read_map(path: Path, output: Path, layer: str | None = None) -> Workbook:
    """The same for a GeoJSON, a GeoPackage or a zipped Shapefile, whose sheets are layers."""
    return _workbook(_answer(LAYERS, path, output, layer), output)


def _workbook(answer: dict[str, Any], output: Path) -> Workbook:
    if error := answer.get("error"):
        params = {key: value for key, value in answer.items() if key != "error"}
        raise FileRefused(Refusal(error), **params)
    sheets = tuple(
        Sheet(found["name"], found["rows"], found["columns"], tuple(map(tuple, found["preview"])))
        for found in answer["sheets"]
    )
    if not sheets:
        raise FileRefused(Refusal.EMPTY)
    merged: tuple[Any, ...] = tuple(map(tuple, answer["merged"]))
    found = (answer.get("geometry", ""), answer.get("assumed", ""))
    return Workbook(output, sheets, answer["chosen"] or "", merged, *found)


def _answer(program: str, path: Path, output: Path, sheet: str | None) -> dict[str, Any]:
    # The absolute path can't be taken for an option; a sheet's name comes after it.
    # -P: the folder of this package is no place to import from.
    command = [sys.executable, "-P", str(Path(__file__).with_name(program))]
    command += [str(path.absolute()), str(output.absolute()), *([sheet] if sheet else [])]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused(Refusal.TOO_LONG_TO_OPEN) from error
    if done.returncode in (-24, -9):  # SIGXCPU and its SIGKILL
        raise FileRefused(Refusal.TOO_LONG_TO_OPEN)
    if done.returncode != 0:
        # The library aborts when memory is refused to it; anything else is a file it can't read.
        short = b"memory" in done.stderr.lower() or done.returncode == -6
        raise FileRefused(Refusal.TOO_LARGE_ONCE_OPEN if short else Refusal.DAMAGED)
    return json.loads(done.stdout)


def _environment() -> dict[str, str]:
    """What Python needs to start, and no secret of the portal's."""
    kept = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "HOME")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"PYTHONUTF8": "1"}
