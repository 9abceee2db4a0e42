"""A feed that has its place in the portal: its declaration, its ids, its tables.

Pure: imports neither ``ckan`` nor an HTTP client.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ckanext.realtime.decoding import table_of
from ckanext.realtime.feed import Feed
from ckanext.realtime.rows import CanonicalTable
from ckanext.realtime.settings import DecodeSettings, Place
from ckanext.realtime.store.live import LiveTable


@dataclass(frozen=True)
class KnownFeed:
    """``id`` is the feed's in our tables, ``resource_id`` the resource its rows are the data of.

    ``places`` are the positions that complete its rows.
    """

    id: str
    resource_id: str
    feed: Feed
    places: Mapping[str, Place] = field(default_factory=dict[str, Place])

    @cached_property
    def settings(self) -> DecodeSettings:
        """How its answers are read."""
        return self.feed.settings(self.places)

    @cached_property
    def table(self) -> CanonicalTable:
        """What its rows are. Raises BadSettings."""
        return table_of(self.feed.kind, self.settings)

    def live(self, number: int) -> LiveTable:
        """Its table in the DataStore; ``number`` is that of its history."""
        return LiveTable(self.resource_id, self.table, number)
