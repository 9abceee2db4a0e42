"""The feeds, the keys that push to them, and who wants to be warned."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7c2e9b41d05a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "realtime_feed",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("name", sa.UnicodeText, nullable=False, unique=True),
        sa.Column("declaration", JSONB, nullable=False),
        sa.Column("package_id", sa.UnicodeText, nullable=False),
        sa.Column("resource_id", sa.UnicodeText, nullable=False),
        sa.Column("declared", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("realtime_feed_package", "realtime_feed", ["package_id"])
    op.create_index("realtime_feed_resource", "realtime_feed", ["resource_id"])
    op.create_table(
        "realtime_key",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("feed_id", sa.UnicodeText, nullable=False),
        sa.Column("label", sa.UnicodeText, nullable=False),
        sa.Column("digest", sa.UnicodeText, nullable=False, unique=True),
        sa.Column("hint", sa.UnicodeText, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True)),
        sa.Column("used", sa.DateTime(timezone=True)),
        sa.Column("span", sa.DateTime(timezone=True)),
        sa.Column("count", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("realtime_key_feed", "realtime_key", ["feed_id"])
    op.create_table(
        "realtime_subscription",
        sa.Column("feed_id", sa.UnicodeText, primary_key=True),
        sa.Column("user_id", sa.UnicodeText, primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("realtime_subscription")
    op.drop_table("realtime_key")
    op.drop_table("realtime_feed")
