"""Since when each address gives what it gives now, kept in CKAN's Redis for all web processes.

Dates of datasets do not tell: a dataset that is withdrawn changes the catalogue too. Without
Redis, or for what nobody asked for yet, it is since now, which is always true enough.
"""

import hashlib
from datetime import UTC, datetime

import ckan.plugins.toolkit as tk
from ckan.lib.redis import connect_to_redis
from redis import RedisError

KEPT = 90 * 24 * 3600
"""Seconds after which an address nobody asks for is forgotten."""


def since(address: str, etag: str) -> datetime:
    """When this content was first given at this address, to the second."""
    now = datetime.now(UTC).replace(microsecond=0)
    digest = hashlib.sha256(address.encode()).hexdigest()[:24]
    key = f"{tk.config['ckan.site_id']}:export:{digest}"
    try:
        redis = connect_to_redis()
        known = redis.hgetall(key)
        if known and known.get(b"etag") == etag.encode():
            return datetime.fromtimestamp(int(known[b"since"]), UTC)
        redis.hset(key, mapping={"etag": etag, "since": str(int(now.timestamp()))})
        redis.expire(key, KEPT)
    except (RedisError, ValueError, KeyError):
        return now
    return now
