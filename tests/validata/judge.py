"""Run by Validata's own Python: tables on standard input, the errors it finds on standard output.

One JSON document a line each way: `{"schema", "columns", "rows"}` or `{"schema", "file"}` in;
`{"errors": [[row, column, type]…]}` or `{"refused": reason}` out. Must import nothing of ours.
"""

# Its packages are in another environment than the one that checks types.
# pyright: basic, reportMissingImports=false

import json
import sys
import warnings
from pathlib import Path

from validata_core import resource_service, validation_service
from validata_core.domain.table_resource import TableResource


class Texts:
    """A table of texts, given as it is rather than guessed from a file."""

    def __init__(self, columns, rows):
        self.table = columns, rows

    def read_header_and_rows(self):
        return self.table

    def source(self):
        return "table"


def judge(job):
    if "file" in job:
        path = Path(job["file"])
        resource = resource_service.from_file_content(path.name, path.read_bytes())
    else:
        resource = TableResource(Texts(job["columns"], job["rows"]))
    report = validation_service.validate_resource(resource, job["schema"]).to_dict()
    return [[one.get("rowNumber"), one.get("fieldName"), one["type"]] for one in report["errors"]]


def answer(line):
    try:
        return {"errors": judge(json.loads(line))}
    except Exception as error:  # noqa: BLE001  (whatever it is, the test reads the reason)
        return {"refused": f"{type(error).__name__}: {error}"}


warnings.simplefilter("ignore")
for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(line)) + "\n")
