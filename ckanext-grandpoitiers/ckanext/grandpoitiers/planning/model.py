"""The tables of the planning; made by `migration/grandpoitiers_planning`.

`plans`: who is in charge of a dataset, and the date set by hand; a dataset without a row has
neither. `reminders`: the last step of which somebody was told, for a dataset and a date.
`attendances`: the meetings that agents attended, kept for a time that is declared.
`months`: what the figures of a service were at the last daily command of each month.
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

attendances = sa.Table(
    "grandpoitiers_attendance",
    metadata,
    sa.Column("user_id", sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("page_id", sa.UnicodeText, primary_key=True),
    sa.Column("type", sa.UnicodeText, nullable=False),
    sa.Column("title", sa.UnicodeText, nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),
)

months = sa.Table(
    "grandpoitiers_month",
    metadata,
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("organization", sa.UnicodeText, primary_key=True),
    # Datasets with a plan or not; those late, and the sum of their days late; files that a schema
    # judged, and those that were valid.
    *(
        sa.Column(name, sa.Integer, nullable=False, server_default="0")
        for name in ("datasets", "late", "delay", "checked", "valid")
    ),
)
