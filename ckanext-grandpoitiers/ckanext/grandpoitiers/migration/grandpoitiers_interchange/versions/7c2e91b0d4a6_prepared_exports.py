"""The exports prepared in advance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7c2e91b0d4a6"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_export",
        sa.Column("package_id", sa.UnicodeText, primary_key=True),
        sa.Column("profile", sa.UnicodeText, primary_key=True),
        sa.Column("version", sa.UnicodeText, nullable=False),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("triples", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("grandpoitiers_export")
