"""The three tables of real time in CKAN's database; made by ``migration/realtime``.

What changes at each answer is not here but beside the rows (``store/schema.py``).
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = tk.BaseModel.metadata

feeds = sa.Table(
    "realtime_feed",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("name", sa.UnicodeText, nullable=False, unique=True),
    # What `declaration.read` makes a Feed of.
    sa.Column("declaration", JSONB, nullable=False),
    sa.Column("package_id", sa.UnicodeText, nullable=False, index=True),
    sa.Column("resource_id", sa.UnicodeText, nullable=False, index=True),
    # Mark of the declaration in feeds.yaml that it was made from; empty for one made on screen.
    sa.Column("declared", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
)

keys = sa.Table(
    "realtime_key",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("feed_id", sa.UnicodeText, nullable=False, index=True),
    sa.Column("label", sa.UnicodeText, nullable=False),
    # SHA-256 of the key, which nobody can read again; `hint` is its last four characters.
    sa.Column("digest", sa.UnicodeText, nullable=False, unique=True),
    sa.Column("hint", sa.UnicodeText, nullable=False),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked", sa.DateTime(timezone=True)),
    sa.Column("used", sa.DateTime(timezone=True)),
    # The minute under way, and the requests counted in it.
    sa.Column("span", sa.DateTime(timezone=True)),
    sa.Column("count", sa.Integer, nullable=False, server_default="0"),
)

watchers = sa.Table(
    "realtime_watcher",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("feed_id", sa.UnicodeText, nullable=False),
    # An address and what makes its link its own; nothing else is known of whoever asked.
    sa.Column("mail", sa.UnicodeText, nullable=False),
    sa.Column("nonce", sa.UnicodeText, nullable=False),
    sa.Column("made", sa.DateTime(timezone=True), nullable=False),
    sa.Column("confirmed", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("feed_id", "mail", name="realtime_watcher_once"),
)
