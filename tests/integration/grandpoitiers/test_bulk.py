"""The bulk writer beside CKAN's own actions: the same dataset by both, and nothing differs.

Compared, once times and random ids are blanked: `package_show`, the Solr document
that is sent, the activities, the rows of every table concerned, and the plugins' hooks with their
arguments, in their order. `support.CHECKED_VERSIONS` names the versions of CKAN on which this has
passed.
"""

import copy
import json
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import ckan
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import pytest
import sqlalchemy as sa
from ckan import model
from ckan.tests import factories, helpers

from ckanext.grandpoitiers.catalogue import batching, by_actions, jobs
from ckanext.grandpoitiers.catalogue.bulk import support as supports
from ckanext.grandpoitiers.catalogue.bulk.form import Form
from ckanext.grandpoitiers.catalogue.bulk.writer import BulkWriter, Wanted
from ckanext.grandpoitiers.catalogue.dataset import to_dataset
from ckanext.grandpoitiers.catalogue.errors import CatalogueError
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.store import EMPTY
from portal_kit import demo

Json = dict[str, Any]
Change = Callable[[Json], Any]

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

ID = "00000000-0000-4000-8000-000000000001"
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+Z?")
EVERY = 12
"""One record in so many of the recorded ones: all of them take minutes."""

ROWS = {
    "package": "SELECT * FROM package WHERE id = :id",
    "resources": "SELECT * FROM resource WHERE package_id = :id ORDER BY id",
    "views": "SELECT v.resource_id, v.view_type, v.title, v.description, v.order, v.config "
    "FROM resource_view v JOIN resource r ON r.id = v.resource_id WHERE r.package_id = :id "
    "ORDER BY 1, 2",
    "tags": "SELECT t.name, t.vocabulary_id, l.state FROM package_tag l JOIN tag t "
    "ON t.id = l.tag_id WHERE l.package_id = :id ORDER BY t.name",
    "members": "SELECT table_name, capacity, group_id, state FROM member WHERE table_id = :id "
    "ORDER BY group_id, capacity, state",
    "activities": "SELECT user_id, activity_type, data, permission_labels FROM activity "
    "WHERE object_id = :id ORDER BY timestamp",
}


