"""The process that fills the catalogue for `dcat.py`: `INDEXED TOTAL`."""

import os
import sys
from typing import Any

import sqlalchemy as sa

from portal_kit import demo
from tests.exports import harvested

LINKED = {"resource": "package_id", "package_tag": "package_id", "member": "table_id"}
"""Tables whose rows go with a dataset, and their column that says which."""


COPIED = {
    "id": "copies.copy",
    "name": "copies.copy",
    "extras": "package.extras || jsonb_build_object('identifier', copies.copy)",
}
"""What a copied dataset has of its own: what it says it is must be its alone."""


def create(count: int) -> None:
    """Through CKAN's actions, so that Solr and ckanext-dcat have them too."""
    import ckan.plugins.toolkit as tk

    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    owner = tk.get_action("organization_list")({}, {})[0]
    for made in harvested(demo.replicate(demo.records(), count)):
        context: Any = {"user": user, "ignore_auth": True}
        tk.get_action("package_create")(context, {**made, "owner_org": owner})


def replicate(count: int) -> None:
    """The same rows again with ids of their own, until there are `count` datasets."""
    from ckan.model import meta

    engine: Any = meta.engine
    with engine.begin() as connection:
        have = connection.scalar(sa.text("SELECT count(*) FROM package"))
        connection.execute(sa.text(COPIES), {"missing": count - have})
        copy(connection, "package", COPIED, "id")
        for table, key in LINKED.items():
            copy(connection, table, {"id": "gen_random_uuid()::text", key: "copies.copy"}, key)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


COPIES = """
CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
SELECT id AS original, gen_random_uuid()::text AS copy
FROM package CROSS JOIN generate_series(1, 1000000 / (SELECT count(*) FROM package)) AS turn
LIMIT :missing
"""


def copy(connection: Any, table: str, changed: dict[str, str], key: str) -> None:
    columns = [one["name"] for one in sa.inspect(connection).get_columns(table)]
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f'"{table}"."{name}"') for name in columns)
    connection.execute(
        sa.text(
            f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}"'  # noqa: S608
            f' JOIN copies ON copies.original = "{table}"."{key}"'
        )
    )


if __name__ == "__main__":
    # CKAN hides the package of our tests by one of its own: it comes after.
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    application: Any = make_app(load_config(os.environ["CKAN_INI"]))
    indexed, total = map(int, sys.argv[1:])
    with application._wsgi_app.test_request_context():  # noqa: SLF001  (actions ask for a request)
        create(indexed)
        replicate(total)
