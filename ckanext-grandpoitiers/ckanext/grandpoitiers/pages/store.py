"""Pages in the database: found, listed, saved with their versions, and their former addresses.

Every function works in CKAN's session; those that write commit at their end.
"""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from ckan import model
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

from ckanext.grandpoitiers.errors import N_, GrandPoitiersError
from ckanext.grandpoitiers.events.knowing import note_news
from ckanext.grandpoitiers.events.store import taking_place
from ckanext.grandpoitiers.pages.model import pages, redirects, versions
from ckanext.grandpoitiers.pages.page import Page
from ckanext.grandpoitiers.pages.serial import from_content, to_content

SLUG_TAKEN = N_("Another page has the address “{slug}” already: choose another.")
CHANGED_MEANWHILE = N_(
    "{author} saved this page while you were writing. Nothing of yours is lost: compare, "
    "then save again."
)


class PageError(GrandPoitiersError):
    """A page that can't be saved as it is; one sentence."""


class SlugTakenError(PageError):
    """Another page has that address."""


class ChangedMeanwhileError(PageError):
    """Somebody else saved the page since the form was opened; `stored` is theirs."""

    def __init__(self, message: str, stored: "Stored", **params: object) -> None:
        super().__init__(message, **params)
        self.stored = stored


@dataclass(frozen=True)
class Stored:
    """A page and what only the database knows of it; moments are in UTC."""

    id: str
    page: Page
    version: int
    preview: str
    created: datetime
    modified: datetime

    @property
    def appeared(self) -> datetime:
        """When it came, or comes, on line."""
        return self.page.publish_at or self.created


@dataclass(frozen=True)
class Version:
    """One state a page was saved in."""

    number: int
    author: str
    saved: datetime
    page: Page


def find(slug: str) -> Stored | None:
    """The page at this address."""
    return _first(sa.select(pages).where(pages.c.slug == slug))


def by_preview(token: str) -> Stored | None:
    """The page that the link of a draft leads to."""
    return _first(sa.select(pages).where(pages.c.preview == token))


def load(page_id: str) -> Stored | None:
    """The page of this id."""
    return _first(sa.select(pages).where(pages.c.id == page_id))


def moved(slug: str) -> str | None:
    """The address of the page that had this one before."""
    query = (
        sa.select(pages.c.slug)
        .join(redirects, redirects.c.page_id == pages.c.id)
        .where(redirects.c.slug == slug)
    )
    return model.Session.execute(query).scalar_one_or_none()


@dataclass(frozen=True)
class Wanted:
    """What a list holds. `seen_at` leaves out what is not on line at that time."""

    kinds: Sequence[str] = ("page", "news", "event")
    audiences: Sequence[str] = ("public",)
    seen_at: datetime | None = None
    type: str = ""
    where: str = ""
    """`place` for events where one goes, `distance` for those one joins."""
    replay: bool = False
    coming_at: datetime | None = None
    past_at: datetime | None = None
    cancelled: bool = True
    """Whether cancelled events are in it."""
    in_menu: bool = False
    datasets: Sequence[str] = ()
    limit: int = 200


def listed(wanted: Wanted) -> list[Stored]:
    """The pages wanted: coming events soonest first, the rest newest first, menus in order."""
    query = sa.select(pages).where(
        pages.c.kind.in_(wanted.kinds), pages.c.audience.in_(wanted.audiences)
    )
    if wanted.seen_at is not None:
        query = query.where(*_on_line(wanted.seen_at))
    if wanted.type:
        query = query.where(pages.c.content["event"]["type"].astext == wanted.type)
    if wanted.where:
        query = query.where(_where(wanted.where))
    if wanted.replay:
        query = query.where(pages.c.content["event"]["replay"].astext.is_not(None))
    if not wanted.cancelled:
        query = query.where(taking_place())
    if wanted.datasets:
        presented = pages.c.content["event"]["datasets"]
        query = query.where(presented.has_any(postgresql.array(wanted.datasets)))
    ends = pages.c.content["event"]["ends"].astext.cast(sa.DateTime(timezone=True))
    if wanted.coming_at is not None:
        query = query.where(ends >= wanted.coming_at).order_by(pages.c.starts)
    elif wanted.past_at is not None:
        query = query.where(ends < wanted.past_at).order_by(pages.c.starts.desc())
    if wanted.in_menu:
        query = query.where(pages.c.menu.is_not(None)).order_by(pages.c.menu, pages.c.title)
    appeared = sa.func.coalesce(pages.c.publish_at, pages.c.created)
    query = query.order_by(appeared.desc()).limit(wanted.limit)
    return [_stored(row) for row in model.Session.execute(query).mappings()]


