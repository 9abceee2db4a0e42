"""The links that the record of a service gives to the datasets it operates on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "a93e1f7740bd"
down_revision = "71c0de5a9b42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grandpoitiers_record", sa.Column("couplings", JSONB))


def downgrade() -> None:
    op.drop_column("grandpoitiers_record", "couplings")
