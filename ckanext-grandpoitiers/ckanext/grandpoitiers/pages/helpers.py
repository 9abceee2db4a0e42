"""Template helpers of pages and events."""

from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import ckan.plugins.toolkit as tk
from babel.dates import format_date, format_time
from ckan.lib.search import SearchError
from markupsafe import Markup

from ckanext.grandpoitiers.events.event import EventDetails
from ckanext.grandpoitiers.events.moments import happens_twice, same_day
from ckanext.grandpoitiers.events.registration import seats_left
from ckanext.grandpoitiers.events.store import registered
from ckanext.grandpoitiers.pagecache.writes import remembered
from ckanext.grandpoitiers.pages import blocks, rules, store
from ckanext.grandpoitiers.pages.store import Stored, Wanted


def functions() -> dict[str, Any]:
    """The helpers, for ITemplateHelpers."""
    return {
        "grandpoitiers_pages_in_menu": pages_in_menu,
        "grandpoitiers_writes_pages": writes_pages,
        "grandpoitiers_event_when": event_when,
        "grandpoitiers_event_type": event_type,
        "grandpoitiers_event_day": event_day,
        "grandpoitiers_event_state": event_state,
        "grandpoitiers_seats_left": seats,
        "grandpoitiers_consent": consent,
        "grandpoitiers_block_datasets": block_datasets,
        "grandpoitiers_block_events": block_events,
        "grandpoitiers_event_datasets": event_datasets,
        "grandpoitiers_events_about": events_about,
        "grandpoitiers_presented": presented,
        "grandpoitiers_event_json": event_json,
        "grandpoitiers_block_shown": block_shown,
        "grandpoitiers_page_state": page_state,
        "grandpoitiers_month_name": month_name,
        "grandpoitiers_weekday": weekday,
        "grandpoitiers_largest_picture": largest_picture,
    }


def pages_in_menu() -> list[Stored]:
    """The pages of the menu that the visitor may see, in order."""
    audiences = rules.audiences(tk.current_user.name)
    wanted = Wanted(in_menu=True, audiences=audiences, seen_at=rules.now())
    return remembered().get(("menu", *audiences), lambda: store.listed(wanted))


def writes_pages() -> bool:
    """Whether the visitor may write pages."""
    return rules.may_write(tk.current_user.name)


def event_when(event: EventDetails) -> str:
    """“lundi 18 mai 2026, de 12:00 à 14:00”, with the offset on the night it is needed."""
    zone = rules.zone()
    starts, ends = event.starts.astimezone(zone), event.ends.astimezone(zone)
    day = _day(starts)
    if same_day(event.starts, event.ends, zone):
        words = tk._("{day}, from {start} to {end}")
    else:
        words = tk._("from {day} at {start} to {last} at {end}")
    said = words.format(day=day, last=_day(ends), start=_time(starts), end=_time(ends))
    if happens_twice(event.starts, zone) or happens_twice(event.ends, zone):
        said += f" (UTC{starts.strftime('%z')[:3]})"
    return said


def event_day(event: EventDetails) -> dict[str, str]:
    """The parts of a calendar leaf: `day`, `month`, `year`, and the date for machines, `iso`."""
    local = event.starts.astimezone(rules.zone())
    return {
        "day": str(local.day),
        "month": format_date(local, "MMM", locale=tk.h.lang()),
        "year": str(local.year),
        "iso": local.isoformat(),
    }


def event_type(event: EventDetails) -> str:
    """What people call it: its own brand, or its type's title."""
    return event.brand or rules.event_settings().types.get(event.type, event.type)


def event_state(event: EventDetails) -> str:
    """The state of its registration, now."""
    return event.registration_state(rules.now())


def seats(stored: Stored) -> int | None:
    """Seats that nobody has; None without a limit."""
    event = stored.page.event
    if event is None or event.capacity is None:
        return None
    return seats_left(event.capacity, [one for one, _ in registered(stored.id)])


def consent() -> str:
    """What somebody who registers agrees to."""
    return rules.event_settings().consent


