"""What Alembic runs: the migrations of this folder."""

from portal_kit.migrations import migrate

migrate("realtime")
