"""What a source says of its server, from its settings to the report of its run."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.credentials import option
from ckanext.grandpoitiers.catalogue.model import runs
from tests.catalogues import Catalogue
from tests.misbehaving import Reply, Request, Server

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

SECRET = "sig:un-secret-de-passage"


def closed(catalogue: Catalogue) -> Callable[[Request], Reply]:
    """The catalogue behind the secret, given as a header."""
    return lambda request: (
        catalogue(request) if request.headers.get("X-Api-Key") == SECRET else Reply(401)
    )


def details() -> dict[str, Any]:
    return model.Session.execute(sa.select(runs.c.details)).scalar_one()


def test_a_closed_catalogue_gets_the_secret_of_its_server(
    make_source: Callable[..., str],
    served: tuple[Catalogue, Server],
    ckan_config: dict[str, Any],
) -> None:
    """From CKAN's options, where ckanext-envvars puts what the environment says."""
    catalogue, server = served
    server.answer = closed(catalogue)
    source = make_source(f"{server.url}/csw", config='{"auth": "X-Api-Key"}')
    done = jobs.run_now(source)
    assert done.outcome == "failed"
    assert "CKANEXT__GRANDPOITIERS__HARVEST__SECRET__127__0__0__1" in done.message
    ckan_config[option("127.0.0.1")] = SECRET
    done = jobs.run_now(source)
    assert done.result is not None, done.message
    assert dict(done.result.counts) == {"created": 8}


def test_the_report_keeps_the_request_that_was_understood(
    make_source: Callable[..., str], served: tuple[Catalogue, Server]
) -> None:
    """With the filters that were sent, and what is odd about the server."""
    catalogue, server = served
    broken = b'<?xml version="1.0" encoding="UTF-16"?>'
    server.answer = lambda request: Reply(body=broken + catalogue(request).body)
    config = '{"filters": {"bbox": [-10, 40, 10, 60]}, "page_size": 5}'
    done = jobs.run_now(make_source(f"{server.url}/csw", config=config))
    assert done.outcome == "complete"
    found = details()
    assert found["request"].startswith(f"POST {server.url}/csw\n")
    assert "<gml:lowerCorner>-10 40</gml:lowerCorner>" in found["request"]
    assert 'maxRecords="5"' in found["request"]
    assert ["mended" in note["sentence"] for note in found["notes"]] == [True]
