"""Where the portal keeps what it writes: one folder, `var/` or `PORTAL_HOME`.

Every path is named here and nowhere else. Must import neither CKAN nor a service.
"""

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PRIVATE = 0o700
CROSSABLE = 0o711
"""Mode of the home's root when PostgreSQL runs as another user, who must cross it."""


@dataclass(frozen=True)
class Home:
    """The portal's folder. All children are private (0700) to the user who runs it."""

    root: Path

    @classmethod
    def locate(cls) -> "Home":
        """The home named by the environment, or `var/` beside the code."""
        named = os.environ.get("PORTAL_HOME")
        return cls(Path(named).expanduser().resolve() if named else CHECKOUT / "var")

    @property
    def config(self) -> Path:
        """The town's own configuration: portal.ini, themes.yaml, sources.yaml…"""
        return self.root / "config"

    @property
    def run(self) -> Path:
        """What is true only while the portal runs: generated files, sockets, locks."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def storage(self) -> Path:
        """CKAN's `ckan.storage_path`: uploaded files, compiled assets."""
        return self.root / "storage"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    @property
    def solr(self) -> Path:
        return self.root / "solr"

    @property
    def pycsw(self) -> Path:
        return self.root / "pycsw"

    @property
    def secrets_file(self) -> Path:
        return self.root / "secrets.json"

    @property
    def state_file(self) -> Path:
        return self.root / "state.json"

    @property
    def ckan_ini(self) -> Path:
        """The ini file CKAN reads, made anew at each `up` from the shipped one and the town's."""
        return self.run / "ckan.ini"

    @property
    def lock_file(self) -> Path:
        return self.run / "portal.lock"

    def make(self) -> None:
        """Create the folders. PostgreSQL's is left to its own set-up, which may give it away."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(CROSSABLE if os.geteuid() == 0 else PRIVATE)
        for folder in (self.config, self.run, self.logs, self.storage, self.valkey, self.solr):
            folder.mkdir(exist_ok=True)
            folder.chmod(PRIVATE)
