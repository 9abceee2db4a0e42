"""The actions of real time: feeds, their keys, what they publish, how they are."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.realtime import declaration, publishing, registry
from ckanext.realtime.feed import BadFeed, Feed
from ckanext.realtime.known import KnownFeed


def realtime_feed_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Declare a feed: its dataset is found or made, and its resource and table with it.

    :param name: short name, part of the addresses
    :param title: what people read
    :param kind: what its answers are (``gtfs-rt-vehicle-positions``, ``parking-json``…)
    :param dataset: the name of its dataset, or what is needed to make it
    :param address: where it is read; empty for one that is only pushed

    The other fields are those of ``config/feeds.yaml``. For administrators.

    :returns: the feed, with its ``id`` and its ``resource_id``
    :rtype: dictionary
    """
    tk.check_access("realtime_feed_create", context, data_dict)
    feed = _read(data_dict)
    if registry.find(feed.name):
        raise tk.ValidationError({"name": [tk._("There is a feed of this name already.")]})
    table = KnownFeed("", "", feed).table
    try:
        package_id = publishing.dataset(context, feed)
    except tk.ObjectNotFound as error:
        raise tk.ValidationError({"dataset": [tk._("There is no such dataset.")]}) from error
    resource_id = publishing.resource(context, feed, package_id, table)
    known = registry.add(feed, package_id, resource_id)
    publishing.make_ready(known)
    model.Session.commit()
    return _shown(known)


def realtime_feed_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Change a feed; what isn't given keeps its value.

    Its dataset and its kind of table stay: they are what reusers know it by. For administrators.

    :param id: the id or the name of the feed
    :returns: the feed
    :rtype: dictionary
    """
    tk.check_access("realtime_feed_update", context, data_dict)
    known = _found(data_dict)
    given = {key: value for key, value in data_dict.items() if key != "id"}
    feed = _read({**declaration.write(known.feed), **given})
    other = registry.find(feed.name)
    if other and other.id != known.id:
        raise tk.ValidationError({"name": [tk._("There is a feed of this name already.")]})
    if feed.dataset["name"] != known.feed.dataset["name"]:
        raise tk.ValidationError({"dataset": [tk._("The dataset of a feed can’t be changed.")]})
    changed = KnownFeed(known.id, known.resource_id, feed)
    if changed.table.names != known.table.names:
        raise tk.ValidationError(
            {"kind": [tk._("This kind has other columns: declare another feed.")]}
        )
    registry.change(known.id, feed)
    model.Session.commit()
    return _shown(changed)


def realtime_feed_delete(context: Context, data_dict: DataDict) -> None:
    """Forget a feed; its dataset, its rows and its history stay. For administrators.

    :param id: the id or the name of the feed
    """
    tk.check_access("realtime_feed_delete", context, data_dict)
    registry.remove(_found(data_dict).id)
    model.Session.commit()


@tk.side_effect_free
def realtime_feed_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """A feed as it is declared. For administrators.

    :param id: the id or the name of the feed
    :rtype: dictionary
    """
    tk.check_access("realtime_feed_show", context, data_dict)
    return _shown(_found(data_dict))


@tk.side_effect_free
def realtime_feed_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """All the feeds as they are declared. For administrators.

    :rtype: list of dictionaries
    """
    tk.check_access("realtime_feed_list", context, data_dict)
    return [_shown(known) for known in registry.everything()]


def _shown(known: KnownFeed) -> dict[str, Any]:
    """A feed as the API shows it: the declaration, its id and its resource; never a secret."""
    return {
        "id": known.id,
        "resource_id": known.resource_id,
        **declaration.write(known.feed),
    }


def _read(declared: DataDict) -> Feed:
    try:
        return declaration.read(declared)
    except BadFeed as error:
        errors: dict[str, Any] = {}
        for fault in error.faults:
            sentence = tk._(fault.message).format(**fault.params)
            errors.setdefault(fault.field, []).append(sentence)
        raise tk.ValidationError(errors) from error


def _found(data_dict: DataDict) -> KnownFeed:
    known = registry.find(str(tk.get_or_bust(data_dict, "id")))
    if known is None:
        raise tk.ObjectNotFound(tk._("There is no such feed."))
    return known
