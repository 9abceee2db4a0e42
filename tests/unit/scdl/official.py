"""The official descriptors among the recorded real files, by the registry's own versions."""

import json
from pathlib import Path


def official_schemas(real_data: Path) -> dict[str, dict[str, Path]]:
    """`{name: {version: file}}` of schema.data.gouv.fr."""
    folder = real_data / "schemas" / "schema.data.gouv.fr"
    listed = json.loads((folder / "schemas.json").read_text(encoding="utf-8"))["schemas"]
    return {
        schema["name"]: {
            version["version_name"]: folder
            / "schemas"
            / version["schema_url"].partition("/schemas/")[2]
            for version in schema["versions"]
        }
        for schema in listed
    }
