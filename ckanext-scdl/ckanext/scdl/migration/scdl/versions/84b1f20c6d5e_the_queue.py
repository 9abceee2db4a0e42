"""Deposits handed over, every step they take, what organisations want of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "84b1f20c6d5e"
down_revision = "3d9c1f6a7e42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scdl_submission",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        _text("user_id", index=True),
        _text("owner_org", index=True),
        _text("package_id"),
        _text("resource_id", index=True),
        sa.Column("replaces", sa.Boolean, nullable=False),
        _text("name"),
        _text("note"),
        sa.Column("wanted", JSONB, nullable=False, server_default="{}"),
        _text("state", index=True),
        sa.Column("needed", sa.Integer, nullable=False, server_default="1"),
        sa.Column("approvals", JSONB, nullable=False, server_default="[]"),
        sa.Column("publish_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
        sa.Column("base", sa.Integer, nullable=False, server_default="0"),
        _text("schema"),
        _text("verdict"),
        sa.Column("errors", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("comparison", JSONB),
        sa.Column("frozen", JSONB, nullable=False, server_default="{}"),
        _text("digest"),
        sa.Column("settled", sa.Boolean, nullable=False, server_default="true"),
        _moment("created"),
        _moment("changed"),
    )
    op.create_table(
        "scdl_submission_step",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _text("submission_id", index=True),
        _text("resource_id", index=True),
        _moment("at"),
        _text("user_id"),
        _text("step"),
        _text("comment"),
    )
    op.create_table(
        "scdl_route",
        sa.Column("owner_org", sa.UnicodeText, primary_key=True),
        sa.Column("mode", sa.UnicodeText, nullable=False),
    )


def _text(name: str, *, index: bool = False) -> sa.Column:
    return sa.Column(name, sa.UnicodeText, nullable=False, server_default="", index=index)


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    for name in ("scdl_route", "scdl_submission_step", "scdl_submission"):
        op.drop_table(name)
