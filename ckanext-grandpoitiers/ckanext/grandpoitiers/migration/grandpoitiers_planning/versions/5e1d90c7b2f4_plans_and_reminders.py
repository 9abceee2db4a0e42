"""Who is in charge of a dataset and until when; the reminders that left."""

import sqlalchemy as sa
from alembic import op

revision = "5e1d90c7b2f4"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_plan",
        sa.Column("package_id", sa.UnicodeText, _of_a_dataset(), primary_key=True),
        sa.Column("referent", sa.UnicodeText, nullable=False, server_default="", index=True),
        sa.Column("stand_in", sa.UnicodeText, nullable=False, server_default="", index=True),
        sa.Column("by_hand", sa.Date),
        sa.Column("set_on", sa.Date),
    )
    op.create_table(
        "grandpoitiers_reminder",
        sa.Column("package_id", sa.UnicodeText, _of_a_dataset(), primary_key=True),
        sa.Column("due", sa.Date, primary_key=True),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
    )


def _of_a_dataset() -> sa.ForeignKey:
    # What was planned of a dataset goes with it.
    return sa.ForeignKey("package.id", ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("grandpoitiers_reminder")
    op.drop_table("grandpoitiers_plan")