def block_datasets(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The datasets of a block; none for words that the search can't read."""
    query: dict[str, Any] = {"q": block.get("query", ""), "rows": block.get("most", 6)}
    if block.get("theme"):
        query["fq"] = 'groups:"{}"'.format(str(block["theme"]).replace('"', ""))
    try:
        return tk.get_action("package_search")({}, query)["results"]
    except SearchError:
        return []


def page_state(stored: Stored) -> str:
    """`draft`, `scheduled` (its day has not come) or `published`."""
    if stored.page.state == "draft":
        return "draft"
    return "published" if stored.page.is_seen(rules.now()) else "scheduled"


def block_events(block: dict[str, Any]) -> list[Stored]:
    """The events of a block; those that come invite, so without the cancelled ones."""
    now = rules.now()
    past = block.get("when") == "past"
    wanted = Wanted(
        kinds=["event"],
        audiences=rules.audiences(tk.current_user.name),
        seen_at=now,
        type=str(block.get("type", "")),
        coming_at=None if past else now,
        past_at=now if past else None,
        cancelled=past,
        limit=int(block.get("most", 3)),
    )
    return store.listed(wanted)


def block_shown(block: dict[str, Any]) -> dict[str, str] | None:
    """What a chart, a map or a live feed shows, if the visitor may see it: `page`, the address of
    the data, and `frame`, that of the drawing ("" when the file has no table)."""
    shown = blocks.shown(str(block.get("resource", "")))
    try:
        resource = tk.get_action("resource_show")({}, {"id": shown.resource if shown else ""})
    except (tk.ObjectNotFound, tk.NotAuthorized, tk.ValidationError):
        return None
    place = {"id": resource["package_id"], "resource_id": resource["id"]}
    page, frame = tk.h.url_for("resource.read", **place), ""
    if shown and shown.view:
        frame = tk.h.url_for("resource.view", **place, view_id=shown.view)
    elif shown and resource.get("datastore_active"):
        asked = parse_qsl(shown.asked, keep_blank_values=False)
        if block.get("kind") == "map" and ("view", "map") not in asked:
            asked = [("view", "map"), *(pair for pair in asked if pair[0] != "view")]
        end = f"?{urlencode(asked)}" if asked else ""
        page = tk.h.url_for("grandpoitiers_explore.page", **place) + end
        frame = tk.h.url_for("grandpoitiers_explore.embed", **place) + end
    return {"page": page, "frame": frame}


def month_name(day: date) -> str:
    """“mai 2026”."""
    return format_date(day, "MMMM y", locale=tk.h.lang())


def weekday(day: date) -> str:
    """“lun.”."""
    return format_date(day, "EEE", locale=tk.h.lang())


def largest_picture() -> int:
    """How many megabytes a picture may weigh."""
    return int(tk.config["ckan.max_image_size"])


def event_datasets(event: EventDetails) -> list[dict[str, Any]]:
    """The datasets that an event presents, in its order, those the visitor may see."""
    if not event.datasets:
        return []
    names = " OR ".join('"{}"'.format(name.replace('"', "")) for name in event.datasets)
    query: dict[str, Any] = {
        "fq": f"+name:({names})",
        "rows": len(event.datasets),
        "include_private": tk.current_user.is_authenticated,
    }
    found = {one["name"]: one for one in tk.get_action("package_search")({}, query)["results"]}
    return [found[name] for name in event.datasets if name in found]


def events_about(names: str | list[str]) -> list[Stored]:
    """The events that present one of these datasets, the newest first: those one may see."""
    wanted = Wanted(
        kinds=["event"],
        audiences=rules.audiences(tk.current_user.name),
        seen_at=rules.now(),
        datasets=[names] if isinstance(names, str) else names,
        limit=3,
    )
    return store.listed(wanted)


def presented() -> list[str]:
    """The names of the datasets that events present: those one may read."""
    audiences = rules.audiences(tk.current_user.name)
    return remembered().get(
        ("presented", *audiences), lambda: store.presented(audiences, rules.now())
    )


def event_json(stored: Stored) -> Markup:
    """The event for search engines (schema.org Event), safe inside a script element."""
    page, event = stored.page, stored.page.event
    if event is None:
        return Markup("")
    here = tk.h.url_for("grandpoitiers_pages.read", slug=page.slug, _external=True)
    online = {"@type": "VirtualLocation", "url": event.distance_link or here}
    place = {"@type": "Place", "name": event.place or event.address, "address": event.address}
    on_site, remote = bool(event.place or event.address), bool(event.distance_link)
    attendance = "Mixed" if on_site and remote else "Offline" if on_site else "Online"
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": page.title,
        "description": page.summary or page.title,
        "startDate": event.starts.astimezone(rules.zone()).isoformat(),
        "endDate": event.ends.astimezone(rules.zone()).isoformat(),
        "eventAttendanceMode": f"https://schema.org/{attendance}EventAttendanceMode",
        "location": [place, online] if on_site and remote else place if on_site else online,
        "url": here,
        "organizer": {"@type": "Organization", "name": str(tk.config["ckan.site_title"])},
        "eventStatus": f"https://schema.org/Event{'Cancelled' if event.cancelled else 'Scheduled'}",
        "performer": [{"@type": "Person", "name": one.name} for one in event.speakers],
    }
    if page.picture:
        local = page.picture.startswith("/")
        told["image"] = tk.h.url_for_static(page.picture, qualified=True) if local else page.picture
    if event.capacity:
        told["maximumAttendeeCapacity"] = event.capacity
    return Markup(tk.h.dump_json(told).replace("<", "\\u003c"))  # noqa: S704  (JSON, `<` escaped)


def _day(moment: datetime) -> str:
    return format_date(moment, "full", locale=tk.h.lang())


def _time(moment: datetime) -> str:
    return format_time(moment, "short", locale=tk.h.lang())
