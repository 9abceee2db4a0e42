"""What programs may ask of files and schemas. Docstrings are the API's help."""

from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict
from werkzeug.datastructures import FileStorage

from ckanext.scdl.errors import UnreadableFile
from ckanext.scdl.files.dictionary import described, from_table_schema, to_store, to_table_schema
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.files.reading import Choices
from ckanext.scdl.publishing import (
    checks,
    following,
    loading,
    policies,
    replacing,
    reports,
    state,
    words,
)
from ckanext.scdl.queue import restoring
from ckanext.scdl.queue.steps import State
from ckanext.scdl.registry import Registry
from portal_kit.outbound import OutboundError

Answer = dict[str, Any]


@tk.side_effect_free
def scdl_validate(context: Context, data_dict: DataDict) -> Answer:
    """Check a file by a schema, without saving it.

    :param schema: name of a schema (``scdl/subventions``, with ``@2.1.1`` for a version), any of
        schema.data.gouv.fr's, or the address of a Table Schema
    :type schema: string
    :param url: address of the file
    :type url: string
    :param upload: the file itself, instead of its address
    :type upload: FileStorage
    :param sheet: the sheet of a workbook that has several (optional)
    :type sheet: string

    :returns: ``verdict`` (valid, invalid or not-checked), ``rows``, ``errors`` (``row``,
        ``column``, ``kind``, ``value``, ``message``), ``warnings``, ``counts`` by kind, and
        ``reason`` when the file was not checked
    :rtype: dictionary
    """
    tk.check_access("scdl_validate", context, data_dict)
    schema = tk.get_or_bust(data_dict, "schema")
    upload, url = data_dict.get("upload"), str(data_dict.get("url") or "")
    sheet = data_dict.get("sheet")
    if isinstance(upload, FileStorage):
        report = checks.check_stream(upload.stream, str(schema), sheet)
    elif url:
        report = checks.check_address(url, str(schema), sheet)
    else:
        raise tk.ValidationError({"url": [tk._("Give the address of a file, or the file itself.")]})
    return report.as_json(tk._)


@tk.side_effect_free
def scdl_schema_list(context: Context, data_dict: DataDict) -> list[Answer]:
    """The schemas that files can be checked by.

    :returns: ``name``, ``title``, ``description``, ``kind``, ``current`` version, ``versions``
        and ``url`` of each
    :rtype: list of dictionaries
    """
    tk.check_access("scdl_schema_list", context, data_dict)
    return [
        {
            "name": schema.name,
            "title": schema.title,
            "description": schema.description,
            "kind": schema.kind,
            "current": schema.current,
            "versions": list(schema.versions),
            "url": schema.address,
        }
        for schema in Registry.standard()
    ]


@tk.side_effect_free
def scdl_report_show(context: Context, data_dict: DataDict) -> Answer:
    """The last report of a resource.

    :param id: the resource's
    :type id: string

    :returns: as `scdl_validate`, with ``schema`` and ``checked`` (a moment in UTC)
    :rtype: dictionary
    """
    tk.check_access("scdl_report_show", context, data_dict)
    found = state.report_of(tk.get_or_bust(data_dict, "id"))
    if found is None:
        raise tk.ObjectNotFound(tk._("This resource has not been checked by a schema."))
    return {
        **reports.document(found["body"]),
        "schema": found["schema"],
        "checked": found["checked"].isoformat(),
    }


@tk.side_effect_free
def scdl_file_show(context: Context, data_dict: DataDict) -> Answer:
    """Where the file of a resource stands: its table, or why it has none.

    :param id: the resource's
    :type id: string

    :returns: ``state`` (none, waiting, loading, loaded, refused or failed), ``reason`` (a
        sentence), ``notes`` (sentences), ``rows``, ``version``, ``choices`` (sheet, header,
        encoding, separator, and which of them were ``chosen`` by a person), ``comparison`` with
        the version before (of what waits with the one on line, when ``state`` is failed),
        ``updated``
    :rtype: dictionary
    """
    tk.check_access("scdl_file_show", context, data_dict)
    found = state.file_of(tk.get_or_bust(data_dict, "id"))
    if found is None:
        return {"state": "none"}
    return {
        "state": found["state"],
        "reason": words.said(found["reason"], tk._) if found["reason"] else "",
        "notes": [words.said(note, tk._) for note in found["notes"]],
        "rows": found["rows"],
        "version": found["version"],
        "choices": found["choices"],
        "refresh": found["refresh"],
        "comparison": found["comparison"],
        "updated": found["updated"].isoformat(),
    }


