"""The WSGI application that production servers load: `gunicorn portal_kit.wsgi:application`.

The ini file is named by `CKAN_INI`.
"""

from ckan.cli import load_config
from ckan.config.middleware import make_app

application = make_app(load_config())
