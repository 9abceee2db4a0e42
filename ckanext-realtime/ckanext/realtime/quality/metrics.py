"""The quality of feeds as Prometheus metrics. Pure: no ``ckan``, no HTTP client."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, generate_latest

GAUGES: Mapping[str, str] = {
    "age": "Seconds since the last measure",
    "clock_skew": "Measured minus received, in seconds",
    "entities": "Rows of the last answer",
    "failures": "Answers missing in a row",
    "availability": "Smoothed share of requests answered, from 0 to 1",
    "freshness_score": "Smoothed share of requests after which the data were fresh, from 0 to 1",
    "compliance": "Smoothed share of minutes without a problem, from 0 to 1",
}


def exposed(feeds: Iterable[Mapping[str, Any]]) -> bytes:
    """The text format; ``feeds`` are those of ``quality.reading.everything``."""
    registry = CollectorRegistry()
    gauges = {
        name: Gauge(f"realtime_feed_{name}", said, ["feed"], registry=registry)
        for name, said in GAUGES.items()
    }
    up = Gauge("realtime_feed_up", "1 when the source answered last", ["feed"], registry=registry)
    fresh = Gauge("realtime_feed_fresh", "1 when data are fresh", ["feed"], registry=registry)
    received = Gauge(
        "realtime_feed_received_timestamp_seconds", "Last answer", ["feed"], registry=registry
    )
    for feed in feeds:
        name = feed["name"]
        held = {**feed, **{f"{k}_score" if k == "freshness" else k: v
                           for k, v in feed["scores"].items()}}  # fmt: skip
        for key, gauge in gauges.items():
            value = held.get(key)
            if isinstance(value, int | float):
                gauge.labels(name).set(value)
        up.labels(name).set(int(not feed["failures"] and feed["received_at"] is not None))
        fresh.labels(name).set(int(feed["freshness"] == "fresh"))
        if feed["received_at"]:
            moment = datetime.fromisoformat(feed["received_at"])
            received.labels(name).set(moment.timestamp())
    return generate_latest(registry)