@dataclass
class Seen:
    """What a way of writing did: the hooks it called, the documents it sent."""

    hooks: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    documents: list[Json] = field(default_factory=list[Json])
    form: Form | None = None


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Records the hooks of a plugin and what is sent to Solr."""
    # Asked before: a plugin that this file changes is no longer one that is known.
    found = Seen(form=supports.support().form)
    plugin: Any = p.get_plugin("spatial_metadata")
    resources: Any = p.get_plugin("datastore")
    for name in supports.HOOKS[p.IPackageController]:
        monkeypatch.setattr(plugin, name, recording(found, name, getattr(plugin, name)))
    before = resources.before_resource_show

    def look(resource: Json) -> Json:
        # CKAN shows a dataset from its document when the times of both agree to the hundredth of
        # a second, and from the tables otherwise: by chance, the resource is in another form.
        found.hooks.append(("before_resource_show", resource["id"]))
        return before(resource)

    monkeypatch.setattr(resources, "before_resource_show", look)
    connect = batching._connect  # noqa: SLF001

    class Connection:
        def __init__(self, real: Any) -> None:
            self.real = real

        def add(self, docs: list[Json], commit: bool) -> None:
            found.documents.extend(copy.deepcopy(docs))
            self.real.add(docs=docs, commit=True)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

    monkeypatch.setattr(batching, "_connect", lambda *args: Connection(connect(*args)))
    return found


def recording(found: Seen, name: str, hook: Callable[..., Any]) -> Callable[..., Any]:
    """The same hook, its arguments kept as they are when it is called."""

    def record(*args: Any) -> Any:
        found.hooks.append((name, [kept(arg) for arg in args]))
        return hook(*args)

    return record


def kept(argument: Any) -> Any:
    if isinstance(argument, model.Package):
        extras = sorted((argument.extras or {}).items())
        return ["package", argument.id, argument.name, argument.title, extras]
    if "session" in argument or "ignore_auth" in argument:  # a context
        return ["context", argument.get("user"), "package" in argument, "for_view" in argument]
    return opened(argument) if "data_dict" in argument else copy.deepcopy(argument)


def blank(value: Any) -> str:
    """The value without its times, as a text that a failing test shows well."""
    text = json.dumps(value, indent=1, default=str, ensure_ascii=False, sort_keys=True)
    return TIME.sub("(time)", text)


def opened(document: Json) -> Json:
    """A Solr document, the JSON in it read; PostgreSQL chooses the order of extras, not CKAN."""
    whole = {name: json.loads(document[name]) for name in ("data_dict", "validated_data_dict")}
    for one in whole.values():
        sort_extras(one)
    return {**document, **whole}


def sort_extras(shown: Json) -> None:
    shown.get("extras", []).sort(key=lambda extra: extra["key"])


def state(seen: Seen) -> dict[str, str]:
    """Everything that is compared."""
    model.Session.remove()
    rows = {
        name: [dict(row) for row in model.Session.execute(sa.text(query), {"id": ID}).mappings()]
        for name, query in ROWS.items()
    }
    for activity in rows["activities"]:
        activity["data"] = json.loads(activity["data"])
        activity["data"].pop("id", None)  # a view's, made anew
    tags = {row[0]: row[1] for row in model.Session.execute(sa.text("SELECT id, name FROM tag"))}
    shown = {
        "database": helpers.call_action("package_show", {"use_cache": False}, id=ID),
        "index": helpers.call_action("package_show", id=ID),
        "default": helpers.call_action("package_show", id=ID, use_default_schema=True),
    }
    found = {"documents": list(map(opened, seen.documents)), "hooks": seen.hooks, **rows, **shown}
    for one in (
        *shown.values(),
        *(activity["data"].get("package", {}) for activity in rows["activities"]),
    ):
        sort_extras(one)
    texts = {name: blank(value) for name, value in found.items()}
    for id, name in tags.items():  # tags are made anew with each way
        texts = {key: text.replace(id, f"(tag {name})") for key, text in texts.items()}
    return texts


def site_user() -> str:
    return helpers.call_action("get_site_user")["name"]


def by_ckan(data: Json, form: Form | None, *, is_new: bool) -> None:
    """As a program that uses CKAN would."""
    action = "package_create" if is_new else "package_update"
    given = copy.deepcopy(data)
    if not is_new:
        for resource in given["resources"]:
            resource.setdefault("mimetype", None)
    tk.get_action(action)({"user": site_user(), "ignore_auth": True}, given)


def in_bulk(data: Json, form: Form | None, *, is_new: bool) -> None:
    """As a harvest does, alone in its batch."""
    assert form
    context = by_actions.context(site_user())
    batch = BulkWriter(form, site_user()).write([Wanted(copy.deepcopy(data), is_new)], context)
    assert batch.done, "left to CKAN"
    documents = batch.documents()
    batch.record_activities(documents)
    model.Session.commit()
    if documents:
        batching.send_documents(documents)
    batch.announce(context)
    model.Session.commit()


WAYS = (by_ckan, in_bulk)


def forget(seen: Seen) -> None:
    """An empty portal again, but for its organisation and themes."""
    helpers.call_action("dataset_purge", id=ID)
    for table in ("activity", "package_tag", "tag"):
        model.Session.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608  (three constants)
    model.Session.commit()
    seen.hooks.clear()
    seen.documents.clear()


def mapped(xml: bytes, organisation: str) -> Json | None:
    """A record's dataset, as a harvest gives it to the store; None when it is refused before."""
    try:
        dataset, _ = to_dataset(parse(xml), replace(jobs.mapping(None), organisation=organisation))
    except CatalogueError:
        return None
    return {**EMPTY, **dataset, "id": ID}


@contextmanager
def themes() -> Generator[None]:
    """The groups that records fall into, and the organisation that owns them."""
    names = [theme.name for theme in jobs.mapping(None).themes]
    for name in names[::2]:  # a theme that does not exist is passed over
        factories.Group(name=name, title=name.upper(), description=name)
    yield


def same_by_both(data: Json, seen: Seen) -> None:
    states: list[dict[str, str]] = []
    for write in WAYS:
        write(data, seen.form, is_new=True)
        states.append(state(seen))
        forget(seen)
    compare(*states, data["name"])


def compare(theirs: dict[str, str], ours: dict[str, str], label: str) -> None:
    for part, text in theirs.items():
        lines = unified_diff(text.splitlines(), ours[part].splitlines(), n=1, lineterm="")
        assert ours[part] == text, f"{label}, {part}:\n" + "\n".join(lines)


def test_this_version_of_ckan_is_one_that_was_checked() -> None:
    """Or this file must pass on it first."""
    assert ckan.__version__ in supports.CHECKED_VERSIONS
    assert supports.support().why is None


