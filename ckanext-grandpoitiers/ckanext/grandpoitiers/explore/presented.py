"""What the explorer's page shows of a view: fields of its form, links that change one thing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import ckan.plugins.toolkit as tk

from ckanext.grandpoitiers.explore import calendars, chart, words
from ckanext.grandpoitiers.explore import query as q
from ckanext.grandpoitiers.explore.query import Filter, Group, Measure, Order, Query
from ckanext.grandpoitiers.explore.sql import names
from ckanext.grandpoitiers.explore.table import MOMENTS, NUMBERS, Column, Table
from portal_kit.columns import Type

FORMATS = ("csv", "xlsx", "json", "geojson")
FEW = 30
"""Values of a column among which one chooses."""


class View:
    """One view of one resource: `lines` of `total`."""

    def __init__(
        self,
        resource: dict[str, Any],
        table: Table,
        query: Query,
        found: tuple[int, list[Sequence[Any]]],
        zone: ZoneInfo,
    ) -> None:
        self.resource, self.table, self.query, self.zone = resource, table, query, zone
        self.total, self.lines = found

    # -- addresses

    def address(self, query: Query | None = None, name: str = "page", **more: Any) -> str:
        """The address of a view: `page`, `embed`, or `files` with its `kind`."""
        place = {"id": self.resource["package_id"], "resource_id": self.resource["id"]}
        path = tk.h.url_for(f"grandpoitiers_explore.{name}", **place, **more)
        parameters = q.write(query or self.query)
        return f"{path}?{urlencode(parameters)}" if parameters else path

    def absolute(self, name: str = "page", **more: Any) -> str:
        """The same, for other sites and programs."""
        return self.address(None, name, _external=True, **more)

    def downloads(self) -> list[tuple[str, str]]:
        """`(format, address)` of the view's files."""
        whole = replace(self.query, page=1, size=None, view="")
        kinds = [kind for kind in FORMATS if kind != "geojson" or self.has_places]
        return [(kind, self.address(whole, "files", kind=kind)) for kind in kinds]

    @property
    def has_places(self) -> bool:
        """Whether the lines can be put on a map."""
        return self.table.has_places and not self.query.groups

    @property
    def has_days(self) -> bool:
        """Whether the lines are days."""
        return [group.unit for group in self.query.groups] == ["day"]

    @property
    def shape(self) -> str:
        """`table`, `bar`, `line`, `calendar` or `map`: what was asked, or what can be drawn."""
        query = self.query
        if query.view == "calendar" and self.has_days:
            return "calendar"
        if query.view == "map" and self.has_places:
            return "map"
        if not query.groups:
            return "table"
        if query.view in ("table", "bar", "line"):
            return query.view
        return "line" if self._in_time(query.groups[0]) else "bar"

    def _in_time(self, group: Group) -> bool:
        return self.table.columns[group.column].type in MOMENTS

    def tabs(self) -> list[dict[str, Any]]:
        """The forms this view can take: `{"title", "icon", "url", "here"}`."""
        kinds = [("table", tk._("Table"), "table")]
        if self.query.groups:
            kinds += [("bar", tk._("Bars"), "chart"), ("line", tk._("Curve"), "curve")]
        if self.has_places:
            kinds.append(("map", tk._("Map"), "map"))
        asked = {kind: replace(self.query, view=kind, page=1) for kind, *_ in kinds}
        by_day = self._by_day()
        if by_day is not None:
            kinds.append(("calendar", tk._("Calendar"), "calendar"))
            asked["calendar"] = by_day
        return [
            {
                "title": title,
                "icon": icon,
                "here": kind == self.shape,
                "url": self.address(asked[kind]),
            }
            for kind, title, icon in kinds
        ]

    def _by_day(self) -> Query | None:
        """The same rows by day, the last days first; None when no column has any."""
        query = replace(self.query, view="calendar", page=1)
        if query.groups:
            return query if self.has_days else None
        moment = next((one for one in self.table.columns.values() if one.type in MOMENTS), None)
        if moment is None:
            return None
        group = Group(moment.name, "day")
        last_first = (Order(group.key, descending=True),)
        return replace(query, groups=(group,), measures=(Measure(),), orders=last_first)

    def calendar(self) -> dict[str, Any]:
        """The days of a view, as `calendars.shown` has them."""
        return calendars.shown(self.lines, self._rows_of)

    def title(self) -> str:
        """What the lines are, in words."""
        if self.query.groups:
            return words.chart_title(self.query, self.table)
        return tk.h.resource_display_name(self.resource)

    def number(self, value: float) -> str:
        """A figure of a chart."""
        return words.number(value)

    def layer(self, most: int) -> dict[str, str]:
        """What the map asks for (assets/js/layers.js)."""
        first = replace(self.query, page=1, size=None, view="", limit=most)
        url = self.address(first, "files", kind="geojson")
        name = tk.h.resource_display_name(self.resource)
        return {"kind": "features", "name": name, "url": url, "layer": ""}

    # -- the form

    def fields(self, choices: dict[str, list[str]]) -> list[dict[str, Any]]:
        """One part a column: `{"column", "inputs": [{"name", "label", "kind", "value"}]}`."""
        given = {f"{one.column}__{one.operator}": one.text for one in self.query.filters}
        return [
            {"column": column, "inputs": inputs}
            for column in self.table.columns.values()
            if (inputs := _inputs(column, choices.get(column.name, []), given))
        ]

    def kept(self, fields: list[dict[str, Any]]) -> list[tuple[str, str]]:
        """The parameters that no field of the form shows."""
        there = {one["name"] for field in fields for one in field["inputs"]}
        there |= {"q", "group", "measure", "page"}
        return [pair for pair in q.write(self.query) if pair[0] not in there]

    def chips(self) -> list[tuple[str, str]]:
        """`(condition in words, address without it)`."""
        query = replace(self.query, page=1)
        found = [(f"“{query.words}”", replace(query, words=""))] if query.words else []
        for one in query.filters:
            others = tuple(other for other in query.filters if other is not one)
            found.append((words.filter_words(one, self.table), replace(query, filters=others)))
        return [(said, self.address(without)) for said, without in found]

    def group_choices(self) -> list[tuple[str, str]]:
        """`(parameter, words)` of all one can group by."""
        found: list[tuple[str, str]] = []
        for column in self.table.columns.values():
            if column.type in MOMENTS:
                units = [Group(column.name, unit) for unit in q.UNITS]
                found += [(one.key, words.group_title(one, self.table)) for one in units]
            elif column.type is not Type.JSON:
                found.append((column.name, column.title))
        return found

    def measure_choices(self) -> list[tuple[str, str]]:
        """`(parameter, words)` of all one can measure."""
        numbers = [one.name for one in self.table.columns.values() if one.type in NUMBERS]
        kinds = [Measure(), *(Measure(how, one) for one in numbers for how in q.FUNCTIONS[1:])]
        return [(one.key, words.measure_title(one, self.table)) for one in kinds]

    # -- the lines

    def headings(self) -> list[dict[str, Any]]:
        """`{"title", "notes", "number", "sorted", "url"}` of each column; no url: not sorted."""
        sorted_by = {one.key: one for one in self.query.orders}
        keys = names(self.query, self.table)
        said = words.titles(self.query, self.table)
        numbers = words.numeric(self.query, self.table)
        found: list[dict[str, Any]] = []
        for key, title, number in zip(keys, said, numbers, strict=True):
            now = sorted_by.get(key)
            descending = not now.descending if now else bool(self.query.groups and number)
            query = replace(self.query, orders=(Order(key, descending),), page=1)
            column = self.table.columns.get(key)
            sortable = column is None or column.type is not Type.JSON
            way = ("descending" if now.descending else "ascending") if now else ""
            found.append(
                {
                    "title": title,
                    "notes": column.notes if column and not self.query.groups else "",
                    "number": number,
                    "sorted": way,
                    "url": self.address(query) if sortable else "",
                }
            )
        return found

    def shown(self) -> list[dict[str, Any]]:
        """Each line in words, and for a group the address of its rows."""
        return [
            {
                "cells": words.line_shown(line, self.query, self.table, self.zone),
                "url": self._rows_of(line),
            }
            for line in self.lines
        ]

    def _rows_of(self, line: Sequence[Any]) -> str:
        """The rows behind a line of a grouped view."""
        if not self.query.groups:
            return ""
        filters = list(self.query.filters)
        for group, value in zip(self.query.groups, line, strict=False):
            filters.append(_same(group.column, value))
        room = len(filters) <= q.MOST["filters"]
        rows = Query(words=self.query.words, filters=tuple(filters))
        return self.address(rows) if room else ""

    def chart(self) -> chart.Bars | chart.Curves | None:
        """The drawing of a grouped view."""
        if self.shape == "bar":
            return chart.bars(self.lines, len(self.query.groups))
        if self.shape == "line":
            return chart.curves(self.lines, len(self.query.groups))
        return None

    def pages(self) -> dict[str, Any]:
        """`{"number", "last", "before", "after"}`: addresses, empty where there is no page."""
        query = self.query
        last = max(1, -(-self.total // query.lines))

        def page(number: int) -> str:
            there = 1 <= number <= last
            return self.address(replace(query, page=number)) if there else ""

        return {
            "number": query.page,
            "last": last,
            "before": page(query.page - 1),
            "after": page(query.page + 1),
        }

    def frame(self) -> str:
        """The HTML by which another site shows this view."""
        title = tk.h.resource_display_name(self.resource)
        return str(
            tk.h.literal(
                '<iframe src="{}" title="{}" width="100%" height="520" loading="lazy"></iframe>'
            ).format(self.absolute("embed"), title)
        )


def _inputs(column: Column, choices: list[str], given: dict[str, str]) -> list[dict[str, Any]]:
    def field(operator: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
        name = f"{column.name}__{operator}"
        value = given.get(name, "")
        return {"name": name, "label": label, "kind": kind, "value": value, **more}

    if column.type is Type.JSON:
        return []
    if column.type in NUMBERS:
        return [
            field(q.GREATER, tk._("At least"), "number"),
            field(q.LESS, tk._("At most"), "number"),
        ]
    if column.type in MOMENTS:
        return [field(q.GREATER, tk._("From"), "date"), field(q.LESS, tk._("Until"), "date")]
    if column.type is Type.BOOLEAN:
        yes_no = [("true", tk._("Yes")), ("false", tk._("No"))]
        return [field(q.EXACT, tk._("Is"), "select", choices=yes_no)]
    if choices:
        now = given.get(f"{column.name}__{q.EXACT}")
        every = [*choices, now] if now and now not in choices else choices
        return [field(q.EXACT, tk._("Is"), "select", choices=[(one, one) for one in every if one])]
    return [field(q.CONTAINS, tk._("Contains"), "text")]


def _same(column: str, value: Any) -> Filter:
    if value is None or value == "":
        return Filter(column, q.NULL)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Filter(column, q.EXACT, text)
