"""One request to a source: its secrets, what was already seen, and what its answer means.

The secrets are read from the environment at each request, and go nowhere else. Must not import
CKAN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ckanext.realtime.feed import Credential, Feed
from ckanext.realtime.taking import Answer
from portal_kit.outbound import AsyncOutboundClient, BadStatus, Limits, OutboundError


@dataclass(frozen=True, slots=True)
class Seen:
    """What the source said of its last good answer, to be asked whether it changed."""

    etag: str | None = None
    last_modified: str | None = None


async def ask(
    client: AsyncOutboundClient, feed: Feed, environ: Mapping[str, str], seen: Seen
) -> Answer:
    """The source's answer. Raises OutboundError, whose sentence holds no secret."""
    url, headers = with_credentials(feed.address, feed.credentials, environ)
    if seen.etag:
        headers["If-None-Match"] = seen.etag
    if seen.last_modified:
        headers["If-Modified-Since"] = seen.last_modified
    limits = Limits(
        connect=min(10, feed.timeout), read=feed.timeout, total=feed.timeout, size=feed.size
    )
    found = await client.get(url, headers, limits)
    if found.status == 304:
        return Answer(None)
    return Answer(
        # 204 before the first bus: the source is up and has nothing to say.
        b"" if found.status == 204 else found.content,
        found.headers.get("content-type", "application/octet-stream"),
        found.headers.get("etag"),
        found.headers.get("last-modified"),
        empty=found.status == 204,
    )


def with_credentials(
    address: str, credentials: Sequence[Credential], environ: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """The address and the headers to send, secrets included; a missing secret is left out."""
    headers: dict[str, str] = {}
    parameters: list[tuple[str, str]] = []
    for one in credentials:
        secret = environ.get(one.variable)
        if secret and one.header:
            headers[one.header] = one.prefix + secret
        elif secret:
            parameters.append((one.parameter, one.prefix + secret))
    if not parameters:
        return address, headers
    parts = urlsplit(address)
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True) + parameters)
    return urlunsplit(parts._replace(query=query)), headers


def retry_after(error: OutboundError, now: datetime) -> float | None:
    """How many seconds the source asks to be left alone, when it does."""
    if not isinstance(error, BadStatus) or error.status not in (429, 503):
        return None
    written = error.headers.get("retry-after", "").strip()
    if written.isdecimal():
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - now).total_seconds())


def fault_of(
    error: OutboundError, credentials: Sequence[Credential], environ: Mapping[str, str]
) -> dict[str, object]:
    """The failure as it is stored: an English sentence and its values, no secret among them."""
    params = dict(error.params)
    for secret in filter(None, (environ.get(one.variable) for one in credentials)):
        params = {name: value.replace(secret, "…") for name, value in params.items()}
    return {"message": error.sentence, "params": params}
