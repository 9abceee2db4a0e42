"""The process that fills the portal for `pages.py`: `URL`, the address of a catalogue; one JSON
line at the end, with the things whose pages are measured and an administrator's token."""

import json
import os
import sys
from typing import Any

import click
import sqlalchemy as sa


def fill(url: str) -> dict[str, Any]:
    """Harvest the catalogue, and write the demonstration's pages and events."""
    import ckan.plugins.toolkit as tk
    from ckan import model

    from ckanext.grandpoitiers.catalogue import jobs, registry
    from ckanext.grandpoitiers.catalogue.sources import Source
    from ckanext.grandpoitiers.pages import loading

    registry.declare([Source("bench", "Bench", url, "csw", "geomatique", active=True)])
    jobs.run_now(registry.find("bench"))
    loading.load("pages.yaml")
    loading.load("demo/pages.yaml")
    user = tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    trusted: Any = {"user": user, "ignore_auth": True}
    token = tk.get_action("api_token_create")(trusted, {"user": user, "name": "bench"})
    found = tk.get_action("package_search")({}, {"rows": 1, "facet.field": ["groups"]})
    themes = found["facets"]["groups"]
    asking = sa.text("SELECT slug FROM grandpoitiers_page WHERE kind = 'event' ORDER BY slug")
    event = model.Session.execute(asking).scalars().first()
    model.Session.commit()
    return {
        "token": token["token"],
        "dataset": found["results"][0]["name"],
        "datasets": found["count"],
        "theme": max(themes, key=themes.__getitem__),
        "event": event,
    }


if __name__ == "__main__":
    from ckan.cli import load_config
    from ckan.config.middleware import make_app

    application: Any = make_app(load_config(os.environ["CKAN_INI"]))
    with application._wsgi_app.test_request_context():  # noqa: SLF001  (actions ask for a request)
        click.echo(json.dumps(fill(sys.argv[1])))
