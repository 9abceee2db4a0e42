"""The tables of the planning; made by `migration/grandpoitiers_planning`.

`plans`: who is in charge of a dataset, and the date set by hand; a dataset without a row has
neither. `reminders`: the last step of which somebody was told, for a dataset and a date.
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

metadata = tk.BaseModel.metadata

plans = sa.Table(
    "grandpoitiers_plan",
    metadata,
    sa.Column("package_id", sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True),
    # Ids of users, "" for nobody.
    sa.Column("referent", sa.UnicodeText, nullable=False, server_default="", index=True),
    sa.Column("stand_in", sa.UnicodeText, nullable=False, server_default="", index=True),
    sa.Column("by_hand", sa.Date),
    # When `by_hand` was set: an update of the data after that day has answered it.
    sa.Column("set_on", sa.Date),
)

reminders = sa.Table(
    "grandpoitiers_reminder",
    metadata,
    sa.Column("package_id", sa.ForeignKey("package.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("due", sa.Date, primary_key=True),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
)
