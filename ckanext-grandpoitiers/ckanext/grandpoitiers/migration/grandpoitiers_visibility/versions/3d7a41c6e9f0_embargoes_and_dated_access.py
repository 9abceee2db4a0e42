"""Datasets that open at a moment; access that ends at a day."""

import sqlalchemy as sa
from alembic import op

revision = "3d7a41c6e9f0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_embargo",
        sa.Column(
            "package_id",
            sa.UnicodeText,
            sa.ForeignKey("package.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "grandpoitiers_access",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("user_id", sa.UnicodeText, nullable=False, index=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("target", sa.UnicodeText, nullable=False),
        sa.Column("organization", sa.UnicodeText, nullable=False, index=True),
        sa.Column("capacity", sa.UnicodeText, nullable=False),
        sa.Column("until", sa.Date, nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("giver", sa.UnicodeText, nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.Column("ender", sa.UnicodeText, nullable=False, server_default=""),
    )


def downgrade() -> None:
    op.drop_table("grandpoitiers_access")
    op.drop_table("grandpoitiers_embargo")
