"""What CKAN calls around a dataset that is written: plugins, default views, activities, signals.

Plugins are called as `package_create`, `package_update` and `package_show` call them, with the
same arguments; only hooks that do something are (a plugin that inherits CKAN's empty ones is
passed over).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan import logic, model
from ckan.lib import datapreview
from ckan.lib.dictization import table_dictize
from ckan.lib.plugins import get_permission_labels
from ckan.types import Context

from ckanext.grandpoitiers.catalogue.batching import collected_documents
from ckanext.grandpoitiers.catalogue.bulk.form import Form, Json, Valid
from ckanext.grandpoitiers.catalogue.bulk.rows import make_id

Hook = Callable[..., Any]
ACTIVITY_RECEIVERS = "ckanext.activity.subscriptions"
ACTIVITIES = {
    "package_create": "new package",
    "package_update": "changed package",
    "package_delete": "deleted package",
}


def implemented(interface: Any, name: str) -> list[Hook]:
    """The method of that name of every plugin that has its own, in CKAN's order."""
    empty = getattr(interface, name)
    found = [getattr(plugin, name) for plugin in p.PluginImplementations(interface)]
    return [hook for hook in found if getattr(hook, "__func__", None) is not empty]


class Hooks:
    """The hooks of this site's plugins; `context` is that of the action that is stood for."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._created = implemented(p.IPackageController, "create")
        self._edited = implemented(p.IPackageController, "edit")
        self._after_create = implemented(p.IPackageController, "after_dataset_create")
        self._after_update = implemented(p.IPackageController, "after_dataset_update")
        self._read = implemented(p.IPackageController, "read")
        self._after_show = implemented(p.IPackageController, "after_dataset_show")
        self._before_resource = implemented(p.IResourceController, "before_resource_show")
        self._views = datapreview.get_default_view_plugins()

    def created(self, package: model.Package, data: Json, context: Context) -> list[Json]:
        """A dataset was inserted, `data` is what validation left of it; the views it was given."""
        for hook in self._created:
            hook(package)
        for hook in self._after_create:
            hook(context, data)
        return self._make_views(data, context)

    def updated(self, package: model.Package, data: Json, context: Context) -> None:
        """A dataset was changed."""
        for hook in self._edited:
            hook(package)
        for hook in self._after_update:
            hook(context, data)

    def _make_views(self, data: Json, context: Context) -> list[Json]:
        """CKAN's default views; most resources of a geocatalogue have none."""
        viewed = [
            resource["id"]
            for resource in data.get("resources", ())
            if any(view.can_view({"resource": resource, "package": data}) for view in self._views)
        ]
        if not viewed:
            return []
        trusted = logic.fresh_context(context, ignore_auth=True)
        tk.get_action("package_create_default_resource_views")(trusted, {"package": data})
        model.Session.flush()
        query = model.Session.query(model.ResourceView)
        made = query.filter(model.ResourceView.resource_id.in_(viewed))
        return [{**table_dictize(view, trusted), "package_id": data["id"]} for view in made]

    def show(self, package: model.Package, shown: Json, context: Context) -> tuple[Json, Json]:
        """The dataset as CKAN indexes it: by the default schema, by its type's."""
        self._look(package, shown["resources"])
        of_type = self._form.show(shown)
        self._after(of_type, context)
        return shown, of_type

    def _look(self, package: model.Package, resources: Iterable[Json]) -> None:
        for hook in self._read:
            hook(package)
        for resource in resources:
            for hook in self._before_resource:
                hook(resource)

    def _after(self, shown: Json, context: Context) -> None:
        for hook in self._after_show:
            hook(context, shown)

    def read_back(self, package: model.Package, document: Mapping[str, Any]) -> Json:
        """`package_show` from the dataset's document, which activities keep."""
        shown = json.loads(document["validated_data_dict"])
        context: Context = {
            "for_view": False,
            "ignore_auth": True,
            "session": model.Session,
            "user": "",
            "package": package,
        }
        self._look(package, shown["resources"])
        self._after(shown, context)
        return shown


def documents(shown: Sequence[tuple[Json, Json]]) -> list[Json]:
    """The Solr documents of datasets, by CKAN's own code; not sent."""
    with collected_documents() as found:
        for one in shown:
            logic.index_update_package_dicts(one, defer_commit=True)
    return found


def validated(valid: Valid, package_id: str, owner_id: str, user_id: str | None) -> Json:
    """The dict that CKAN gives to `after_dataset_create` and `after_dataset_update`."""
    data: Json = {
        **valid.columns,
        **valid.texts,
        **valid.parts,
        "id": package_id,
        "type": valid.type,
        "name": valid.name,
        "owner_org": owner_id,
        "extras": [{"key": key, "value": value} for key, value in valid.texts.items()],
        "tags": [{"name": name} for name in valid.tags],
        "groups": [{"name": name} for name in valid.groups],
        "resources": [
            {**one.columns, **one.extras, "id": one.id, "package_id": package_id}
            for one in valid.resources
        ],
    }
    return data | ({"creator_user_id": user_id} if user_id else {})


# -- activities and signals


def has_activities() -> bool:
    """Whether the site keeps activities."""
    return p.plugin_loaded("activity") and bool(tk.config["ckan.activity_streams_enabled"])


def record_activities(
    made: Iterable[tuple[str, model.Package, Json]], views: Iterable[Json], user: model.User
) -> None:
    """One row for each view and for each (action, dataset, the dataset as it is shown).

    With its commit deferred, `resource_view_create` gives no id to the view that it makes, and
    CKAN then records no activity: views are given here too.
    """
    from ckanext.activity.model import Activity  # noqa: PLC0415  (its table is the plugin's)

    def row(kind: str, package_id: str, data: Json, labels: list[str] | None) -> Json:
        return {
            "id": make_id(),
            "timestamp": datetime.now(UTC).replace(tzinfo=None),
            "user_id": user.id,
            "object_id": package_id,
            "activity_type": kind,
            "data": data,
            "permission_labels": labels,
        }

    rows = [row("new resource view", view["package_id"], view, None) for view in views]
    labels = get_permission_labels()
    for action, package, shown in made:
        data = {"package": shown, "actor": user.name}
        own = labels.get_dataset_labels(package)
        rows.append(row(ACTIVITIES[action], package.id, data, own))
    if rows:
        table: Any = Activity.__table__  # a FromClause, says SQLAlchemy of every class
        model.Session.execute(sa.insert(table), rows)


def announce(action: str, context: Context, data: Json, result: Any) -> None:
    """Tell those who wait for the action to have succeeded; activities are written already."""
    signal: Any = tk.signals.action_succeeded
    for receiver in signal.receivers_for(action):
        if getattr(receiver, "__module__", "") != ACTIVITY_RECEIVERS:
            receiver(action, context=context, data_dict=data, result=result)
