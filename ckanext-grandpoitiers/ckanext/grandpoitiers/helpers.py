"""What templates ask for; every helper only reads."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
from markupsafe import Markup

from ckanext.grandpoitiers import form, town
from ckanext.grandpoitiers.dataset_page import around, uses
from ckanext.grandpoitiers.explore import glimpse
from ckanext.grandpoitiers.explore.presented import View
from ckanext.grandpoitiers.explore.rows import SECONDS_KEPT
from ckanext.grandpoitiers.finding import reading
from ckanext.grandpoitiers.finding.words import Place
from ckanext.grandpoitiers.labels import column_types, form_parts, frequencies, frequency_code
from ckanext.grandpoitiers.maps import area, extents, layers
from ckanext.grandpoitiers.organisations import tree
from ckanext.grandpoitiers.organisations.declared import Node
from ckanext.grandpoitiers.pagecache.writes import remembered
from ckanext.grandpoitiers.policy import page as policy
from ckanext.grandpoitiers.themes import current
from ckanext.grandpoitiers.themes import form as theme_form
from ckanext.grandpoitiers.themes import page as theme_page
from ckanext.grandpoitiers.themes.declared import Theme
from portal_kit.keeping import KEEP_SECONDS

SEEN, TAKEN, READ, ASKED = "view", "download", "document", "search"
"""The functions of a resource, as the catalogue writes them."""


def grandpoitiers_has_parking() -> bool:
    """Whether the live parking page has anything to show."""
    if not p.plugin_loaded("realtime"):
        return False
    return remembered().get("parking", tk.h.realtime_has_parking)


def grandpoitiers_nonce() -> str:
    """What a script in the text of this page bears so that browsers run it."""
    return policy.nonce()


def grandpoitiers_style(text: str) -> Markup:
    """The administrator's style sheet, as one writes it into a page so that browsers apply it."""
    return Markup(policy.style(text))  # noqa: S704


def grandpoitiers_theme(name: str) -> Theme | None:
    """The theme of that name, or None for a group that is not one of ours."""
    return current.themes_by_name().get(name)


def grandpoitiers_main_themes() -> list[Theme]:
    """The themes that are a part of no other, in their order."""
    return current.main_themes()


