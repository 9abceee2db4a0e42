"""The tables of pages and events; made by `migration/grandpoitiers_pages`.

`pages`: one row a page, as it is now. What is searched and sorted by has a column, the rest is in
`content`, in the form of `pages.serial`.
`versions`: every state a page was saved in, the last one included; nothing is ever rewritten.
`redirects`: former addresses under /pages/, and where they lead now.
`registrations`: who comes to an event; erased by a job when kept long enough.
`consents`: each text that people agreed to, by its number.
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = tk.BaseModel.metadata

pages = sa.Table(
    "grandpoitiers_page",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("slug", sa.UnicodeText, nullable=False, unique=True),
    # page, news or event
    sa.Column("kind", sa.UnicodeText, nullable=False),
    sa.Column("state", sa.UnicodeText, nullable=False),
    sa.Column("publish_at", sa.DateTime(timezone=True)),
    sa.Column("audience", sa.UnicodeText, nullable=False),
    # Its place in the menu, None for a page that is not there.
    sa.Column("menu", sa.Integer),
    sa.Column("title", sa.UnicodeText, nullable=False),
    # Of an event only.
    sa.Column("starts", sa.DateTime(timezone=True), index=True),
    sa.Column("content", JSONB, nullable=False),
    # That of the last save: a form that began from another one is refused.
    sa.Column("version", sa.Integer, nullable=False),
    # What the link of a draft ends with.
    sa.Column("preview", sa.UnicodeText, nullable=False),
    sa.Column("created", sa.DateTime(timezone=True), nullable=False),
    sa.Column("modified", sa.DateTime(timezone=True), nullable=False),
)

versions = sa.Table(
    "grandpoitiers_page_version",
    metadata,
    sa.Column(
        "page_id", sa.ForeignKey("grandpoitiers_page.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("author", sa.UnicodeText, nullable=False),
    sa.Column("saved", sa.DateTime(timezone=True), nullable=False),
    sa.Column("content", JSONB, nullable=False),
)

redirects = sa.Table(
    "grandpoitiers_redirect",
    metadata,
    sa.Column("slug", sa.UnicodeText, primary_key=True),
    sa.Column(
        "page_id", sa.ForeignKey("grandpoitiers_page.id", ondelete="CASCADE"), nullable=False
    ),
)

registrations = sa.Table(
    "grandpoitiers_registration",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column(
        "page_id",
        sa.ForeignKey("grandpoitiers_page.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("mail", sa.UnicodeText, nullable=False),
    # The same for every way of writing one address (registration.same_person).
    sa.Column("person", sa.UnicodeText, nullable=False),
    sa.Column("name", sa.UnicodeText, nullable=False),
    # pending, confirmed, waiting or cancelled
    sa.Column("state", sa.UnicodeText, nullable=False),
    # Makes the links in their mails their own (registration.link_token).
    sa.Column("nonce", sa.UnicodeText, nullable=False),
    sa.Column("consent", sa.Integer, nullable=False),
    sa.Column("made", sa.DateTime(timezone=True), nullable=False),
    sa.Column("confirmed", sa.DateTime(timezone=True)),
    sa.Column("reminded", sa.Boolean, nullable=False, server_default="false"),
    # The version of the page that they know, while a letter on what changed since is to leave.
    sa.Column("knows", sa.Integer),
    # None until somebody has said.
    sa.Column("came", sa.Boolean),
    sa.UniqueConstraint("page_id", "person"),
)

consents = sa.Table(
    "grandpoitiers_consent",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.UnicodeText, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)
