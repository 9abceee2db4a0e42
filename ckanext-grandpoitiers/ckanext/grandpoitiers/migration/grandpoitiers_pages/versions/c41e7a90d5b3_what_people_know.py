"""Which version of an event people know, while a letter on what changed since is to leave."""

import sqlalchemy as sa
from alembic import op

revision = "c41e7a90d5b3"
down_revision = "8b2c5e71a9d3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grandpoitiers_registration", sa.Column("knows", sa.Integer))


def downgrade() -> None:
    op.drop_column("grandpoitiers_registration", "knows")
