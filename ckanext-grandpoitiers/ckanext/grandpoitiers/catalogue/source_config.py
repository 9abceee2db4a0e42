"""The settings of one source, kept as JSON in the field "configuration" of ckanext-harvest.

Pure: imports neither `ckan` nor an HTTP client.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ckanext.grandpoitiers.catalogue.getrecords import PAGE_SIZE, Query
from ckanext.grandpoitiers.catalogue.plan import PlanSettings
from ckanext.grandpoitiers.catalogue.sources import ISO_TYPES, Filters
from portal_kit.outbound.errors import N_

MAX_PAGE_SIZE = 1000
BASIC = "basic"
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
# Those that make a request what it is, or that we write.
OUR_HEADERS = frozenset(
    {
        *("accept", "accept-encoding", "connection", "content-encoding", "content-length"),
        *("content-type", "expect", "host", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
DAY = timedelta(days=1)
_PLAN = PlanSettings()
NOT_JSON = N_("The configuration is not JSON: {reason}.")
NOT_OBJECT = N_('The configuration must be a JSON object: {{"page_size": 100}}, for example.')
UNKNOWN = N_("The configuration has an unknown setting “{key}”: there are {known}.")
BAD_VALUE = N_("The setting “{key}” must be {wanted}.")


class ConfigError(ValueError):
    """The configuration can't be used; the sentence says what to change."""

    def __init__(self, sentence: str, **params: str) -> None:
        super().__init__(sentence.format(**params))
        self.sentence = sentence
        self.params = params


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """What a source may be told; each name is a key of the JSON object.

    `filter_on_server` asks the catalogue for what the filters keep only, where it can tell.
    `auth` is how a closed catalogue wants its secret: `basic`, or the name of a header; the
    secret itself is not here (credentials.py). `landing_page` is an address with `{guid}` in it.
    `max_share` (0 to 1) and `max_count` are the thresholds beyond which a run removes nothing;
    days count from when a record went missing. Of catalogues that have the same dataset, the one
    with the greatest `preference` is followed. `time_limit` (seconds) and `memory_limit`
    (megabytes) bound one run; 0 is the portal's own limit. `digest` has the contacts of records
    written to, when there is something to mend in them. `declared` is the digest of the source
    in sources.yaml that these settings come from.
    """

    filters: Filters = field(default_factory=Filters)
    page_size: int = PAGE_SIZE
    cql: str = ""
    filter_on_server: bool = True
    auth: str = ""
    landing_page: str = ""
    max_share: float = _PLAN.max_share
    max_count: int = _PLAN.max_count
    preference: int = 0
    archive_after_days: float = _PLAN.archive_after / DAY
    delete_after_days: float = _PLAN.delete_after / DAY
    time_limit: int = 0
    memory_limit: int = 0
    digest: bool = False
    home_page: str = ""
    verified: bool = False
    offer_again: bool = True
    note: str = ""
    declared: str = ""

    @property
    def query(self) -> Query:
        """How the catalogue is read."""
        sent = self.filters if self.filter_on_server else Filters()
        return Query(page_size=self.page_size, cql=self.cql, filters=sent)

    def plan_settings(self, accept_missing: int = 0) -> PlanSettings:
        """When datasets may be removed."""
        return PlanSettings(
            max_share=self.max_share,
            max_count=self.max_count,
            archive_after=timedelta(days=self.archive_after_days),
            delete_after=timedelta(days=self.delete_after_days),
            accept_missing=accept_missing,
        )


DEFAULTS = SourceConfig()
_FILTERS = ("bbox", "organisations", "keywords", "iso_types")
_KEYS = tuple(SourceConfig.__slots__)


def read_config(text: str | None) -> SourceConfig:
    """The settings in a configuration; blank gives the defaults. Raises ConfigError."""
    try:
        content: Any = json.loads(text) if text and text.strip() else {}
    except ValueError as error:
        raise ConfigError(NOT_JSON, reason=str(error)) from error
    if not isinstance(content, dict):
        raise ConfigError(NOT_OBJECT)
    given: dict[str, Any] = {str(key): value for key, value in content.items()}
    for key, value in given.items():
        _check(key, value)
    filters = given.pop("filters", {})
    return SourceConfig(**given, filters=_filters(filters))


def dump_config(config: SourceConfig) -> str:
    """The JSON of what is not a default, keys sorted."""
    given = {
        key: getattr(config, key)
        for key in _KEYS
        if key != "filters" and getattr(config, key) != getattr(DEFAULTS, key)
    }
    filters = {key: list(value) for key in _FILTERS if (value := getattr(config.filters, key))}
    return json.dumps(given | ({"filters": filters} if filters else {}), sort_keys=True)


def _check(key: str, value: Any) -> None:
    if key not in _KEYS:
        raise ConfigError(UNKNOWN, key=key, known=", ".join(_KEYS))
    if key == "filters":
        _check_filters(value)
        return
    default = getattr(DEFAULTS, key)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = number and isinstance(value, int)
    rules: dict[str, tuple[bool, str]] = {
        "page_size": (whole and 1 <= value <= MAX_PAGE_SIZE, "1–1000"),
        "auth": (is_auth(value), "basic, X-Api-Key…"),
        "max_share": (number and 0 <= value <= 1, "0–1"),
        "max_count": (whole and value >= 0, "0, 1, 2…"),
        "preference": (whole and value >= 0, "0, 1, 2…"),
        "time_limit": (whole and value >= 0, "0, 1, 2…"),
        "memory_limit": (whole and value >= 0, "0, 1, 2…"),
        "archive_after_days": (number and value >= 0, "0, 1, 2…"),
        "delete_after_days": (number and value >= 0, "0, 1, 2…"),
    }
    kinds = {bool: "true / false", str: "“…”"}
    kind = type(default)
    right, wanted = rules.get(key, (isinstance(value, kind), kinds.get(kind, kind.__name__)))
    if not right:
        raise ConfigError(BAD_VALUE, key=key, wanted=wanted)


def is_auth(value: object) -> bool:
    """Whether a catalogue may want its secret so: "" (it has none), basic, or a header's name."""
    text = value if isinstance(value, str) else "?"
    return text in ("", BASIC) or bool(HEADER.fullmatch(text) and text.lower() not in OUR_HEADERS)


def _check_filters(value: Any) -> None:
    content: Mapping[str, Any] = value if isinstance(value, dict) else {"": None}
    for key, items in content.items():
        if key not in _FILTERS:
            raise ConfigError(UNKNOWN, key=f"filters.{key}", known=", ".join(_FILTERS))
        right = isinstance(items, list)
        wanted = "[…]"
        if right and key == "bbox":
            right = len(items) == 4 and all(isinstance(side, int | float) for side in items)
            wanted = "[west, south, east, north]"
        elif right and key == "iso_types":
            right = set(map(str, items)) <= set(ISO_TYPES)
            wanted = ", ".join(ISO_TYPES)
        if not right:
            raise ConfigError(BAD_VALUE, key=f"filters.{key}", wanted=wanted)


def _filters(content: Mapping[str, Any]) -> Filters:
    box = content.get("bbox")
    return Filters(
        bbox=(float(box[0]), float(box[1]), float(box[2]), float(box[3])) if box else None,
        organisations=tuple(map(str, content.get("organisations", ()))),
        keywords=tuple(map(str, content.get("keywords", ()))),
        iso_types=tuple(map(str, content.get("iso_types", ()))),
    )
