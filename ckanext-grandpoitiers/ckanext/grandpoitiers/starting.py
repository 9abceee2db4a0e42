"""What the portal checks before it starts, and listens to afterwards."""

import os

from ckan.exceptions import CkanConfigurationException

from ckanext.grandpoitiers import config, town
from ckanext.grandpoitiers.errors import GrandPoitiersError
from ckanext.grandpoitiers.pagecache import writes
from portal_kit.configuration import FOLDER_VARIABLE
from portal_kit.errors import PortalError


def prepare() -> None:
    """Tell `portal_kit` where the town's files are, and read them once.

    Raises CkanConfigurationException, one sentence that CKAN shows instead of starting.
    """
    folder = config.config_dir()
    if folder:
        os.environ.setdefault(FOLDER_VARIABLE, folder)
    try:
        town.check()
    except (GrandPoitiersError, PortalError) as error:
        raise CkanConfigurationException(str(error)) from error
    writes.watch()
