"""What is kept of the queue: deposits on their way, every step, what organisations want.

Made by `migration/scdl`. The files are those of the deposits (`publishing.library`).
"""

from datetime import datetime

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = tk.BaseModel.metadata


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _text(name: str, *, index: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.UnicodeText, nullable=False, server_default="", index=index)


submissions = sa.Table(
    "scdl_submission",
    metadata,
    # That of its deposit, which stays until the file is published or withdrawn.
    sa.Column("id", sa.UnicodeText, primary_key=True),
    _text("user_id", index=True),
    _text("owner_org", index=True),
    # Blank until a new dataset is made.
    _text("package_id"),
    # Chosen at once for a new file, so that a publication begun twice makes one resource.
    _text("resource_id", index=True),
    sa.Column("replaces", sa.Boolean, nullable=False),
    _text("name"),
    _text("note"),
    # Of a new dataset: title, notes, private; of a version put back: restores, its number, and
    # asked where others must agree.
    sa.Column("wanted", JSONB, nullable=False, server_default="{}"),
    # See queue.steps.State.
    _text("state", index=True),
    sa.Column("needed", sa.Integer, nullable=False, server_default="1"),
    sa.Column("approvals", JSONB, nullable=False, server_default="[]"),
    sa.Column("publish_at", sa.DateTime(timezone=True)),
    # Grows with each step: who acts on what is no longer so is told.
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    # The version that was on line when the differences were shown.
    sa.Column("base", sa.Integer, nullable=False, server_default="0"),
    _text("schema"),
    _text("verdict"),
    sa.Column("errors", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("rows", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("comparison", JSONB),
    # What publishing needs to know (see queue.freezing.Frozen); the file's SHA-256.
    sa.Column("frozen", JSONB, nullable=False, server_default="{}"),
    _text("digest"),
    # Whether all that follows a publication is done: search, views, letters.
    sa.Column("settled", sa.Boolean, nullable=False, server_default="true"),
    _moment("created"),
    _moment("changed"),
)
"""Deposits that were handed over."""

steps = sa.Table(
    "scdl_submission_step",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    # Blank for what happens to a file without a deposit: a version put back.
    _text("submission_id", index=True),
    _text("resource_id", index=True),
    _moment("at"),
    # Blank for the portal itself.
    _text("user_id"),
    # See queue.steps.Step.
    _text("step"),
    _text("comment"),
)
"""Every step: who, when, why. Nothing is ever removed from it."""

routes = sa.Table(
    "scdl_route",
    metadata,
    sa.Column("owner_org", sa.UnicodeText, primary_key=True),
    # See queue.steps.Mode.
    sa.Column("mode", sa.UnicodeText, nullable=False),
)
"""What an organisation wants before a file of its editors is public."""
