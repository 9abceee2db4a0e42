"""The two tables of the geocatalogue; made by `migration/grandpoitiers_harvest`.

`records`: every record ever received from a source, one row each: which dataset it became, the
digest that tells whether it changed, and its original XML. A record is rewritten only when it
changed: one that is there and unchanged was last seen at the source's last run.

`runs`: one row a run, with its counts and what its report shows.
"""

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = tk.BaseModel.metadata

records = sa.Table(
    "grandpoitiers_record",
    metadata,
    sa.Column("source_id", sa.UnicodeText, primary_key=True),
    sa.Column("guid", sa.UnicodeText, primary_key=True),
    # None while the record gives no dataset (invalid, filtered out).
    sa.Column("package_id", sa.UnicodeText, index=True),
    # Kept when the dataset is gone: a record that comes back takes its old address back.
    sa.Column("name", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("digest", sa.UnicodeText, nullable=False),
    # active, archived, deleted, invalid or skipped
    sa.Column("state", sa.UnicodeText, nullable=False),
    sa.Column("problems", JSONB, nullable=False, server_default="[]"),
    sa.Column("vanished_at", sa.DateTime(timezone=True)),
    sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
    # False between the database's commit and the index's: what a crash leaves to be mended.
    sa.Column("indexed", sa.Boolean, nullable=False, server_default="true"),
    # zlib
    sa.Column("xml", sa.LargeBinary),
    # The dataset as the harvest last wrote it: what differs from it was changed by a person.
    sa.Column("written", JSONB(none_as_null=True)),
    # What the dataset is known by in other catalogues (see merging.py).
    sa.Column("known_as", JSONB(none_as_null=True)),
    # What the record of a service gives to the datasets it operates on (see attached.py).
    sa.Column("couplings", JSONB(none_as_null=True)),
)

runs = sa.Table(
    "grandpoitiers_run",
    metadata,
    # That of the HarvestJob which the screens of ckanext-harvest show.
    sa.Column("id", sa.UnicodeText, primary_key=True),
    sa.Column("source_id", sa.UnicodeText, nullable=False, index=True),
    sa.Column("started", sa.DateTime(timezone=True), nullable=False),
    sa.Column("finished", sa.DateTime(timezone=True)),
    # running, complete, incomplete, refused, failed or interrupted
    sa.Column("outcome", sa.UnicodeText, nullable=False),
    sa.Column("message", sa.UnicodeText, nullable=False, server_default=""),
    sa.Column("counts", JSONB, nullable=False, server_default="{}"),
    sa.Column("requests", sa.Integer, nullable=False, server_default="0"),
    # What only some runs have to tell (see runs.py).
    sa.Column("details", JSONB, nullable=False, server_default="{}"),
    # One entry for each record that changed or has a problem (see report.py).
    sa.Column("entries", JSONB, nullable=False, server_default="[]"),
)
