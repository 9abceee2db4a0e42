"""Portals for the tests of the command. They use neither CKAN in this process nor its fixtures."""

from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest

from portal_kit.ephemeral import folder
from portal_kit.ports import free_port
from tests.portals import Portal

Make = Callable[..., Portal]


@pytest.fixture(scope="session")
def make_portal() -> Generator[Make]:
    """Name a new home (nothing is started); what runs in it ends with the session.

    Not in pytest's own temporary folder: every session of pytest closes it to others, among them
    the user PostgreSQL runs under when we are root.
    """
    with ExitStack() as stack:

        def make(name: str = "home", **environ: str) -> Portal:
            portal = Portal(stack.enter_context(folder()) / name, free_port(), environ)
            stack.callback(portal.clean_up)
            return portal

        yield make


@pytest.fixture(scope="session")
def shared(make_portal: Make) -> Portal:
    """A portal that several tests look at, open; whoever stops it starts it again."""
    portal = make_portal()
    portal.up()
    return portal
