"""A demonstration portal of its own for the browser tests, and a browser to look at it with."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from portal_kit.doctor import chromium
from portal_kit.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class OpenPortal:
    """A running portal, and how to get in."""

    url: str
    home: Path
    password: str


@pytest.fixture(scope="session")
def portal() -> Generator[OpenPortal]:
    """`./portal up --demo` in a folder of its own; gone at the end, processes and all."""
    home = Path(tempfile.mkdtemp(prefix="portal-browser-"))
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    jars = os.environ.get("PORTAL_SOLR_JARS", str(ROOT / "var" / "solr" / "jars"))
    environment = {
        **os.environ,
        "PORTAL_HOME": str(home),
        "PORTAL_SOLR_JARS": jars,
        "LANG": "C",
        # Each test signs in: more often a minute than anybody.
        "CKANEXT__GRANDPOITIERS__LIMITS__LOGIN": "1000 per minute",
    }
    command = [sys.executable, "-m", "portal_kit.cli"]
    port = free_port()
    try:
        done = subprocess.run(
            [*command, "up", "--demo", "--detach", "--port", str(port)],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        shown = re.search(r"Mot de passe\s*: (\w+)", done.stderr)
        assert shown, done.stderr
        yield OpenPortal(f"http://127.0.0.1:{port}", home, shown.group(1))
    finally:
        subprocess.run([*command, "down"], env=environment, check=False)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    """Debian's Chromium, headless, allowed no other network than the portal's."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, portal: OpenPortal) -> Generator[Page]:
    """A page at the portal's address, in French, 1280 pixels wide."""
    context = browser.new_context(
        base_url=portal.url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": 1280, "height": 900},
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def administrator(page: Page, portal: OpenPortal) -> Page:
    """The page, signed in with the password that `up` showed."""
    page.goto("/user/login")
    page.get_by_label(re.compile("Nom d’utilisateur|Identifiant")).first.fill("admin")
    page.get_by_label("Mot de passe").first.fill(portal.password)
    page.get_by_role("button", name=re.compile("connecter|Connexion")).first.click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page