class TestNewDatasets:
    def test_of_the_demonstration(self, seen: Seen) -> None:
        """One in five of its records."""
        organisation = factories.Organization()["name"]
        with themes():
            for xml in demo.records()[::5]:
                data = mapped(xml, organisation)
                assert data
                same_by_both(data, seen)

    def test_of_recorded_catalogues(self, seen: Seen, real_data: Path) -> None:
        """Those of real servers, whatever they hold."""
        organisation = factories.Organization()["name"]
        paths = sorted((real_data / "csw" / "iso19139").rglob("*.xml"))[::EVERY]
        checked = 0
        with themes():
            for path in paths:
                data = mapped(path.read_bytes(), organisation)
                if data is not None:
                    same_by_both(data, seen)
                    checked += 1
        assert checked > len(paths) / 2

    def test_with_views(self, seen: Seen) -> None:
        """A picture and a GeoJSON file have default views."""
        organisation = factories.Organization()["name"]
        data = mapped(demo.records()[0], organisation)
        assert data
        data["resources"][0] |= {"format": "PNG", "url": "https://geo.example/a.png"}
        data["resources"][1] |= {"format": "jsonp", "url": "https://geo.example/a.json"}
        same_by_both(data, seen)


def without(*names: str) -> Change:
    """The record no longer gives these."""

    def change(data: Json) -> None:
        for name in names:
            del data[name]

    return change


def with_values(**values: Any) -> Change:
    """The record gives others."""
    return lambda data: data.update(values)


def with_resource(rank: int, **values: Any) -> Change:
    """One link changes."""
    return lambda data: data["resources"][rank].update(values)


WRITING = {"create", "edit", "after_dataset_create", "after_dataset_update", "before_dataset_index"}
"""The hooks that tell of a change; `package_update` also shows the dataset as it was."""

NEW_RESOURCE = {
    "id": "00000000-0000-4000-8000-0000000000ff",
    "url": "https://geo.example/new.csv",
    "name": "Nouveau",
    "format": "CSV",
    "protocol": "file",
}

CHANGES: dict[str, list[Change]] = {
    "the title and the text": [with_values(title="Autre titre", notes="Autre texte")],
    "fields that are gone": [without("notes", "frequency", "contact", "alternate_identifier")],
    "a field of several parts": [with_values(contact=[{"name": "A", "role": "owner"}])],
    "keywords": [lambda data: data["tags"].__setitem__(0, {"name": "tout neuf"})],
    "no keyword at all": [with_values(tags=[])],
    "themes": [with_values(groups=[{"name": "autre-theme"}])],
    "no theme": [with_values(groups=[])],
    "its owner": [with_values(owner_org="autre-organisation")],
    "its address": [with_values(name="une-autre-adresse")],
    "a link's address": [with_resource(0, url="https://geo.example/moved.gpkg")],
    "a link's text": [with_resource(1, name="Renommé", description="Décrit")],
    "a link's parts": [with_resource(2, access_services=[{"title": "Autre"}])],
    "a new link": [lambda data: data["resources"].append(dict(NEW_RESOURCE))],
    "a new first link": [lambda data: data["resources"].insert(0, dict(NEW_RESOURCE))],
    "a link less": [lambda data: data["resources"].pop(1)],
    "links in another order": [lambda data: data["resources"].reverse()],
    "no link": [with_values(resources=[])],
    "keywords and themes that come back": [
        with_values(tags=[], groups=[]),
        with_values(title="Tout est revenu"),
    ],
}


class TestChangedDatasets:
    def test_each_change(self, seen: Seen) -> None:
        """The same rows change, the same hooks are called; what comes back takes its rows back."""
        organisation = factories.Organization()["name"]
        factories.Organization(name="autre-organisation")
        factories.Group(name="autre-theme")
        base = mapped(demo.records()[0], organisation)
        assert base
        with themes():
            for label, change in CHANGES.items():
                compare(*(self.changed(base, change, write, seen) for write in WAYS), label)

    def test_no_change(self, seen: Seen) -> None:
        """Nothing at all is done (CKAN's action indexes the dataset and records an activity)."""
        data = mapped(demo.records()[0], factories.Organization()["name"])
        assert data
        in_bulk(data, seen.form, is_new=True)
        before = state(seen)
        seen.hooks.clear()
        seen.documents.clear()
        in_bulk(data, seen.form, is_new=False)
        assert not seen.documents
        assert not {name for name, _ in seen.hooks} & WRITING
        after = state(seen)
        compare({k: before[k] for k in ROWS}, {k: after[k] for k in ROWS}, "no change")

    def changed(
        self, base: Json, changes: Sequence[Change], write: Callable[..., None], seen: Seen
    ) -> dict[str, str]:
        """What a dataset that CKAN made is after the changes."""
        by_ckan(base, seen.form, is_new=True)
        for change in changes:
            seen.hooks.clear()
            seen.documents.clear()
            data = copy.deepcopy(base)
            change(data)
            write(data, seen.form, is_new=False)
        seen.hooks = [(name, args) for name, args in seen.hooks if name in WRITING]
        found = state(seen)
        forget(seen)
        return found
