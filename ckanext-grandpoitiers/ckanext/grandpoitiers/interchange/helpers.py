"""What pages say of themselves to programs."""

from collections.abc import Callable
from typing import Any

from flask import request
from markupsafe import Markup

from ckanext.grandpoitiers.interchange import current, feeds, remarks, schema_org, structured
from ckanext.grandpoitiers.interchange.remarks import Remark
from ckanext.grandpoitiers.interchange.schema_org import Document


def functions() -> dict[str, Callable[..., Any]]:
    """The helpers of templates."""
    return {
        "grandpoitiers_dataset_data": grandpoitiers_dataset_data,
        "grandpoitiers_catalogue_data": grandpoitiers_catalogue_data,
        "grandpoitiers_search_feed": grandpoitiers_search_feed,
        "grandpoitiers_sitemap": grandpoitiers_sitemap,
        "grandpoitiers_export_remarks": grandpoitiers_export_remarks,
    }


def grandpoitiers_dataset_data(name_or_id: str) -> Markup:
    """The JSON-LD of a public dataset for its page, "" for any other."""
    found = structured.dataset(name_or_id)
    return _script(found) if found else Markup()


def grandpoitiers_catalogue_data() -> Markup:
    """The JSON-LD of the portal for its home page."""
    return _script(structured.catalogue())


def grandpoitiers_search_feed() -> str:
    """The address of the feed of the search that is shown."""
    return feeds.search(request.args.items()).path


def grandpoitiers_sitemap() -> str:
    """The whole address of the sitemap."""
    return f"{current.site()}/sitemap.xml"


def grandpoitiers_export_remarks(pkg: dict[str, Any]) -> list[Remark]:
    """What of a dataset does not leave the portal, for who may edit it; empty for others."""
    return remarks.of_dataset(pkg)


def _script(document: Document) -> Markup:
    return Markup(schema_org.embedded(document))  # noqa: S704  (it escapes what ends a script)
