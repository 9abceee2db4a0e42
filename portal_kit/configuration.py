"""The files a town may change: its own copy if it has one, ours otherwise.

The town's folder is `CKANEXT__GRANDPOITIERS__CONFIG_DIR` (the option
`ckanext.grandpoitiers.config_dir`), or `config/` in the portal's home. Must not import CKAN.
"""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from portal_kit.errors import PortalError
from portal_kit.home import Home
from portal_kit.i18n import _

FOLDER_VARIABLE = "CKANEXT__GRANDPOITIERS__CONFIG_DIR"


def town_folder() -> Path:
    """Where the town keeps its own versions."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else Home.locate().config


def shipped_folder() -> Path:
    """Our versions: `config/` of the checkout, or the installed wheel's `portal_config`."""
    return Path(str(files("portal_config")))


def find(name: str) -> Path:
    """The file `name` (such as `themes.yaml`) to read: the town's, else ours.

    Raises PortalError when neither exists.
    """
    for folder in (town_folder(), shipped_folder()):
        path = folder / name
        if path.is_file():
            return path
    raise PortalError(_("There is no configuration file named {name}.").format(name=name))


def read_yaml(name: str) -> Any:
    """The content of a YAML file, by `find`.

    Raises PortalError naming the file, the line and the column of what is wrong in it.
    """
    path = find(name)
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise PortalError(
            _("{path} can't be read: {reason}").format(path=path, reason=reason)
        ) from error
