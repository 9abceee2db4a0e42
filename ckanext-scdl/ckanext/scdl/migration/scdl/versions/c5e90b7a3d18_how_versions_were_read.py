"""How each version of a file was read: putting it back reads it the same way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c5e90b7a3d18"
down_revision = "84b1f20c6d5e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("choices", JSONB, nullable=False, server_default="{}")
    op.add_column("scdl_version", column)


def downgrade() -> None:
    op.drop_column("scdl_version", "choices")
