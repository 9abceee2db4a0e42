"""Pages, their versions and former addresses; registrations, and what people agreed to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "8b2c5e71a9d3"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grandpoitiers_page",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("slug", sa.UnicodeText, nullable=False, unique=True),
        sa.Column("kind", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True)),
        sa.Column("audience", sa.UnicodeText, nullable=False),
        sa.Column("menu", sa.Integer),
        sa.Column("title", sa.UnicodeText, nullable=False),
        sa.Column("starts", sa.DateTime(timezone=True), index=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("preview", sa.UnicodeText, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "grandpoitiers_page_version",
        sa.Column("page_id", sa.UnicodeText, _of_a_page(), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("author", sa.UnicodeText, nullable=False),
        sa.Column("saved", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", JSONB, nullable=False),
    )
    op.create_table(
        "grandpoitiers_redirect",
        sa.Column("slug", sa.UnicodeText, primary_key=True),
        sa.Column("page_id", sa.UnicodeText, _of_a_page(), nullable=False),
    )
    op.create_table(
        "grandpoitiers_registration",
        sa.Column("id", sa.UnicodeText, primary_key=True),
        sa.Column("page_id", sa.UnicodeText, _of_a_page(), nullable=False, index=True),
        sa.Column("mail", sa.UnicodeText, nullable=False),
        sa.Column("person", sa.UnicodeText, nullable=False),
        sa.Column("name", sa.UnicodeText, nullable=False),
        sa.Column("state", sa.UnicodeText, nullable=False),
        sa.Column("nonce", sa.UnicodeText, nullable=False),
        sa.Column("consent", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed", sa.DateTime(timezone=True)),
        sa.Column("reminded", sa.Boolean, nullable=False, server_default="false"),
        sa.Column("came", sa.Boolean),
        sa.UniqueConstraint("page_id", "person"),
    )
    op.create_table(
        "grandpoitiers_consent",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("text", sa.UnicodeText, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def _of_a_page() -> sa.ForeignKey:
    return sa.ForeignKey("grandpoitiers_page.id", ondelete="CASCADE")


def downgrade() -> None:
    for name in ("consent", "registration", "redirect", "page_version", "page"):
        op.drop_table(f"grandpoitiers_{name}")
