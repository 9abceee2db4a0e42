"""How to use a file or a table, in the words of each tool, with its own addresses.

Pure: must import neither CKAN nor an HTTP client.
"""

from dataclasses import dataclass

from ckanext.grandpoitiers.errors import N_

COMMA = ("CSV", "TSV", "TXT")
SHEETS = ("XLSX", "XLS", "ODS")
MAPS = ("GEOJSON", "SHP", "GPKG", "KML", "JSON")
IN_EXCEL = N_("In Excel: Data › From Text/CSV or From Web, paste this address, choose UTF-8.")
IN_QGIS = N_("In QGIS: Layer › Add Layer › Add Vector Layer, protocol HTTP(S), paste this address.")


@dataclass(frozen=True, slots=True)
class Use:
    """One way: the tool's name, code to copy, and a sentence (a msgid) when code is not enough."""

    tool: str
    code: str
    sentence: str = ""


def uses(kind: str, address: str, table: str = "") -> list[Use]:
    """The ways to use a resource of format `kind` at `address`.

    `table` is where its rows come as CSV, if it has rows here; with another ending instead of
    `.csv`, the same address gives JSON and GeoJSON.
    """
    kind = kind.upper()
    if table:
        return _table(table)
    found = [Use("curl", f"curl -L -O -J {_shell(address)}")]
    if kind in (*COMMA, *SHEETS):
        read = "read_csv" if kind in COMMA else "read_excel"
        found.append(
            Use("Python", f"import pandas as pd\n\nrows = pd.{read}({_quoted(address)})\n")
        )
        if kind in COMMA:
            found.append(Use("R", f"rows <- read.csv({_quoted(address)})"))
        found.append(Use("Excel", address, IN_EXCEL))
    if kind in MAPS:
        code = f"import geopandas as gpd\n\nplaces = gpd.read_file({_quoted(address)})\n"
        found += [Use("Python", code), Use("QGIS", address, IN_QGIS)]
    return found


def _table(address: str) -> list[Use]:
    rows = address.replace("/rows.csv", "/rows.json")
    return [
        Use("curl", f"curl {_shell(address)} -o rows.csv\ncurl {_shell(rows + '?limit=10')}"),
        Use(
            "Python",
            f"import pandas as pd\n\nrows = pd.read_csv({_quoted(address)})\nprint(rows.head())",
        ),
        Use("R", f'rows <- read.csv({_quoted(address)}, fileEncoding = "UTF-8")\nhead(rows)'),
        Use(
            "JavaScript",
            f"const answer = await fetch({_quoted(rows + '?limit=100')});\n"
            "const rows = await answer.json();\nconsole.table(rows);",
        ),
        Use("Excel", address + "?bom=1", IN_EXCEL),
        Use("QGIS", address.replace("/rows.csv", "/rows.geojson"), IN_QGIS),
    ]


def _shell(address: str) -> str:
    quoted = address.replace("'", "%27")
    return f"'{quoted}'"


def _quoted(address: str) -> str:
    escaped = address.replace("\\", "%5C").replace('"', "%22")
    return f'"{escaped}"'
