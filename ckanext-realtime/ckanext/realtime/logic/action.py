"""The actions of real time: feeds, their keys, what they publish, how they are."""

import os
from datetime import datetime
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict

from ckanext.realtime import declaration, publishing, reading, registry
from ckanext.realtime.errors import Undecodable
from ckanext.realtime.feed import BadFeed, Feed
from ckanext.realtime.history import asking
from ckanext.realtime.known import KnownFeed
from ckanext.realtime.poller import loading
from ckanext.realtime.push import keys
from ckanext.realtime.push.reading import of_records
from ckanext.realtime.push.storing import store
from ckanext.realtime.quality.reading import one as quality_of
from ckanext.realtime.times import iso
from ckanext.realtime.trying import attempt


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


def realtime_feed_test(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Ask a feed once, without saving anything. For administrators.

    Takes what ``realtime_feed_create`` takes.

    :returns: ``rows`` (the first ones, as they would be published), ``count``, ``columns``,
        ``problems``, ``problem_count``, ``size``, ``media_type``, ``fault`` (why there is nothing),
        ``missing`` (the variables of the environment that hold no secret)
    :rtype: dictionary
    """
    tk.check_access("realtime_feed_test", context, data_dict)
    feed = _read(data_dict)
    if not feed.address:
        raise tk.ValidationError({"address": [tk._("Give the address to try.")]})
    places = {}
    if feed.places:
        with publishing.write_session() as session:
            places = loading.places(session, feed.places)
    trial = attempt(feed, places, tk.config, os.environ, reading.now())
    return {
        "columns": [
            {"name": one.name, "label": tk._(one.label), "unit": one.unit} for one in trial.columns
        ],
        "rows": trial.rows,
        "count": trial.count,
        "problems": [
            {"key": one["key"], "field": one["field"], "kind": one["kind"],
             "message": reading.sentence(one)}
            for one in trial.problems
        ],
        "problem_count": trial.problem_count,
        "size": trial.size,
        "media_type": trial.media_type,
        "fault": reading.sentence(trial.fault),
        "missing": list(trial.missing),
    }  # fmt: skip


@tk.side_effect_free
def realtime_status(context: Context, data_dict: DataDict) -> Any:
    """How the feeds are: last measure, last reception, age, clock skew, entities, last fault.

    :param id: the id or the name of one feed (optional; otherwise all that one may see)

    :rtype: dictionary, or list of dictionaries
    """
    tk.check_access("realtime_status", context, data_dict)
    states = reading.states()
    if data_dict.get("id"):
        known = _found(data_dict)
        if not reading.may_read(known, context):
            raise tk.ObjectNotFound(tk._("There is no such feed."))
        return reading.told(known, states.get(known.id))
    return [reading.told(known, states.get(known.id)) for known in reading.readable(context)]


@tk.side_effect_free
def realtime_quality(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The quality of a feed: what ``realtime_status`` says, ``scores`` (availability, freshness,
    compliance, from 0 to 1), ``entities_week``, ``days`` and ``incidents``.

    :param id: the id or the name of the feed
    :rtype: dictionary
    """
    tk.check_access("realtime_status", context, data_dict)
    known = _found(data_dict)
    if not reading.may_read(known, context):
        raise tk.ObjectNotFound(tk._("There is no such feed."))
    return quality_of(known)


@tk.side_effect_free
def realtime_history(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """The past of a feed, the last moments first.

    :param id: the id or the name of the feed
    :param step: ``measures`` (each one received), ``5min`` (default), ``hour``, or ``usual`` (what
        is usual at each hour of the week)
    :param series: one car park, one line… (optional)
    :param measure: ``free``, ``occupancy``, ``speed``, ``delay``, ``count`` (optional)
    :param start: from this time, ISO 8601 (optional)
    :param end: before this time (optional)
    :param limit: at most this many (optional, default ``1000``, at most ``10000``)

    :returns: ``feed``, ``step``, ``records``
    :rtype: dictionary
    """
    tk.check_access("realtime_history", context, data_dict)
    known = _found(data_dict)
    if not reading.may_read(known, context):
        raise tk.ObjectNotFound(tk._("There is no such feed."))
    try:
        question = asking.read(data_dict)
    except asking.BadQuestion as error:
        sentence = tk._(error.message).format(**error.params)
        raise tk.ValidationError({error.name: [sentence]}) from error
    return {
        "feed": known.feed.name,
        "step": question.step,
        "records": reading.past(known, question),
    }


def realtime_push(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Put rows into a feed, as ``POST /realtime/<name>`` does with a key.

    For administrators, and whoever may change the feed's dataset.

    :param id: the id or the name of the feed
    :param records: list of dictionaries, by the names of the columns
    :param whole: what is not among them is no longer there (optional, default ``False``)

    :returns: ``rows``, ``applied``, ``inserted``, ``closed``, ``took``, and ``problems`` with the
        rank of their row
    :rtype: dictionary
    """
    known = _found(data_dict)
    package_id = registry.package_of(known.id)
    tk.check_access("realtime_push", context, {"package_id": package_id})
    records = tk.get_or_bust(data_dict, "records")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise tk.ValidationError({"records": [tk._("Give a list of objects.")]})
    now, whole = reading.now(), tk.asbool(data_dict.get("whole", False))
    try:
        return store(known, lambda stored: of_records(known, records, now, whole, stored), now)[0]
    except Undecodable as error:
        raise tk.ValidationError({"records": [error.problem.message(tk._)]}) from error


def realtime_key_create(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make a key that pushes to a feed. It is in this answer and nowhere else. For administrators.

    :param id: the id or the name of the feed
    :param label: who it is for

    :returns: ``id``, ``label`` and ``key``
    :rtype: dictionary
    """
    tk.check_access("realtime_key_create", context, data_dict)
    known = _found(data_dict)
    label = str(data_dict.get("label") or "").strip()
    if not label:
        raise tk.ValidationError({"label": [tk._("Say who the key is for.")]})
    key_id, key = keys.create(known.id, label[:200])
    model.Session.commit()
    return {"id": key_id, "label": label[:200], "key": key}


@tk.side_effect_free
def realtime_key_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """The keys of a feed: who they are for, their last characters, their last use. For
    administrators.

    :param id: the id or the name of the feed
    :rtype: list of dictionaries
    """
    tk.check_access("realtime_key_list", context, data_dict)
    return [
        {name: iso(value) if isinstance(value, datetime) else value for name, value in one.items()}
        for one in keys.listed(_found(data_dict).id)
    ]


def realtime_key_revoke(context: Context, data_dict: DataDict) -> None:
    """Close a key for good. For administrators.

    :param id: the id or the name of the feed
    :param key_id: the id of the key
    """
    tk.check_access("realtime_key_revoke", context, data_dict)
    known = _found(data_dict)
    if not keys.revoke(known.id, str(tk.get_or_bust(data_dict, "key_id"))):
        raise tk.ObjectNotFound(tk._("There is no such key."))
    model.Session.commit()


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
