"""What every process of the portal carries: web workers, pollers, a harvest, a command."""

import subprocess
import sys

PLUGINS = """
import json, sys
from importlib.metadata import entry_points
import ckan.lib.app_globals
for point in entry_points(group="ckan.plugins"):
    if point.value.startswith(("ckanext.grandpoitiers", "ckanext.scdl", "ckanext.realtime")):
        point.load()
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
HEAVY = {
    "duckdb", "fastexcel", "frictionless", "geopandas", "pandas", "polars", "pyarrow", "pyogrio",
    "xlsxwriter",
}  # fmt: skip
"""Libraries of 8 MB and more that only those who open a table or write one need."""


def test_loading_our_plugins_loads_no_library_of_tables() -> None:
    """Together they would add 80 MB to each process, which a harvest has to share."""
    command = [sys.executable, "-W", "ignore", "-c", PLUGINS]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert '"ckanext"' in told
    assert not [name for name in sorted(HEAVY) if f'"{name}"' in told]