def grandpoitiers_theme_form(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the form of a group shows of its theme."""
    return theme_form.shown(data)


def grandpoitiers_theme_counts() -> dict[str, int]:
    """`{theme: datasets}`, as the search counts them for this visitor."""
    return tree.dataset_counts("groups")["groups"]


def grandpoitiers_theme_page(name: str) -> theme_page.ThemePage:
    """What the page of a theme shows above its datasets."""
    return theme_page.page(name)


def grandpoitiers_groups() -> list[tree.Group]:
    """The groups of CKAN: our themes in their order, then any other by its title."""
    order = {theme.name: place for place, theme in enumerate(current.themes())}
    return sorted(
        tree.groups(),
        key=lambda group: (order.get(group["name"], len(order)), group["title"]),
    )


def grandpoitiers_meant(query: str) -> str | None:
    """The words that were perhaps meant by a search that found nothing."""
    return reading.meant(query)


def grandpoitiers_pages_found(query: str) -> list[Place]:
    """The pages and events whose title has the words of a search."""
    return reading.pages_found(query)


def grandpoitiers_key_figures() -> dict[str, int]:
    """The size of the catalogue; see the action of the same name."""
    return tk.get_action("grandpoitiers_key_figures")({}, {})


def grandpoitiers_organisation_tree() -> tuple[Node, ...]:
    """The organisations, each with those below it."""
    return tree.organisation_tree()


def grandpoitiers_frequency(uri: str | None) -> str:
    """The name of an update frequency, the code itself when it has none, empty for nothing."""
    code = frequency_code(uri or "")
    return frequencies().get(code, code)


def grandpoitiers_communes(codes: Sequence[str] | None) -> list[tuple[str, str]]:
    """`(INSEE code, name)` of the communes a dataset is about, by name."""
    names = town.commune_names()
    return sorted(((code, names.get(code, code)) for code in codes or []), key=lambda pair: pair[1])


def grandpoitiers_whole_territory(codes: Sequence[str] | None) -> bool:
    """Whether a dataset is about all the communes of the territory."""
    return bool(codes) and set(codes or []) >= set(town.commune_names())


def grandpoitiers_form_parts(
    fields: Iterable[Mapping[str, Any]], data: Mapping[str, Any], of_resource: bool = False
) -> list[dict[str, Any]]:
    """A form in parts: `{"title", "fields", "filled"}`, the first without title, never folded.

    `filled` counts the fields of the part that hold something.
    """
    titles = form_parts()
    return [
        {
            "title": titles.get(part, ""),
            "fields": held,
            "filled": sum(form.has_value(data.get(field["field_name"])) for field in held),
        }
        for part, held in form.cut(fields, form.RESOURCE_PARTS if of_resource else form.PARTS)
    ]


def grandpoitiers_column_type(name: str) -> str:
    """What a column of a table holds, in words; PostgreSQL's name when we have none."""
    return column_types().get(name, name)


def grandpoitiers_breakable(address: str) -> Markup:
    """An e-mail address that a narrow column breaks after its @ and dots, not within a word."""
    found = re.split(r"(?<=[@.])(?=.)", address)
    return Markup("<wbr>").join(found)


def grandpoitiers_resource_groups(
    resources: Iterable[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """The resources by what one does with them, empty groups left out, each in its order.

    `[{"title", "icon", "resources"}]`
    """
    groups: dict[str, dict[str, Any]] = {
        TAKEN: {"title": tk._("Files and download services"), "icon": "download", "resources": []},
        SEEN: {"title": tk._("Maps and viewing services"), "icon": "map", "resources": []},
        READ: {"title": tk._("Documents and pages"), "icon": "file", "resources": []},
    }
    for resource in resources:
        groups[_purpose(resource)]["resources"].append(resource)
    return [group for group in groups.values() if group["resources"]]


def grandpoitiers_is_file(resource: Mapping[str, Any]) -> bool:
    """Whether following the link of a resource downloads something: not so with a service."""
    if resource.get("url_type") == "upload":
        return True
    return resource.get("function") == TAKEN and resource.get("protocol") in (None, "", "file")


def grandpoitiers_base_map() -> dict[str, str] | None:
    """The tiles drawn under a dataset's extent, or None when the portal asks nobody for them.

    Read from ckanext-spatial's options `ckanext.spatial.common_map.*`, of type `custom` only:
    `{"url": with {x}, {y} and {z}, "attribution": HTML of the administrator}`.
    """
    options = tk.h.get_common_map_config() if "get_common_map_config" in tk.h else {}
    url = options.get("custom_url") or options.get("custom.url")
    if options.get("type") != "custom" or not url:
        return None
    return {"url": url, "attribution": options.get("attribution", "")}


def grandpoitiers_layer(resource: Mapping[str, Any]) -> dict[str, str] | None:
    """What a map can show of a link: `{"kind", "name", "url", "layer"}`, None for nothing.

    `kind` is image (a WMS, asked by the browser) or features (`url` is then an address of ours).
    """
    found = layers.shown(resource)
    if found is None:
        return None
    if found.kind == "image":
        policy.pictures_of(found.url)
    own = tk.url_for("grandpoitiers.layer", resource_id=resource["id"])
    url = found.url if found.kind == "image" else own
    name = tk.h.resource_display_name(resource)
    return {"kind": found.kind, "name": name, "url": url, "layer": found.layer}


def grandpoitiers_most_features() -> int:
    """How many features of a layer a map asks for."""
    return layers.MOST


def grandpoitiers_qgis(resource: Mapping[str, Any]) -> dict[str, str] | None:
    """How to add a link to QGIS: `{"menu", "url", "layer"}`, None where there is no way."""
    found = layers.connection(resource)
    if found is None:
        return None
    menus = {
        layers.WMS: tk._("Add WMS/WMTS Layer"),
        layers.WMTS: tk._("Add WMS/WMTS Layer"),
        layers.WFS: tk._("Add WFS / OGC API - Features Layer"),
        layers.OAPIF: tk._("Add WFS / OGC API - Features Layer"),
        layers.REST: tk._("Add ArcGIS REST Server Layer"),
    }
    return {"menu": menus[found.kind], "url": found.url, "layer": found.layer}


def grandpoitiers_similar(dataset: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The datasets that resemble one most."""
    return around.similar_datasets(dataset)


def grandpoitiers_in_a_sentence(dataset: Mapping[str, Any]) -> str:
    """What a dataset is: who publishes what, about where, how often."""
    return around.in_a_sentence(dataset)


def grandpoitiers_first_rows(dataset: Mapping[str, Any]) -> View | None:
    """The first rows of the first table of a dataset."""
    found = glimpse.first_rows(dataset)
    if found and p.plugin_loaded("realtime") and dataset["id"] in tk.h.realtime_datasets():
        tk.request.environ[KEEP_SECONDS] = SECONDS_KEPT
    return found


def grandpoitiers_licence_words(licence_id: str | None) -> str:
    """What a licence allows, in a sentence."""
    return around.licence_words(licence_id)


def grandpoitiers_uses(resource: Mapping[str, Any], name: str) -> list[uses.Use]:
    """How to use a file or a table of the dataset `name` in various tools."""
    place = {"id": name, "resource_id": resource["id"], "_external": True}
    table = resource.get("datastore_active")
    rows = tk.url_for("grandpoitiers_explore.files", kind="csv", **place) if table else ""
    return uses.uses(resource.get("format") or "", resource.get("url") or "", rows)


def grandpoitiers_area() -> dict[str, str]:
    """The place that the address searches: the four fields, empty without any."""
    return area.sides(tk.request.args)


def grandpoitiers_area_free_address() -> str:
    """The address of the page without its search by place."""
    return tk.h.remove_url_param(list(area.PARAMETERS))


def grandpoitiers_landmarks() -> list[dict[str, Any]]:
    """The places a map without a base map names: `{"name", "longitude", "latitude"}`."""
    return [asdict(place) for place in town.landmarks()]


def grandpoitiers_extent(dataset: Mapping[str, Any]) -> dict[str, Any] | None:
    """A dataset's extent as GeoJSON, or None when it has none that can be read."""
    try:
        extent = json.loads(dataset.get("spatial") or "null")
    except ValueError:
        return None
    drawable = isinstance(extent, dict) and "type" in extent and "coordinates" in extent
    return extent if drawable else None


def grandpoitiers_bounds(extent: Mapping[str, Any]) -> dict[str, float] | None:
    """West, south, east and north of a GeoJSON geometry, in degrees, for those who see no map.

    None when it has no position, or one that no map can show: JSON lets 1e999 through.
    """
    return extents.bounds(extent)


def _purpose(resource: Mapping[str, Any]) -> str:
    named = resource.get("function")
    if named in (SEEN, ASKED):
        return SEEN
    if named in (TAKEN, READ):
        return str(named)
    service = resource.get("protocol") in ("WMS", "WFS", "WMTS", "OGC API Features", "ESRI REST")
    page = (resource.get("format") or "").upper() in ("HTML", "PDF", "")
    if service:
        return SEEN
    return READ if page and not resource.get("datastore_active") else TAKEN
