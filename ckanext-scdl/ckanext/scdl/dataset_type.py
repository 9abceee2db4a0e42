"""What a dataset that follows a schema is made of, derived from the schema: nothing by hand.

Pure: imports neither ``ckan`` nor an HTTP client. The choices that are ours (theme, licence,
rhythm, filters) are data: the ``publication`` of ``schema.yaml``, that a town may change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from ckanext.scdl.described import fields_of
from ckanext.scdl.facets import Facet, declared
from ckanext.scdl.files.dictionary import Entry, from_schema
from ckanext.scdl.registry import TABLE, Version
from ckanext.scdl.schema import parse
from portal_kit.frequencies import FREQUENCY, longest

GRACE = 1.25
"""A file is late once a quarter of its period more has gone by."""


@dataclass(frozen=True, slots=True)
class DatasetType:
    """``theme`` is the name of a CKAN group, ``frequency`` an address of the EU's list.

    ``columns`` are those of the DataStore, with labels and units; ``facets`` what readers filter
    rows by; ``organisation`` the columns that the organisation fills in by itself:
    ``{column: name, siret or insee}``. ``expected`` says that every town should publish it.
    """

    name: str
    title: str
    description: str
    conforms_to: str
    theme: str = ""
    licence: str = ""
    frequency: str = ""
    keywords: tuple[str, ...] = ()
    columns: tuple[Entry, ...] = ()
    facets: tuple[Facet, ...] = ()
    organisation: Mapping[str, str] = field(default_factory=dict[str, str])
    expected: bool = False

    @property
    def period(self) -> timedelta | None:
        """How old a file may be; None when its rhythm sets no term."""
        known = longest(self.frequency)
        return known * GRACE if known else None

    def defaults(self, known: Mapping[str, str]) -> dict[str, str]:
        """``{column: value}`` from what is known of the organisation: name, siret, insee."""
        return {
            column: known[fact] for column, fact in self.organisation.items() if known.get(fact)
        }

    def dataset(self, known: Mapping[str, str]) -> dict[str, Any]:
        """What a new dataset says before anybody writes a word, as `package_create` reads it."""
        said: dict[str, Any] = {
            "title": " – ".join(filter(None, (self.title, known.get("name", "")))),
            "conforms_to": [self.conforms_to],
            "license_id": self.licence,
            "frequency": self.frequency,
            "tags": [{"name": word} for word in self.keywords],
            "groups": [{"name": self.theme}] if self.theme else [],
        }
        return {key: value for key, value in said.items() if value}


def dataset_type(version: Version) -> DatasetType:
    """The dataset type of one version. Raises SchemaError."""
    said = version.schema.publication
    names = [one.name for one in fields_of(version)]
    table = parse(version.descriptor) if version.schema.kind == TABLE else None
    frequency = str(said.get("frequency") or "")
    own = cast("dict[str, Any]", said.get("organisation") or {})
    return DatasetType(
        name=version.name,
        title=version.schema.title,
        description=version.schema.description,
        conforms_to=version.address,
        theme=str(said.get("theme") or ""),
        licence=str(said.get("licence") or ""),
        frequency=FREQUENCY + frequency if frequency else "",
        keywords=tuple(map(str, said.get("keywords") or ())),
        columns=from_schema(table, names) if table else (),
        facets=tuple(declared(said.get("facets"), names)),
        organisation={key: str(fact) for key, fact in own.items() if key in names},
        expected=bool(said.get("expected")),
    )
