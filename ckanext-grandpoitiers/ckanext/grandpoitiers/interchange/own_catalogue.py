"""The portal's catalogue as one of its datasets: its file, written when it is asked for, and its
record, which set-up makes once."""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context

from ckanext.grandpoitiers.interchange import config, current, inventory, prepared
from ckanext.grandpoitiers.interchange.portal import Portal
from ckanext.grandpoitiers.interchange.reading import Snapshot, Version, snapshot
from ckanext.grandpoitiers.interchange.scope import WHOLE
from ckanext.grandpoitiers.interchange.vocabulary import EU, SCHEMAS
from ckanext.grandpoitiers.themes import current as theming

NAME = "catalogue-du-portail"
PATH = "/catalog/datasets.csv"
"""Its address, the same for good."""
MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Inventory:
    """The catalogue at one instant."""

    reading: Snapshot
    portal: Portal
    versions: list[Version]

    @property
    def etag(self) -> str:
        """Changes with any dataset, and with nothing else."""
        return prepared.etag(self.versions, self.portal, "inventory", inventory.VERSION)

    def chunks(self) -> Iterator[bytes]:
        """The file, its header at once."""
        titles = {theme.name: theme.title for theme in theming.themes()}
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(inventory.COLUMNS)
        yield _taken(buffer)
        for dataset in self.reading.datasets([one.id for one in self.versions]):
            cells = inventory.row(dataset, self.portal, titles)
            if cells is not None:
                writer.writerow(cells)
            if buffer.tell() >= CHUNK:
                yield _taken(buffer)
        yield _taken(buffer)


@contextmanager
def opened() -> Generator[Inventory]:
    """The catalogue now, until the block ends."""
    with snapshot() as reading:
        yield Inventory(reading, current.portal(reading), reading.versions(WHOLE))


def publish() -> str | None:
    """Make the record, or give it its address again when the portal's has changed.

    The name of the dataset when something was written; None otherwise. One that an administrator
    deleted stays so, and a portal without the organisation that answers for it has none.
    """
    owner = model.Group.get(config.publisher())
    if owner is None:
        return None
    address = current.site() + PATH
    known = model.Package.get(NAME)
    if known is None:
        tk.get_action("package_create")(_site(), _record(owner.id, address))
        return NAME
    for resource in known.resources if known.state == "active" else []:
        if resource.url != address and str(resource.url).endswith(PATH):
            tk.get_action("resource_patch")(_site(), {"id": resource.id, "url": address})
            return NAME
    return None


def _record(owner: str, address: str) -> dict[str, object]:
    return {
        "name": NAME,
        "title": tk._("Catalogue of the portal"),
        "notes": tk._(
            "The list of the datasets that this portal publishes, one a row, in the columns of the"
            " SCDL schema “catalogue”. It is written when it is asked for: it is always up to date."
        ),
        "owner_org": owner,
        "license_id": "lov2",
        "frequency": f"{EU}frequency/CONT",
        "tags": [{"name": tk._("catalogue")}, {"name": "SCDL"}],
        "resources": [
            {
                "name": tk._("Catalogue of the portal"),
                "url": address,
                "format": "CSV",
                "mimetype": "text/csv",
            }
        ],
        "conforms_to": [f"{SCHEMAS}{inventory.SCHEMA}/{inventory.VERSION}/schema.json"],
    }


def _site() -> Context:
    site = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"user": site["name"], "ignore_auth": True}


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written
