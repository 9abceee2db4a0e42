"""What is kept of files: where each stands, its versions, the last report, files being deposited.

Made by `migration/scdl`. Files themselves are in the portal's storage (`publishing.library`).
"""

from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = tk.BaseModel.metadata


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


files = sa.Table(
    "scdl_file",
    metadata,
    sa.Column("resource_id", sa.UnicodeText, primary_key=True),
    # waiting, loading, loaded, refused (no table), failed
    sa.Column("state", sa.UnicodeText, nullable=False),
    # Why there is no table: {"message": msgid, "params": {…}}
    sa.Column("reason", JSONB, nullable=False, server_default="{}"),
    # What tells that the file is another one (see publishing.sources.fingerprint).
    sa.Column("mark", sa.UnicodeText, nullable=False, server_default=""),
    # scdl/subventions@2.1.1: the schema it was deposited for.
    sa.Column("schema", sa.UnicodeText, nullable=False, server_default=""),
    # What its deposit has to say of its next version: original, repairs, author.
    sa.Column("pending", JSONB, nullable=False, server_default="{}"),
    # What it said of the columns (see files.dictionary.Entry).
    sa.Column("words", JSONB, nullable=False, server_default="[]"),
    # Sheet, header, encoding, separator (see files.reading.Choices).
    sa.Column("choices", JSONB, nullable=False, server_default="{}"),
    # What had to be interpreted, and what was left out of the table.
    sa.Column("notes", JSONB, nullable=False, server_default="[]"),
    sa.Column("comparison", JSONB),
    sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    # never, hourly, daily, weekly, monthly: when its address is asked again.
    sa.Column("refresh", sa.UnicodeText, nullable=False, server_default="never"),
    _moment("updated"),
)
"""Where the file of a resource stands."""

versions = sa.Table(
    "scdl_version",
    metadata,
    sa.Column("resource_id", sa.UnicodeText, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("name", sa.UnicodeText, nullable=False),
    # The name of the file as it was deposited, when another one was published in its place.
    sa.Column("original", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("digest", sa.UnicodeText, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("repairs", JSONB, nullable=False, server_default="[]"),
    sa.Column("author", sa.UnicodeText, nullable=False, server_default=""),
    # How it was read (see files.reading.Choices), and the types of its columns.
    sa.Column("choices", JSONB, nullable=False, server_default="{}"),
    _moment("created"),
)
"""Files that a resource has had, the present one included."""

reports = sa.Table(
    "scdl_report",
    metadata,
    sa.Column("resource_id", sa.UnicodeText, primary_key=True),
    # scdl/subventions@2.1.1
    sa.Column("schema", sa.UnicodeText, nullable=False, index=True),
    sa.Column("verdict", sa.UnicodeText, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("errors", sa.BigInteger, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    _moment("checked"),
)
"""The last report of a resource."""

deposits = sa.Table(
    "scdl_deposit",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("user_id", sa.UnicodeText, nullable=False, index=True),
    sa.Column("owner_org", sa.UnicodeText, nullable=False),
    # Blank when no schema is followed.
    sa.Column("schema", sa.UnicodeText, nullable=False, server_default=""),
    # The resource to replace, if any.
    sa.Column("resource_id", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("name", sa.UnicodeText, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("choices", JSONB, nullable=False, server_default="{}"),
    # {column position: field or ""}, what the person said.
    sa.Column("matching", JSONB, nullable=False, server_default="{}"),
    # Keys of the repairs accepted; null before she was asked.
    sa.Column("repairs", JSONB),
    # {column: {label, description, unit, type}}, where no schema says them.
    sa.Column("words", JSONB, nullable=False, server_default="{}"),
    _moment("created"),
    _moment("touched"),
)
"""Files being deposited: nothing of them is published yet."""

matchings = sa.Table(
    "scdl_matching",
    metadata,
    sa.Column("owner_org", sa.UnicodeText, primary_key=True),
    # The schema's name, without its version.
    sa.Column("schema", sa.UnicodeText, primary_key=True),
    # {header, folded: field or ""}
    sa.Column("columns", JSONB, nullable=False),
)
"""How an organisation's files name the columns of a schema."""
