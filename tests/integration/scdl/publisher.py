"""A worker's turn in a process of its own, that kills itself at a moment of the publication.

Not a fork of the tests: polars' threads do not live through one.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.killing import Killer

MOMENTS = ("written", "file", "rows", "committed")


def run(settings: dict[str, Any], moment: str) -> int:
    """Run a worker's turn that dies at ``moment``; the status of its process."""
    said = json.dumps({**settings, "moment": moment})
    command = [sys.executable, "-m", "tests.integration.scdl.publisher", said]
    root = Path(__file__).parents[3]
    return subprocess.run(command, cwd=root, check=False, timeout=90).returncode


def _die_at(moment: str) -> None:
    from ckan import model

    from ckanext.scdl.queue import metadata, switching

    killer = Killer()
    if moment == "rows":
        # Between the commits of the two databases.
        switch = switching.switch

        def killed(*args: Any) -> None:
            model.Session.commit = killer  # type: ignore[method-assign]
            switch(*args)

        switching.switch = killed
        return
    module, name, wrap = {
        "written": (metadata, "write", killer.after),
        "file": (Path, "replace", killer.after),
        "committed": (switching, "switch", killer.after),
    }[moment]
    setattr(module, name, wrap(getattr(module, name)))


def settings(ckan_config: Any, request: Any) -> dict[str, Any]:
    """What a process needs to find the services and the files of the test; what was asked is
    committed."""
    from ckan import model

    model.Session.commit()
    plugins = ckan_config["ckan.plugins"]
    return {
        "ini": request.config.getoption("--ckan-ini"),
        "plugins": plugins if isinstance(plugins, str) else " ".join(plugins),
        "storage": ckan_config["ckan.storage_path"],
    }


def loaded(said: dict[str, Any]) -> Any:
    """CKAN as the tests loaded it, with other ``options`` of its configuration."""
    from ckan.cli import load_config
    from ckan.common import config as live
    from ckan.config.middleware import make_app

    config = load_config(said["ini"])
    config["ckan.plugins"] = said["plugins"]
    config.update(said.get("options", {}))
    application = make_app(config)
    # Making it has read the file anew.
    live["ckan.storage_path"] = said["storage"]
    return application


def main() -> None:
    """Load CKAN as the tests did, then work."""
    said = json.loads(sys.argv[1])
    with loaded(said).test_request_context():
        from ckanext.scdl.queue import switching

        _die_at(said["moment"])
        switching.tick()


if __name__ == "__main__":
    main()
