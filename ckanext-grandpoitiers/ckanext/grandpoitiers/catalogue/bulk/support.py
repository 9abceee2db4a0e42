"""Whether datasets may be written in bulk on this site, and if not, why.

They may when the test of equivalence has passed on this version of CKAN, when the dataset type
asks nothing that `plain.py` does not know, and when no plugin unknown to that test takes part in
writing a dataset. Otherwise CKAN's actions write them, and the report of the run says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import ckan
import ckan.plugins as p
import ckan.plugins.toolkit as tk
from ckan.lib import plugins as lib_plugins
from ckan.logic import schema as ckan_schema

from ckanext.grandpoitiers.catalogue.bulk.form import Form, Known
from ckanext.grandpoitiers.catalogue.bulk.hooks import ACTIVITY_RECEIVERS, implemented
from ckanext.grandpoitiers.catalogue.bulk.plain import UnknownValidator
from ckanext.grandpoitiers.catalogue.bulk.tables import format_name
from ckanext.grandpoitiers.catalogue.report import Remark
from portal_kit.outbound.errors import N_

CHECKED_VERSIONS = ("2.12.0",)
"""The versions of CKAN on which tests/integration/grandpoitiers/test_bulk.py has passed."""

KNOWN = (
    "ckan.", "ckanext.activity.", "ckanext.datastore.", "ckanext.dcat.", "ckanext.grandpoitiers.",
    "ckanext.harvest.", "ckanext.realtime.", "ckanext.scdl.", "ckanext.scheming.",
    "ckanext.spatial.",
)  # fmt: skip
"""The packages whose part in writing a dataset that test covers."""

TYPE = "dataset"

HOOKS: dict[Any, tuple[str, ...]] = {
    p.IPackageController: (
        "create", "edit", "read", "after_dataset_create", "after_dataset_update",
        "after_dataset_show", "before_dataset_index",
    ),
    p.IResourceController: ("before_resource_show",),
    p.IDomainObjectModification: ("notify",),
    p.IResourceUrlChange: ("notify",),
}  # fmt: skip
"""The hooks that CKAN calls when a dataset is written; the last two are not called in bulk."""

NEVER_CALLED = (p.IDomainObjectModification, p.IResourceUrlChange)

ACTIONS = (
    "package_create", "package_update", "package_show", "package_owner_org_update",
    "package_create_default_resource_views",
)  # fmt: skip
"""The actions that are stood for: an unknown plugin that takes part in one wants to be called."""

SILENT = (*ACTIONS[2:], "activity_create")
"""Of those and what follows from them, the ones whose success is announced to nobody."""

VERSION = N_(
    "Datasets were written by CKAN's actions, which takes longer: the faster way has not been "
    "checked with CKAN {version}."
)
PLUGIN = N_(
    "Datasets were written by CKAN's actions, which takes longer: the plugin “{plugin}” takes part "
    "in writing them."
)
FORM = N_(
    "Datasets were written by CKAN's actions, which takes longer: the field “{field}” of the "
    "dataset form has a rule that only they know ({rule})."
)


@dataclass(frozen=True, slots=True)
class Support:
    """`form` when the bulk writer may be used; else `why` not."""

    form: Form | None
    why: Remark | None = None


def support() -> Support:
    """Whether the bulk writer may be used, with the plugins and schemas that are loaded now."""
    if ckan.__version__ not in CHECKED_VERSIONS:
        return Support(None, Remark("", VERSION, {"version": ckan.__version__}))
    stranger = next(_strangers(), None)
    if stranger is not None:
        return Support(None, Remark("", PLUGIN, {"plugin": stranger}))
    try:
        return Support(_form())
    except UnknownValidator as error:
        return Support(None, Remark("", FORM, {"field": error.field, "rule": error.validator}))


def _strangers() -> Iterator[str]:
    """What takes part in writing datasets and was not part of the test."""
    for interface, names in HOOKS.items():
        for name in names:
            for hook in implemented(interface, name):
                if interface in NEVER_CALLED or not _is_known(hook.__module__):
                    yield getattr(getattr(hook, "__self__", None), "name", hook.__module__)
    for name in ACTIONS:
        for link in _chain(getattr(tk.get_action(name), "__wrapped__", None)):
            if not _is_known(getattr(link, "__module__", "")):
                yield name
    for name in SILENT:
        for receiver in tk.signals.action_succeeded.receivers_for(name):
            if receiver.__module__ != ACTIVITY_RECEIVERS:
                yield receiver.__module__


def _chain(action: Any) -> Iterator[Any]:
    """The functions of plugins that come one after the other, then CKAN's own."""
    while isinstance(action, partial):
        yield action.func
        action = action.args[0]
    yield action


def _is_known(module: str) -> bool:
    return module.startswith(KNOWN)


def _form() -> Form:
    plugin: Any = lib_plugins.lookup_package_plugin(TYPE)
    own = plugin.__class__
    if f"{own.__module__}.{own.__name__}" != "ckanext.scheming.plugins.SchemingDatasetsPlugin":
        raise UnknownValidator(TYPE, own.__name__)
    expanded = tk.get_action("scheming_dataset_schema_show")({}, {"type": TYPE, "expanded": True})
    known = Known(
        to_create=frozenset(ckan_schema.default_create_package_schema()),
        to_show=frozenset(ckan_schema.default_show_package_schema()),
        format_name=format_name,
    )
    return Form(expanded, known)
