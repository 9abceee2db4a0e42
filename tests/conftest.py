"""What every test may use. Must not import CKAN: unit tests run without it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# What a loaded machine takes says nothing of the code; `./portal bench` measures.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of recorded real files; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("PORTAL_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no recorded real files: {folder} is absent (set PORTAL_REAL_DATA)")
    return folder
