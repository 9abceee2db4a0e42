"""The table of prepared exports; made by `migration/grandpoitiers_interchange`.

One row for each public dataset and profile. It is a copy that can be made again at any time: a row
whose `version` is not that of the dataset now is not used.
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

exports = sa.Table(
    "grandpoitiers_export",
    tk.BaseModel.metadata,
    sa.Column("package_id", sa.UnicodeText, primary_key=True),
    sa.Column("profile", sa.UnicodeText, primary_key=True),
    sa.Column("version", sa.UnicodeText, nullable=False),
    # {"links": [[property, IRI]…], "shared": [name…], "problems": [{…}…]}
    sa.Column("about", JSONB, nullable=False),
    # N-Triples, zlib
    sa.Column("triples", sa.LargeBinary, nullable=False),
)
