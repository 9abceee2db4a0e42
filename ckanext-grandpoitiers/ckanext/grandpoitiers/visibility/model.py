"""The tables of the rights to see; made by `migration/grandpoitiers_visibility`.

`embargoes`: the datasets that open at a moment to come, so that who looks for those that are due
asks one short index; the dataset's own fields say it too, and are what counts.
`accesses`: who was let in until a day; a row stays when the access has ended.
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

metadata = tk.BaseModel.metadata

embargoes = sa.Table(
    "grandpoitiers_embargo",
    metadata,
    sa.Column("package_id", sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("opens", sa.DateTime(timezone=True), nullable=False, index=True),
)

accesses = sa.Table(
    "grandpoitiers_access",
    metadata,
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("user_id", sa.UnicodeText, nullable=False, index=True),
    # organization or dataset
    sa.Column("kind", sa.UnicodeText, nullable=False),
    sa.Column("target", sa.UnicodeText, nullable=False),
    # The organisation whose administrators decide: the target, or that of the dataset.
    sa.Column("organization", sa.UnicodeText, nullable=False, index=True),
    # member or editor
    sa.Column("capacity", sa.UnicodeText, nullable=False),
    # The last day, on the town's clock.
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("given", sa.DateTime(timezone=True), nullable=False),
    sa.Column("giver", sa.UnicodeText, nullable=False),
    sa.Column("ended", sa.DateTime(timezone=True)),
    # "" when its day was over, else the user who ended it.
    sa.Column("ender", sa.UnicodeText, nullable=False, server_default=""),
)
