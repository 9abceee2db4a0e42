"""Where each file stands, its versions and report; files being deposited, matchings remembered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "3d9c1f6a7e42"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scdl_file",
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("state", sa.UnicodeText, nullable=False),
        _json("reason", "{}"),
        _text("mark"),
        _text("schema"),
        _json("pending", "{}"),
        _json("words", "[]"),
        _json("choices", "{}"),
        _json("notes", "[]"),
        sa.Column("comparison", JSONB),
        _number("rows"),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("refresh", sa.UnicodeText, nullable=False, server_default="never"),
        _moment("updated"),
    )
    op.create_table(
        "scdl_version",
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("name", sa.UnicodeText, nullable=False),
        _text("original"),
        sa.Column("digest", sa.UnicodeText, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        _number("rows"),
        _json("repairs", "[]"),
        _text("author"),
        _moment("created"),
    )
    op.create_table(
        "scdl_report",
        sa.Column("resource_id", sa.UnicodeText, primary_key=True),
        sa.Column("schema", sa.UnicodeText, nullable=False, index=True),
        sa.Column("verdict", sa.UnicodeText, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("errors", sa.BigInteger, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        _moment("checked"),
    )
    op.create_table(
        "scdl_deposit",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("user_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("owner_org", sa.UnicodeText, nullable=False),
        _text("schema"),
        _text("resource_id"),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        _json("choices", "{}"),
        _json("matching", "{}"),
        sa.Column("repairs", JSONB),
        _json("words", "{}"),
        _moment("created"),
        _moment("touched"),
    )
    op.create_table(
        "scdl_matching",
        sa.Column("owner_org", sa.UnicodeText, primary_key=True),
        sa.Column("schema", sa.UnicodeText, primary_key=True),
        sa.Column("columns", JSONB, nullable=False),
    )


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.UnicodeText, nullable=False, server_default="")


def _json(name: str, default: str) -> sa.Column:
    return sa.Column(name, JSONB, nullable=False, server_default=default)


def _number(name: str) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    for name in ("matching", "deposit", "report", "version", "file"):
        op.drop_table(f"scdl_{name}")
