"""Who asked to be warned of a feed: an address, confirmed from its own letter box."""

import sqlalchemy as sa
from alembic import op

revision = "b1f4c07d92e6"
down_revision = "7c2e9b41d05a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing ever wrote into the table of subscriptions: it supposed accounts.
    op.drop_table("realtime_subscription")
    op.create_table(
        "realtime_watcher",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("feed_id", sa.UnicodeText, nullable=False),
        sa.Column("mail", sa.UnicodeText, nullable=False),
        sa.Column("nonce", sa.UnicodeText, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("feed_id", "mail", name="realtime_watcher_once"),
    )


def downgrade() -> None:
    op.drop_table("realtime_watcher")
    op.create_table(
        "realtime_subscription",
        sa.Column("feed_id", sa.UnicodeText, primary_key=True),
        sa.Column("user_id", sa.UnicodeText, primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    )
