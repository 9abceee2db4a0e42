"""The process that `scdl.py` measures: `ours FILE` or `frictionless FILE`; one JSON line."""

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

DESCRIPTOR: dict[str, Any] = {
    "fields": [
        {"name": "id", "constraints": {"required": True, "pattern": r"SUB-\d{8}"}},
        {"name": "siret", "constraints": {"required": True, "pattern": r"^\d{14}$"}},
        {"name": "beneficiaire", "constraints": {"required": True, "maxLength": 256}},
        {"name": "date_decision", "type": "date", "constraints": {"required": True}},
        {"name": "date_versement", "type": "date"},
        {"name": "montant", "type": "number", "constraints": {"required": True, "minimum": 0}},
        {"name": "part", "type": "number", "constraints": {"minimum": 0.01, "maximum": 1}},
        {
            "name": "nature",
            "constraints": {"enum": ["aide en numéraire", "aide en nature"]},
        },
        {"name": "insee", "constraints": {"pattern": r"^([013-9]\d|2[AB1-9])\d{3}$"}},
        {"name": "courriel", "format": "email"},
        {"name": "exercice", "type": "year", "constraints": {"required": True}},
        {"name": "notifiee", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"]},
    ],
    "primaryKey": ["id"],
    "custom_checks": [{"name": "french-siret-value", "params": {"column": "siret"}}],
}
Check = Callable[[Path], tuple[int, dict[str, int]]]
"""From a file to its number of rows and its errors by kind."""


def ours() -> Check:
    """The portal's own check, from the file to the report."""
    from ckanext.scdl.checking import check_file

    def check(path: Path) -> tuple[int, dict[str, int]]:
        with TemporaryDirectory() as folder:
            report = check_file(path, DESCRIPTOR, Path(folder))
        assert report.reason is None
        return report.rows, report.counts

    return check


def stock() -> Check:
    """frictionless with the SIRET rule that Validata adds to it."""
    import frictionless
    from frictionless.resources import TableResource
    from stdnum.fr import siret

    class SiretError(frictionless.errors.CellError):
        type = "french-siret-value"

    class Siret(frictionless.Check):
        Errors = [SiretError]  # noqa: RUF012  (frictionless's own way)

        def validate_row(self, row: Any) -> Any:
            if row["siret"] and not siret.is_valid(row["siret"]):
                yield SiretError.from_row(row, note="", field_name="siret")

    def check(path: Path) -> tuple[int, dict[str, int]]:
        table = TableResource(
            path=path.name,
            basepath=str(path.parent),
            schema=frictionless.Schema.from_descriptor(DESCRIPTOR),
        )
        report = frictionless.validate(table, checks=[Siret()], limit_errors=10**9)
        errors = Counter(error.type for task in report.tasks for error in task.errors)
        return report.tasks[0].stats["rows"], dict(errors)

    return check


def main() -> None:
    """Time one check."""
    check = ours() if sys.argv[1] == "ours" else stock()
    start = time.perf_counter()
    rows, errors = check(Path(sys.argv[2]))
    seconds = time.perf_counter() - start
    usage = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    found = {
        "rows": rows,
        "errors": dict(sorted(errors.items())),
        "seconds": round(seconds, 2),
        "rss_mb": round(sum(resource.getrusage(who).ru_maxrss for who in usage) / 1024),
    }
    click.echo(json.dumps(found))


if __name__ == "__main__":
    main()
