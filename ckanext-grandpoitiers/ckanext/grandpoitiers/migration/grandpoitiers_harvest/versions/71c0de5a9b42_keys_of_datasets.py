"""What a dataset is known by in other catalogues, to find it there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "71c0de5a9b42"
down_revision = "2b6f83d1e05c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grandpoitiers_record", sa.Column("known_as", JSONB))


def downgrade() -> None:
    op.drop_column("grandpoitiers_record", "known_as")
