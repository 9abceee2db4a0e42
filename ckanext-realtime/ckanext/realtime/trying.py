"""A feed tried before it is saved: one request to its source, and its first rows.

Nothing is stored, and nothing that is shown holds a secret. Must not import CKAN.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ckanext.realtime.decoding import decode, table_of
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.feed import Feed
from ckanext.realtime.poller import asking
from ckanext.realtime.rows import Column, Row
from ckanext.realtime.settings import Place
from ckanext.realtime.taking import fault_of
from portal_kit.outbound import Limits, OutboundError, outbound_client

SHOWN = 20
SHOWN_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """The first rows as they would be published, and what is wrong.

    ``fault`` (``{"message", "params"}``) says why there is nothing to show; ``missing`` are the
    variables that hold no secret.
    """

    columns: tuple[Column, ...] = ()
    rows: list[Row] = field(default_factory=list[Row])
    count: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    problem_count: int = 0
    size: int = 0
    media_type: str = ""
    fault: Mapping[str, Any] | None = None
    missing: tuple[str, ...] = ()


def attempt(
    feed: Feed,
    places: Mapping[str, Place],
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    now: datetime,
) -> Trial:
    """Ask the feed's address once. Raises BadSettings for a mapping that makes no table."""
    settings = feed.settings(places)
    columns = table_of(feed.kind, settings).columns
    missing = tuple(one.variable for one in feed.credentials if not environ.get(one.variable))
    url, headers = asking.with_credentials(feed.address, feed.credentials, environ)
    limits = Limits(
        connect=min(10, feed.timeout), read=feed.timeout, total=feed.timeout, size=feed.size
    )
    try:
        with outbound_client(options, limits) as client:
            answer = client.get(url, headers)
        found = decode(feed.kind, answer.content, now, settings)
    except OutboundError as error:
        fault = asking.fault_of(error, feed.credentials, environ)
        return Trial(columns, fault=fault, missing=missing)
    except Undecodable as error:
        return Trial(columns, fault=fault_of(error.problem), missing=missing)
    shown = [
        {"key": one.key, "field": one.field, "kind": str(one.kind), **fault_of(one)}
        for one in found.problems[:SHOWN_PROBLEMS]
    ]
    return Trial(
        columns,
        found.rows[:SHOWN],
        len(found.rows),
        shown,
        len(found.problems),
        len(answer.content),
        answer.headers.get("content-type", ""),
        missing=missing,
    )
