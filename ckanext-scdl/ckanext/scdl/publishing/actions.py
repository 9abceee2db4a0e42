"""What a référent does with a file before it leaves their hands: deposit it, answer about it."""

import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.types import Context, DataDict
from werkzeug.datastructures import FileStorage

from ckanext.scdl import config
from ckanext.scdl.addressed import adopted
from ckanext.scdl.errors import ScdlError
from ckanext.scdl.files.dictionary import from_table_schema
from ckanext.scdl.files.reading import Choices
from ckanext.scdl.publishing import library, sources, state
from ckanext.scdl.publishing.describing import described
from ckanext.scdl.publishing.examining import examine
from ckanext.scdl.queue import letters, store
from ckanext.scdl.queue.submitting import NO_ROOM, check_not_harvested, check_takes_files, give_up

Answer = dict[str, Any]


def scdl_deposit_create(context: Context, data_dict: DataDict) -> Answer:
    """Deposit a file: nothing of it is published yet.

    :param upload: the file
    :type upload: FileStorage
    :param owner_org: the organisation that will publish it
    :type owner_org: string
    :param schema: name of the schema it follows, with its version or not, or the address of one
        (optional); those that are not here are fetched and become schemas of the portal
    :type schema: string
    :param resource_id: the resource whose file it replaces (optional)
    :type resource_id: string

    :returns: as `scdl_deposit_show`
    :rtype: dictionary
    """
    tk.check_access("scdl_deposit_create", context, data_dict)
    upload = data_dict.get("upload")
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise tk.ValidationError({"upload": [tk._("Choose a file.")]})
    deposit_id = str(uuid.uuid4())
    target = library.deposit_folder(deposit_id) / "original"
    try:
        size = library.save(upload.stream, target, config.largest_file())
    except OverflowError as error:
        refused = sources.too_large(config.largest_file() + 1)
        raise tk.ValidationError({"upload": [refused.sentence(tk._)]}) from error
    except OSError as error:
        library.forget_deposit(deposit_id)
        raise tk.ValidationError({"upload": [tk._(NO_ROOM)]}) from error
    state.put_deposit(
        deposit_id,
        user_id=_user_id(context),
        owner_org=_organisation(context, data_dict),
        schema=_schema(str(data_dict.get("schema") or "")),
        resource_id=str(data_dict.get("resource_id") or ""),
        name=Path(upload.filename.replace("\\", "/")).name[:200],
        size=size,
    )
    model.Session.commit()
    return scdl_deposit_show(context, {"id": deposit_id})


def _user_id(context: Context) -> str:
    user = model.User.get(context.get("user") or "")
    if user is None:
        raise tk.NotAuthorized
    return user.id


def _organisation(context: Context, data_dict: DataDict) -> str:
    if data_dict.get("resource_id"):
        resource = tk.get_action("resource_show")(
            tk.fresh_context(context), {"id": data_dict["resource_id"]}
        )
        package = tk.get_action("package_show")(
            tk.fresh_context(context), {"id": resource["package_id"]}
        )
        try:
            check_takes_files(resource)
            check_not_harvested(package)
        except ScdlError as error:
            raise tk.ValidationError({"resource_id": [error.sentence(tk._)]}) from error
        return package["owner_org"]
    wanted = {"id": data_dict["owner_org"]}
    return tk.get_action("organization_show")(tk.fresh_context(context), wanted)["id"]


def _schema(wanted: str) -> str:
    if not wanted:
        return ""
    try:
        return adopted(wanted, tk.config).name
    except ScdlError as error:
        raise tk.ValidationError({"schema": [error.sentence(tk._)]}) from error


@tk.side_effect_free
def scdl_deposit_show(context: Context, data_dict: DataDict) -> Answer:
    """A file being deposited: how it is understood, what is proposed, what it would be judged.

    :param id: the deposit's
    :type id: string

    :returns: ``id``, ``name``, ``schema``, then either ``question`` (the sheets to choose from),
        ``refused`` (a sentence), or ``reading``, ``columns``, ``repairs``, ``remarks``,
        ``preview`` and ``report``; ``ready`` tells whether it can be published
    :rtype: dictionary
    """
    tk.check_access("scdl_deposit_show", context, data_dict)
    deposit = state.deposit(tk.get_or_bust(data_dict, "id"))
    if deposit is None:
        raise tk.ObjectNotFound(tk._("The file of this deposit is no longer kept."))
    with TemporaryDirectory(prefix="scdl-") as workdir:
        return described(examine(deposit, Path(workdir)), tk._)


def scdl_deposit_update(context: Context, data_dict: DataDict) -> Answer:
    """Answer about a file being deposited; what is left out stays as it was.

    :param id: the deposit's
    :type id: string
    :param choices: ``sheet``, ``header``, ``encoding``, ``separator``
    :type choices: dictionary
    :param matching: ``{position of a column: field of the schema, or "" for none}``
    :type matching: dictionary
    :param repairs: keys of the repairs that are accepted, all the others being refused
    :type repairs: list of strings
    :param words: ``{column: {label, description, unit, type}}`` of a file without a schema
    :type words: dictionary
    :param dictionary: the same as a Table Schema, as `scdl_dictionary_show` gives it for another
        file
    :type dictionary: dictionary

    :returns: as `scdl_deposit_show`
    :rtype: dictionary
    """
    deposit_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_deposit_update", context, data_dict)
    values: dict[str, Any] = {}
    if "choices" in data_dict:
        # Another sheet or header is another table: what was said of the former is forgotten.
        choices = Choices.by_person(data_dict["choices"]).as_dict()
        values |= {"choices": choices, "matching": {}, "repairs": None, "words": {}}
    if "matching" in data_dict:
        said = {str(int(key)): str(field) for key, field in data_dict["matching"].items()}
        values |= {"matching": said, "repairs": None}
    if "repairs" in data_dict:
        values["repairs"] = [str(key) for key in data_dict["repairs"]]
    if "words" in data_dict:
        keys = ("label", "description", "unit", "type")
        values["words"] = {
            str(column): {key: str(one[key])[:2000] for key in keys if key in one}
            for column, one in data_dict["words"].items()
        }
    if "dictionary" in data_dict:
        values["words"] = _words_of(data_dict["dictionary"])
    state.put_deposit(deposit_id, **values)
    model.Session.commit()
    return scdl_deposit_show(context, {"id": deposit_id})


def _words_of(descriptor: Any) -> dict[str, dict[str, str]]:
    entries = from_table_schema(descriptor) if isinstance(descriptor, dict) else ()
    if not entries:
        sentence = tk._("This is no data dictionary: the JSON of a Table Schema is expected.")
        raise tk.ValidationError({"dictionary": [sentence]})
    keys = ("label", "description", "unit")
    return {
        one.id: {"type": one.type, **{key: getattr(one, key)[:2000] for key in keys}}
        for one in entries
    }


def scdl_deposit_delete(context: Context, data_dict: DataDict) -> None:
    """Give up a deposit, or refuse one that waits to be accepted: its file is erased.

    :param id: the deposit's
    :type id: string
    """
    deposit_id = tk.get_or_bust(data_dict, "id")
    tk.check_access("scdl_deposit_delete", context, data_dict)
    deposit = state.deposit(deposit_id)
    returned = store.get(deposit_id, lock=True)
    if returned is not None:
        give_up(returned, returned["user_id"])
    state.drop_deposit(deposit_id)
    model.Session.commit()
    library.forget_deposit(deposit_id)
    user = model.User.get(context.get("user") or "")
    if deposit is not None and user is not None and deposit["user_id"] != user.id:
        letters.erased(deposit)
