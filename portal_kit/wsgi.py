"""The WSGI application that production servers load: `gunicorn portal_kit.wsgi:application`.

The ini file is named by `CKAN_INI`.
"""

import gc

from ckan.cli import load_config
from ckan.config.middleware import make_app

application = make_app(load_config())

# What CKAN made at its start is there for good: Python's collector need not look through all of it
# again and again while large documents are made (a quarter of the time of a DCAT export).
gc.collect()
gc.freeze()
