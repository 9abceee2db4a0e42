"""Meetings that agents attended; the figures of each service at the end of each month."""

import sqlalchemy as sa
from alembic import op

revision = "b07c93e5a1d8"
down_revision = "5e1d90c7b2f4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_attendance",
        sa.Column(
            "user_id",
            sa.UnicodeText,
            sa.ForeignKey("user.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("page_id", sa.UnicodeText, primary_key=True),
        sa.Column("type", sa.UnicodeText, nullable=False),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "grandpoitiers_month",
        # The first day of the month.
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("organization", sa.UnicodeText, primary_key=True),
        *(
            sa.Column(name, sa.Integer, nullable=False, server_default="0")
            for name in ("datasets", "late", "delay", "checked", "valid")
        ),
    )


def downgrade() -> None:
    op.drop_table("grandpoitiers_month")
    op.drop_table("grandpoitiers_attendance")
