"""The demonstration's tables follow the schemas that they name."""

from pathlib import Path

from ckanext.scdl.checking import check_file
from ckanext.scdl.registry import Registry
from portal_kit.configuration import find
from portal_kit.conformity import schema_at
from portal_kit.demo.tables import read


def test_what_a_table_says_that_it_follows_it_does(tmp_path: Path) -> None:
    followed = 0
    for table in read(find("demo/tables.yaml").read_text("utf-8")):
        named = schema_at(table.schema)
        if named is None:
            continue
        version = Registry.standard().find(named.wanted)
        file = tmp_path / table.file
        file.write_bytes(find(f"demo/tables/{table.file}").read_bytes())
        report = check_file(file, version.descriptor, tmp_path)
        assert (table.name, report.verdict, report.counts) == (table.name, "valid", {})
        followed += 1
    assert followed
