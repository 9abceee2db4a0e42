"""How Alembic reaches the database for a plugin's own tables: what each `env.py` runs."""

from alembic import context
from sqlalchemy import engine_from_config, pool


def migrate(plugin: str) -> None:
    """Run the migrations of `plugin`, whose name is in the table of what was run.

    CKAN has put the database's address into Alembic's configuration.
    """
    engine = engine_from_config(
        context.config.get_section(context.config.config_ini_section, {}),
        prefix="sqlalchemy.",
        poolclass=pool.NullPool,
    )
    with engine.connect() as connection:
        context.configure(connection=connection, version_table=f"{plugin}_alembic_version")
        with context.begin_transaction():
            context.run_migrations()