def titles(audiences: Sequence[str], seen_at: datetime) -> list[tuple[str, str, str]]:
    """`(slug, kind, title)` of all that these audiences may read now, the newest first."""
    query = (
        sa.select(pages.c.slug, pages.c.kind, pages.c.title)
        .where(pages.c.audience.in_(audiences), *_on_line(seen_at))
        .order_by(pages.c.created.desc())
    )
    return [tuple(row) for row in model.Session.execute(query)]


def presented(audiences: Sequence[str], seen_at: datetime) -> list[str]:
    """The datasets that some event presents, among those these audiences may read now."""
    names = sa.func.jsonb_array_elements_text(pages.c.content["event"]["datasets"])
    query = sa.select(names).where(
        pages.c.kind == "event", pages.c.audience.in_(audiences), *_on_line(seen_at)
    )
    return sorted(set(model.Session.execute(query).scalars()))


def _on_line(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    begun = sa.or_(pages.c.publish_at.is_(None), pages.c.publish_at <= now)
    return pages.c.state == "published", begun


def _where(where: str) -> Any:
    """Whether one goes to an event, or joins it; both may be."""
    event = pages.c.content["event"]
    goes = sa.or_(event["place"].astext.is_not(None), event["address"].astext.is_not(None))
    joins = sa.or_(event["distance_link"].astext.is_not(None), sa.not_(goes))
    return goes if where == "place" else joins


def create(page: Page, author: str, now: datetime) -> Stored:
    """Store a new page. Raises SlugTakenError."""
    stored = Stored(str(uuid.uuid4()), page, 1, secrets.token_urlsafe(16), now, now)
    return _write(stored, author, sa.insert(pages))


def save(page_id: str, page: Page, author: str, began_from: int, now: datetime) -> Stored:
    """Store a page's next version; its former address, if it moves, leads to the new one, and
    who registered is noted as not knowing of it yet (`events.news`).

    Raises ChangedMeanwhileError when version `began_from` is no longer the last, SlugTakenError,
    or LookupError for a page that is gone.
    """
    row = (
        model.Session.execute(sa.select(pages).where(pages.c.id == page_id).with_for_update())
        .mappings()
        .first()
    )
    if row is None:
        raise LookupError(page_id)
    before = _stored(row)
    if before.version != began_from:
        last = history(page_id)[0]
        model.Session.rollback()
        raise ChangedMeanwhileError(CHANGED_MEANWHILE, before, author=last.author)
    after = Stored(page_id, page, began_from + 1, before.preview, before.created, now)
    if page.slug != before.page.slug:
        _move(page_id, before.page.slug, page.slug)
    note_news(page_id, before.page.event, page.event, began_from, now)
    return _write(after, author, sa.update(pages).where(pages.c.id == page_id))


def delete(page_id: str) -> None:
    """Erase a page, its versions and its registrations."""
    model.Session.execute(sa.delete(pages).where(pages.c.id == page_id))
    model.Session.commit()


def history(page_id: str) -> list[Version]:
    """The versions of a page, the last first."""
    query = sa.select(versions).where(versions.c.page_id == page_id)
    rows = model.Session.execute(query.order_by(versions.c.version.desc())).mappings()
    return [
        Version(row["version"], row["author"], _utc(row["saved"]), from_content(row["content"]))
        for row in rows
    ]


def _write(stored: Stored, author: str, statement: Any) -> Stored:
    try:
        model.Session.execute(statement.values(_row(stored)))
        model.Session.execute(
            sa.insert(versions).values(
                page_id=stored.id,
                version=stored.version,
                author=author,
                saved=stored.modified,
                content=to_content(stored.page),
            )
        )
        model.Session.commit()
    except IntegrityError:
        model.Session.rollback()
        raise SlugTakenError(SLUG_TAKEN, slug=stored.page.slug) from None
    return stored


def _move(page_id: str, former: str, new: str) -> None:
    model.Session.execute(sa.delete(redirects).where(redirects.c.slug.in_((former, new))))
    model.Session.execute(sa.insert(redirects).values(slug=former, page_id=page_id))


def _row(stored: Stored) -> dict[str, Any]:
    page = stored.page
    return {
        "id": stored.id,
        "slug": page.slug,
        "kind": page.kind,
        "state": page.state,
        "publish_at": page.publish_at,
        "audience": page.audience,
        "menu": page.menu,
        "title": page.title,
        "starts": page.event.starts if page.event else None,
        "content": to_content(page),
        "version": stored.version,
        "preview": stored.preview,
        "created": stored.created,
        "modified": stored.modified,
    }


def _first(query: Any) -> Stored | None:
    row = model.Session.execute(query).mappings().first()
    return _stored(row) if row is not None else None


def _stored(row: Mapping[Any, Any]) -> Stored:
    return Stored(
        id=row["id"],
        page=from_content(row["content"]),
        version=row["version"],
        preview=row["preview"],
        created=_utc(row["created"]),
        modified=_utc(row["modified"]),
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
