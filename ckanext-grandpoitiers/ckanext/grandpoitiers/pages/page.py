"""A page of the portal: an article, a piece of news or an event, before it meets a database.

Pure: must import neither CKAN nor an HTTP client.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from ckanext.grandpoitiers.errors import N_
from ckanext.grandpoitiers.events.event import EventDetails, read_event, read_moment
from ckanext.grandpoitiers.pages.blocks import ELSEWHERE, Block, is_shown, read_blocks
from ckanext.grandpoitiers.pages.fields import SLUG, FieldError, Reader, slug_of

Kind = Literal["page", "news", "event"]
KINDS: tuple[Kind, ...] = ("page", "news", "event")
STATES = ("draft", "published")
AUDIENCES = ("public", "agents", "referents")
"""Who sees it: everybody, those signed in, or those who may edit a dataset somewhere."""
RESERVED = frozenset({"evenements", "actualites", "new", "edit", "preview", "blocks", "accueil"})
"""Slugs that are addresses of the portal itself under /pages/."""

BAD_SLUG = N_("The address is made of lower-case letters, digits and dashes, such as “{example}”.")
TAKEN_WORD = N_("The address “{slug}” is one of the portal's own: choose another.")


@dataclass(frozen=True)
class Page:
    """What an officer writes. `publish_at` (UTC) is when a published page begins to be seen."""

    slug: str
    kind: Kind
    title: str
    summary: str = ""
    picture: str = ""
    alternative: str = ""
    state: str = "draft"
    publish_at: datetime | None = None
    audience: str = "public"
    menu: int | None = None
    blocks: tuple[Block, ...] = ()
    event: EventDetails | None = None

    def is_seen(self, now: datetime) -> bool:
        """Whether it is on line at that time, whoever looks."""
        return self.state == "published" and (self.publish_at is None or self.publish_at <= now)


@dataclass(frozen=True)
class Reading:
    """A page read from a form, and what is wrong; a page with errors is not to be stored."""

    page: Page
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True)
class Rules:
    """What the town decided: its clock, the types of its events, the hosts of what pages of other
    sites may be framed, and whose pictures may be shown."""

    zone: ZoneInfo
    event_types: Mapping[str, str] = field(default_factory=dict[str, str])
    frames: Sequence[str] = ()
    pictures: Sequence[str] = ()


def read_page(data: Mapping[str, Any], rules: Rules) -> Reading:
    """The page that a form or an API call describes.

    `data` has the fields of `Page`, `blocks` a list of mappings, and for an event the fields of
    `EventDetails`. An empty slug is made from the title.
    """
    reader = Reader(data)
    title = reader.line("title", required=True)
    kind = cast("Kind", reader.choice("kind", KINDS, "page"))
    blocks, wrong = read_blocks(_listed(data), rules.frames, rules.pictures)
    picture = reader.address("picture", local=True)
    if picture and not is_shown(picture, rules.pictures):
        reader.refuse("picture", ELSEWHERE)
    page = Page(
        slug=_slug(reader, title),
        kind=kind,
        title=title,
        summary=reader.line("summary", 400),
        picture=picture,
        alternative=reader.line("alternative", 300, required=bool(picture)),
        state=reader.choice("state", STATES, "draft"),
        publish_at=read_moment(reader, "publish_at", rules.zone),
        audience=reader.choice("audience", AUDIENCES, "public"),
        menu=reader.whole("menu", 0, 999),
        blocks=tuple(blocks),
        event=read_event(reader, rules.event_types, rules.zone) if kind == "event" else None,
    )
    return Reading(page, tuple(reader.errors + wrong))


def _slug(reader: Reader, title: str) -> str:
    slug = reader.line("slug", 80) or slug_of(title)
    if slug in RESERVED:
        reader.refuse("slug", TAKEN_WORD, slug=slug)
    elif slug and not SLUG.fullmatch(slug):
        reader.refuse("slug", BAD_SLUG, example=slug_of(slug) or "une-page")
    return slug


def _listed(data: Mapping[str, Any]) -> list[Any]:
    blocks = data.get("blocks")
    return cast("list[Any]", blocks) if isinstance(blocks, list) else []
