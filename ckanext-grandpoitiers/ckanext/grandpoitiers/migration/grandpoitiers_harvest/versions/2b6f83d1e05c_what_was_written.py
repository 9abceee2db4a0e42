"""What the harvest last wrote of each dataset, to know what persons changed since."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2b6f83d1e05c"
down_revision = "8c2e5b0f917d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grandpoitiers_record", sa.Column("written", JSONB))


def downgrade() -> None:
    op.drop_column("grandpoitiers_record", "written")
