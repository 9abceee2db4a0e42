"""Defects of ckanext-harvest 1.6.3 and ckanext-spatial 2.3.2 on CKAN 2.12, worked round.

The only place for it: when the two extensions are mended, delete this file, its two uses in
`plugin.py` and its tests. Each part names what goes wrong without it.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import logic
from ckan.lib.search.index import PackageSearchIndex
from ckan.types import Context

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
SPATIAL_HARVESTERS = "ckanext.spatial.harvesters.base"
SPATIAL_DOCUMENTS = "ckanext.spatial.harvested_metadata"


def mend() -> None:
    """Correct ckanext-spatial's harvesters where a plugin has loaded them; once is enough.

    They are not imported for this: they and OWSLib weigh 30 MB in every process.
    """
    base: Any = sys.modules.get(SPATIAL_HARVESTERS)
    documents: Any = sys.modules.get(SPATIAL_DOCUMENTS)
    if base is None or documents is None or base.PackageSearchIndex is WholeIndex:
        return
    document, harvester = documents.MappedXmlDocument, base.SpatialHarvester
    document.get_xml_tree = reading_undeclared(document.get_xml_tree)
    validate = "_validate_document"
    setattr(harvester, validate, validating_undeclared(getattr(harvester, validate)))
    base.PackageSearchIndex = WholeIndex


# 1. ckanext-spatial gives lxml a `str` that still has its XML declaration, in two places:
#    "ValueError: Unicode strings with encoding declaration are not supported", for every record.


def undeclared(text: Any) -> Any:
    """The document without its XML declaration; bytes and None are left alone."""
    return DECLARATION.sub("", text, count=1) if isinstance(text, str) else text


def reading_undeclared(original: Callable[..., Any]) -> Callable[..., Any]:
    """`MappedXmlDocument.get_xml_tree` on the document without its declaration."""

    def get_xml_tree(self: Any) -> Any:
        self.xml_str = undeclared(self.xml_str)
        return original(self)

    return get_xml_tree


def validating_undeclared(original: Callable[..., Any]) -> Callable[..., Any]:
    """`SpatialHarvester._validate_document` on the document without its declaration."""

    def validate_document(self: Any, document_string: str, *args: Any, **kwargs: Any) -> Any:
        return original(self, undeclared(document_string), *args, **kwargs)

    return validate_document


# 2. ckanext-spatial indexes an unchanged dataset with one of the two forms that CKAN 2.12 wants:
#    "AssertionError: both default and custom schema data must be passed" ends the second run.


class WholeIndex(PackageSearchIndex):
    """CKAN's index, which completes what it is given by half."""

    def index_package(self, pkg_dict: dict[str, Any] | None, defer_commit: bool = False) -> None:
        """Index a dataset, read again when only one of its two forms came."""
        if pkg_dict is not None and "with_custom_schema" not in pkg_dict:
            logic.index_update_package({"ignore_auth": True}, pkg_dict["id"], defer_commit)
        else:
            super().index_package(pkg_dict, defer_commit)


# 3. ckanext-harvest's harvest_source_reindex stores an unvalidated copy of the source as the
#    validated one: the source form and `harvester run-test` then miss its type and frequency.


@tk.chained_action
@tk.side_effect_free
@logic.auth_audit_exempt
def harvest_source_reindex(
    original: Callable[..., Any], context: Context, data_dict: dict[str, Any]
) -> bool:
    """Index a harvest source in both of its forms; ckanext-harvest's own way is not taken."""
    del original
    source_id = tk.get_or_bust(data_dict, "id")
    logic.index_update_package(
        {"ignore_auth": True}, source_id, bool(context.get("defer_commit", False))
    )
    return True


# 4. `harvest_source_list` never asks who may call it.


@tk.chained_action
@tk.side_effect_free
def harvest_source_list(
    original: Callable[..., Any], context: Context, data_dict: dict[str, Any]
) -> Any:
    """ckanext-harvest's, for those whom `auth` lets."""
    tk.check_access("harvest_source_list", context, data_dict)
    return original(context, data_dict)
