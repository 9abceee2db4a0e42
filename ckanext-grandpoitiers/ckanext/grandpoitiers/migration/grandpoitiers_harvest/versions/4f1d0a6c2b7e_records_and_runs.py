"""The records known of each catalogue, and the runs of the harvest."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "4f1d0a6c2b7e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_record",
        sa.Column("source_id", sa.UnicodeText, primary_key=True),
        sa.Column("guid", sa.UnicodeText, primary_key=True),
        sa.Column("package_id", sa.UnicodeText),
        sa.Column("name", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("digest", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("problems", JSONB, nullable=False, server_default="[]"),
        sa.Column("vanished_at", sa.DateTime(timezone=True)),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("indexed", sa.Boolean, nullable=False, server_default="true"),
        sa.Column("xml", sa.LargeBinary),
    )
    op.create_index("grandpoitiers_record_package", "grandpoitiers_record", ["package_id"])
    op.create_index("grandpoitiers_record_guid", "grandpoitiers_record", ["guid"])
    op.create_table(
        "grandpoitiers_run",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("source_id", sa.UnicodeText, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.UnicodeText, nullable=False),
        sa.Column("message", sa.UnicodeText, nullable=False, server_default=""),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        sa.Column("requests", sa.Integer, nullable=False, server_default="0"),
        sa.Column("entries", JSONB, nullable=False, server_default="[]"),
    )
    op.create_index(
        "grandpoitiers_run_source", "grandpoitiers_run", ["source_id", sa.text("started DESC")]
    )


def downgrade() -> None:
    op.drop_table("grandpoitiers_run")
    op.drop_table("grandpoitiers_record")
