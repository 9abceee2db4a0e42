"""The tables of the counts; made by `migration/grandpoitiers_traffic`.

`visits`: one row a day, kind and thing (its id). `searches`: one row a day and words. Neither an
address, nor an hour, nor anything that ties two visits together.
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

metadata = tk.BaseModel.metadata

visits = sa.Table(
    "grandpoitiers_traffic",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    # One of `asked.KINDS`.
    sa.Column("kind", sa.UnicodeText, primary_key=True),
    # The id of a dataset, a resource, a group, an organisation or a page.
    sa.Column("thing", sa.UnicodeText, primary_key=True),
    sa.Column("people", sa.Integer, nullable=False, server_default="0"),
    sa.Column("robots", sa.Integer, nullable=False, server_default="0"),
)

searches = sa.Table(
    "grandpoitiers_traffic_search",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("terms", sa.UnicodeText, primary_key=True),
    sa.Column("asked", sa.Integer, nullable=False),
    # Datasets that the last of these searches found.
    sa.Column("found", sa.Integer, nullable=False),
)
