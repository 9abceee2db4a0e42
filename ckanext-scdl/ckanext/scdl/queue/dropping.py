"""A file that a program brings: matched to its dataset, deposited, handed over in one go."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import yaml
from ckan.types import Context, DataDict
from werkzeug.datastructures import FileStorage

from ckanext.scdl import config
from ckanext.scdl.errors import N_, ScdlError
from ckanext.scdl.publishing import state
from ckanext.scdl.queue.rules import Rule, RulesRefused, match, read

Answer = dict[str, Any]
NO_RULES = N_("No rules are declared: say the resource, or set ckanext.scdl.drop_rules.")


def rules() -> tuple[Rule, ...]:
    """Those of the file that the configuration names. Raises RulesRefused."""
    path = config.drop_rules()
    if not path:
        raise RulesRefused(NO_RULES)
    try:
        return read(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise RulesRefused(
            N_("The rules of the drop can’t be read: {reason}"), reason=error
        ) from error


def scdl_deposit_drop(context: Context, data_dict: DataDict) -> Answer:
    """Deposit a file and hand it over at once, or publish it where the caller may.

    :param upload: the file
    :type upload: FileStorage
    :param resource_id: the resource whose file it replaces; without it and ``owner_org``, the
        rules of ``ckanext.scdl.drop_rules`` tell by the name of the file
    :type resource_id: string
    :param owner_org: the organisation, for a new dataset
    :type owner_org: string
    :param schema: the schema it follows, "" for none (optional, default: that of the file it
        replaces)
    :type schema: string
    :param title: of a new dataset (optional, default: the file's name)
    :type title: string
    :param note: for those who validate (optional)
    :type note: string
    :param repairs: ``accept`` or ``refuse`` what the portal proposes (optional, default: refuse)
    :type repairs: string
    :param publish: publish at once, for callers who may (optional, default: False)
    :type publish: bool

    :returns: as ``scdl_submission_show``; a file that needs an answer stays in the caller's
        hands: ``state`` is ``draft`` and ``address`` is where to answer
    :rtype: dictionary
    """
    tk.check_access("scdl_deposit_drop", context, data_dict)
    upload = data_dict.get("upload")
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    said = _target(upload.filename, data_dict)
    made = tk.get_action("scdl_deposit_create")(
        tk.fresh_context(context),
        {"upload": upload, **{k: said[k] for k in ("resource_id", "owner_org", "schema")}},
    )
    if "repairs" in made and not made["asked"]:
        keys = [one["key"] for one in made["repairs"]] if said["repairs"] else []
        made = tk.get_action("scdl_deposit_update")(
            tk.fresh_context(context), {"id": made["id"], "repairs": keys}
        )
    if not made["ready"]:
        address = tk.h.url_for("scdl_deposits.edit", id=made["id"], qualified=True)
        return {**made, "state": "draft", "address": address}
    wanted = {
        "id": made["id"],
        "note": str(data_dict.get("note") or ""),
        "title": str(data_dict.get("title") or made["name"].rpartition(".")[0] or made["name"]),
    }
    publish = tk.asbool(data_dict.get("publish") or False)
    action = "scdl_deposit_publish" if publish else "scdl_deposit_submit"
    tk.get_action(action)(tk.fresh_context(context), wanted)
    return tk.get_action("scdl_submission_show")(tk.fresh_context(context), {"id": made["id"]})


def _target(name: str, data_dict: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("resource_id", "owner_org", "schema")
    said: dict[str, Any] = {key: str(data_dict.get(key) or "") for key in keys}
    said["repairs"] = data_dict.get("repairs") == "accept"
    if said["resource_id"] or said["owner_org"]:
        if "schema" not in data_dict:
            said["schema"] = _followed(said["resource_id"])
        return said
    try:
        rule = match(Path(name.replace("\\", "/")).name, rules())
    except ScdlError as error:
        raise tk.ValidationError({"upload": [error.sentence(tk._)]}) from error
    return {
        "resource_id": rule.resource,
        "owner_org": rule.organization,
        "schema": said["schema"] or rule.schema or _followed(rule.resource),
        "repairs": said["repairs"] or rule.repairs,
    }


def _followed(resource_id: str) -> str:
    """The schema of the file on line: what a program brings by night is judged as that one was."""
    known = state.file_of(resource_id) if resource_id else None
    return known["schema"] if known else ""
