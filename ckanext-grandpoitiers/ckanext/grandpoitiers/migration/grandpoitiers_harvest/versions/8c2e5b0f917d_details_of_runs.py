"""What only some runs have to tell: why a run was refused, who accepted one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "8c2e5b0f917d"
down_revision = "4f1d0a6c2b7e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "grandpoitiers_run", sa.Column("details", JSONB, nullable=False, server_default="{}")
    )


def downgrade() -> None:
    op.drop_column("grandpoitiers_run", "details")
