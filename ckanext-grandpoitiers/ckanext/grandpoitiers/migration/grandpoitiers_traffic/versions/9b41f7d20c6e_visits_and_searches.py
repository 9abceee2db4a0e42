"""Daily totals of visits and searches."""

import sqlalchemy as sa
from alembic import op

revision = "9b41f7d20c6e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_traffic",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("kind", sa.UnicodeText, primary_key=True),
        sa.Column("thing", sa.UnicodeText, primary_key=True),
        sa.Column("people", sa.Integer, nullable=False, server_default="0"),
        sa.Column("robots", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_table(
        "grandpoitiers_traffic_search",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("terms", sa.UnicodeText, primary_key=True),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("found", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("grandpoitiers_traffic_search")
    op.drop_table("grandpoitiers_traffic")
