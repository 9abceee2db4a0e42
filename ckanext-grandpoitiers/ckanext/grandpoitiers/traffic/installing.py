"""Puts the counting in front of CKAN's application and of its kept pages."""

from functools import partial

import ckan.plugins as p
from flask import Flask

from ckanext.grandpoitiers import config
from ckanext.grandpoitiers.traffic import noting, store
from ckanext.grandpoitiers.traffic.actions import today
from ckanext.grandpoitiers.traffic.counting import Counting, Writer
from ckanext.grandpoitiers.traffic.tally import Tally


def install(app: Flask) -> None:
    """Wrap the application, when its plugin is there and visits are counted."""
    if not p.plugin_loaded("grandpoitiers_traffic") or not config.visits_counted():
        return
    noting.install(app)
    tally = Tally()
    writer = Writer(partial(store.flush, tally))
    app.wsgi_app = Counting(  # pyright: ignore[reportAttributeAccessIssue]
        app.wsgi_app, tally, today, writer.wake
    )