def scdl_file_load(context: Context, data_dict: DataDict) -> Answer:
    """Make the table of a resource again, by a background job.

    :param id: the resource's
    :type id: string
    :param sheet: the sheet to read (optional)
    :type sheet: string
    :param header: the number of the row of headers, from 1; 0 for none (optional)
    :type header: int
    :param encoding: how letters are written, ``cp1252`` for example (optional)
    :type encoding: string
    :param separator: what separates cells (optional)
    :type separator: string
    :param refresh: when the address of a link is asked again: ``never``, ``hourly``, ``daily``,
        ``weekly`` or ``monthly`` (optional)
    :type refresh: string
    :param accept_changes: put on line what the address of a link gives, even if it takes columns
        or most of the rows away (optional)
    :type accept_changes: bool

    :returns: as `scdl_file_show`
    :rtype: dictionary
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_file_load", context, data_dict)
    tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})
    keys = ("sheet", "header", "encoding", "separator")
    choices = {key: data_dict[key] for key in keys if data_dict.get(key) not in (None, "")}
    values: dict[str, Any] = {"state": "waiting"}
    if choices:
        values["choices"] = Choices.by_person(choices).as_dict()
    if data_dict.get("refresh") is not None:
        if data_dict["refresh"] not in following.PERIODS:
            raise tk.ValidationError({"refresh": [", ".join(following.PERIODS)]})
        values["refresh"] = data_dict["refresh"]
    state.put_file(resource_id, **values)
    model.Session.commit()
    accepted = tk.asbool(data_dict.get("accept_changes") or False)
    following.enqueue_resource(resource_id, again=True, accepted=accepted)
    return scdl_file_show(context, {"id": resource_id})


def scdl_replacement_compare(context: Context, data_dict: DataDict) -> Answer:
    """What a file would change in the table of a resource, if it took its place: nothing is kept.

    :param id: the resource's
    :type id: string
    :param upload: the file
    :type upload: FileStorage
    :param url: the address of the file, instead of the file itself
    :type url: string

    :returns: ``waits`` (whether the file would wait for somebody's decision) and ``comparison``:
        ``added``, ``lost``, ``renamed`` and ``changed`` columns, ``rows_before``, ``rows_after``
        and ``shrunk``; null where the resource has no table
    :rtype: dictionary
    """
    resource_id, url = tk.get_or_bust(data_dict, "id"), str(data_dict.get("url") or "")
    tk.check_access("scdl_replacement_compare", context, data_dict)
    resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})
    package = tk.get_action("package_show")(
        tk.fresh_context(context), {"id": resource["package_id"]}
    )
    upload = data_dict.get("upload")
    if not isinstance(upload, FileStorage) and not url:
        raise tk.ValidationError({"url": [tk._("Give the address of a file, or the file itself.")]})
    try:
        if isinstance(upload, FileStorage):
            change = replacing.compared_stream(upload.stream, resource, package)
        else:
            change = replacing.compared_address(url, resource, package)
    except FileRefused as refused:
        raise tk.ValidationError({"upload": [refused.sentence(tk._)]}) from refused
    except OutboundError as error:
        said = UnreadableFile(error.sentence, **error.params).sentence(tk._)
        raise tk.ValidationError({"url": [said]}) from error
    if change is None:
        return {"waits": False, "comparison": None}
    return {
        "waits": change.takes_away and policies.asks(package),
        "comparison": change.as_dict() | {"shrunk": change.shrunk},
    }


@tk.side_effect_free
def scdl_dictionary_show(context: Context, data_dict: DataDict) -> Answer:
    """The data dictionary of a resource's table, as a Table Schema.

    :param id: the resource's
    :type id: string

    :rtype: dictionary
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_dictionary_show", context, data_dict)
    resource = tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})
    entries = loading.dictionary(resource_id)
    if not entries:
        raise tk.ObjectNotFound(tk._("This resource has no table."))
    return to_table_schema(entries, title=resource.get("name") or "", name=resource_id)


def scdl_dictionary_update(context: Context, data_dict: DataDict) -> Answer:
    """Give the columns of a table the labels, descriptions and units of a Table Schema.

    Columns that the table does not have are left out; types don't change.

    :param id: the resource's
    :type id: string
    :param fields: as in a Table Schema: ``name``, ``title``, ``description``, ``unit``
    :type fields: list of dictionaries

    :returns: as `scdl_dictionary_show`
    :rtype: dictionary
    """
    resource_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_dictionary_update", context, data_dict)
    entries = loading.dictionary(resource_id)
    if not entries:
        raise tk.ObjectNotFound(tk._("This resource has no table."))
    fields = to_store(described(entries, from_table_schema(data_dict)))
    tk.get_action("datastore_create")(
        loading.context(), {"resource_id": resource_id, "fields": fields, "force": True}
    )
    return scdl_dictionary_show(context, {"id": resource_id})


@tk.side_effect_free
def scdl_version_list(context: Context, data_dict: DataDict) -> list[Answer]:
    """The versions of a resource's file that are kept, the newest first.

    :param id: the resource's
    :type id: string

    :returns: ``number``, ``name``, ``original`` (the file as it was deposited, when another was
        published), ``size``, ``rows``, ``repairs``, ``author`` and ``created`` of each
    :rtype: list of dictionaries
    """
    tk.check_access("scdl_version_list", context, data_dict)
    keys = ("number", "name", "original", "size", "rows", "repairs", "author")
    return [
        {**{key: one[key] for key in keys}, "created": one["created"].isoformat()}
        for one in state.versions_of(tk.get_or_bust(data_dict, "id"))
    ]


def scdl_version_restore(context: Context, data_dict: DataDict) -> Answer:
    """Publish a former version of a resource's file again; it becomes its newest version.

    :param id: the resource's
    :type id: string
    :param number: the version's
    :type number: int
    :param comment: why (optional); it stays in the history
    :type comment: string

    Its metadata, file and rows change together, as those of a deposit that is published. Where
    somebody else must agree, it waits in the queue as a deposit.

    :returns: the resource; as `scdl_submission_show` while it waits for others, or while a worker
        puts back more than 50,000 rows
    :rtype: dictionary
    """
    resource_id, number = tk.get_or_bust(data_dict, ["id", "number"])
    tk.check_access("scdl_version_restore", context, data_dict)
    why = str(data_dict.get("comment") or "").strip()
    row = restoring.restore(str(context.get("user") or ""), resource_id, _whole(number), why)
    if row["state"] != State.PUBLISHED:
        return tk.get_action("scdl_submission_show")(tk.fresh_context(context), {"id": row["id"]})
    return tk.get_action("resource_show")(tk.fresh_context(context), {"id": resource_id})


def _whole(number: Any) -> int:
    try:
        return int(number)
    except (TypeError, ValueError):
        raise tk.ValidationError({"number": [tk._("Invalid integer")]}) from None
