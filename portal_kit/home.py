"""Where the portal keeps what it writes: one folder, `var/` or `PORTAL_HOME`.

Every path is named here and nowhere else. Must import neither CKAN nor a service.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal_kit.errors import PortalError
from portal_kit.i18n import _

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
    def postgres_programs(self) -> Path:
        """A copy of PostgreSQL's programs, where the account it runs under can't reach ours."""
        return self.root / "postgres-programs"

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
    def restoring(self) -> Path:
        """There while a backup is being restored: what else is there then is not to be trusted."""
        return self.root / "restoring"

    @property
    def ckan_ini(self) -> Path:
        """The ini file CKAN reads, made anew at each `up` from the shipped one and the town's."""
        return self.run / "ckan.ini"

    @property
    def lock_file(self) -> Path:
        return self.run / "portal.lock"

    def make(self) -> None:
        """Create the folders. PostgreSQL's is left to its own set-up, which may give it away.

        Raises PortalError when the root is somebody else's folder, or holds other things: its
        mode is about to be changed, and PORTAL_HOME could name anything.
        """
        self._refuse_what_ckan_cannot_read()
        self.root.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        self._refuse_what_is_not_ours()
        self.root.chmod(CROSSABLE if os.geteuid() == 0 else PRIVATE)
        for folder in (self.config, self.run, self.logs, self.storage, self.valkey, self.solr):
            folder.mkdir(mode=PRIVATE, exist_ok=True)
            folder.chmod(PRIVATE)

    def holds_a_portal(self) -> bool:
        """Whether `up` or `restore` has worked here."""
        return any(path.exists() for path in (self.state_file, self.secrets_file, self.postgres))

    def delete(self, *kept: Path) -> None:
        """Delete all that a portal writes but `kept`, and the root if nothing is left in it."""
        for path in self._parts():
            if path in kept:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if not any(self.root.iterdir()):
            self.root.rmdir()

    def _parts(self) -> Iterator[Path]:
        """The state last: an interrupted deletion can be done again."""
        yield from (self.config, self.logs, self.storage, self.postgres, self.postgres_programs)
        yield from (self.valkey, self.solr, self.pycsw, self.run, self.secrets_file)
        yield from (self.state_file, self.restoring)

    def _refuse_what_ckan_cannot_read(self) -> None:
        if "%" in str(self.root):
            raise PortalError(
                _("CKAN can't work in a folder whose name holds a “%”: {path}").format(
                    path=self.root
                )
            )

    def _refuse_what_is_not_ours(self) -> None:
        if self.root.stat().st_uid != os.geteuid():
            raise PortalError(_("{path} belongs to another user.").format(path=self.root))
        strangers = {path.name for path in self.root.iterdir()} - {p.name for p in self._parts()}
        if strangers and not self.holds_a_portal():
            raise PortalError(
                _(
                    "{path} holds other things than a portal ({name}). "
                    "Name an empty folder, or one that does not exist: PORTAL_HOME"
                ).format(path=self.root, name=min(strangers))
            )
