"""Fixtures of the tests on real services, on top of those of CKAN's own pytest plugin."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal_kit.home import Home
from portal_kit.services import pycsw
from portal_kit.testing.parts import HOMES_VARIABLE, environment_of

WITH_TABLES = (
    "activity",
    "harvest",
    "grandpoitiers_harvest",
    "grandpoitiers_pages",
    "grandpoitiers_planning",
    "grandpoitiers_interchange",
    "grandpoitiers_traffic",
    "grandpoitiers_visibility",
    "realtime",
    "scdl",
)
"""Plugins that have migrations: CKAN's own `clean_db` knows nothing of their tables."""


def pytest_configure(config: pytest.Config) -> None:
    """Each of several processes has its own services, before CKAN's plugin reads its settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return
    home = Path(os.environ[HOMES_VARIABLE].split(os.pathsep)[int(worker.removeprefix("gw"))])
    environment = environment_of(home, {})
    os.environ.clear()
    os.environ.update(environment)
    config.option.ckan_ini = str(Home(home).ckan_ini)


@pytest.fixture(scope="session")
def pycsw_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pycsw's own Python environment, made once for all tests."""
    uv = Path(sys.executable).with_name("uv")
    found = str(uv) if uv.exists() else shutil.which("uv")
    if not found:
        pytest.skip("uv is not installed: it makes pycsw's environment")
    folder = tmp_path_factory.mktemp("pycsw-environment") / "environment"
    pycsw.install(folder, Path(found))
    return folder


@pytest.fixture
def clean_db(
    with_plugins: None,
    reset_db: Callable[[], None],
    migrate_db_for: Callable[[str], None],
    ckan_config: dict[str, Any],
) -> None:
    """An empty database with the tables of CKAN and of every plugin of the test.

    Emptying keeps the tables; only when CKAN has dropped them all are they made again, since
    asking Alembic for nothing costs a second a test.
    """
    reset_db()
    _migrate(migrate_db_for, ckan_config["ckan.plugins"])


@pytest.fixture
def shared_db(
    with_plugins: None,
    non_clean_db: None,
    migrate_db_for: Callable[[str], None],
    ckan_config: dict[str, Any],
) -> None:
    """The same tables, with whatever earlier tests left in them: seconds faster a test."""
    _migrate(migrate_db_for, ckan_config["ckan.plugins"])


def _migrate(migrate: Callable[[str], None], plugins: Any) -> None:
    import sqlalchemy
    from ckan import model

    assert model.meta.engine is not None
    inspector = sqlalchemy.inspect(model.meta.engine)
    for plugin in WITH_TABLES:
        if plugin in plugins and not inspector.has_table(f"{plugin}_alembic_version"):
            migrate(plugin)
