"""What ckanext-harvest asks of a harvester (IHarvester), for sources of our type."""

from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import ckan.plugins.toolkit as tk
from ckan import model
from ckanext.harvest.model import HarvestJob, HarvestObject

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.getrecords import GMD, endpoint
from ckanext.grandpoitiers.catalogue.registry import TYPE
from ckanext.grandpoitiers.catalogue.source_config import ConfigError, dump_config, read_config
from portal_kit.outbound.errors import N_

TITLE = N_("Geocatalogue CSW (ISO 19139)")
DESCRIPTION = N_(
    "A CSW 2.0.2 catalogue of ISO 19139 records: Esri Geoportal Server, GeoNetwork, pycsw, Isogeo…"
)


def info() -> dict[str, str]:
    """The type of source, as the form offers it."""
    translate = jobs.translate()
    return {
        "name": TYPE,
        "title": translate(TITLE),
        "description": translate(DESCRIPTION),
        "form_config_interface": "Text",
    }


def validate_config(config: str | None) -> str:
    """The configuration as it is kept. Raises ValueError with a sentence for the form."""
    try:
        return dump_config(read_config(config))
    except ConfigError as error:
        raise ValueError(tk._(error.sentence).format(**error.params)) from error


def original_url(object_id: str) -> str | None:
    """The address of a record in its catalogue."""
    found: Any = model.Session.get(HarvestObject, object_id)
    return record_address(found.source.url, found.guid) if found is not None else None


def record_address(source_url: str, guid: str) -> str:
    """The address of a record in its catalogue, from the source's."""
    parts = urlsplit(endpoint(source_url))
    query = {
        "service": "CSW",
        "version": "2.0.2",
        "request": "GetRecordById",
        "outputSchema": GMD,
        "elementSetName": "full",
        "id": guid,
    }
    joined = "&".join(filter(None, (parts.query, urlencode(query))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, joined, ""))


def gather(job: HarvestJob) -> list[str]:
    """The whole run, for `ckan harvester run-test`; there is nothing left to fetch after it."""
    jobs.run(str(job.id))
    return []
