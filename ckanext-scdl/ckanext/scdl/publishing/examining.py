"""A deposited file as its depositor sees it: understood, matched, mended as accepted, judged."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.scdl.checking import check_file
from ckanext.scdl.dataset_type import dataset_type
from ckanext.scdl.files.comparison import Comparison, compare
from ckanext.scdl.files.detection import ColumnType, Detected, detect, fits, rewritten
from ckanext.scdl.files.dictionary import Entry, from_detected, from_schema
from ckanext.scdl.files.errors import FileRefused
from ckanext.scdl.files.figures import Disproportion, measured, out_of_proportion
from ckanext.scdl.files.kinds import WORKBOOKS
from ckanext.scdl.files.matching import Matching, match_columns
from ckanext.scdl.files.mended import Mended, mend
from ckanext.scdl.files.proposing import Proposal, menders, propose
from ckanext.scdl.files.reading import Choices, Reading, WhichSheet, read_file
from ckanext.scdl.files.repairs import Repair
from ckanext.scdl.files.survey import frames, survey
from ckanext.scdl.files.synonyms import thesaurus
from ckanext.scdl.files.words import fold
from ckanext.scdl.publishing import datastore, library, loading, schemas, state, waiting
from ckanext.scdl.publishing.differences import changed_rows
from ckanext.scdl.registry import Registry, Version
from ckanext.scdl.report import Report
from ckanext.scdl.schema import TableSchema
from ckanext.scdl.table import FIRST_ROW, Table
from ckanext.scdl.validation import validate

PREVIEW = 6
"""Rows shown of the file."""


@dataclass
class Examined:
    """What a deposit comes to, as far as it can be told without an answer.

    ``question`` asks which sheet, ``refused`` says why nothing more can be told; the rest is
    there otherwise.
    """

    deposit: dict[str, Any]
    version: Version | None = None
    schema: TableSchema | None = None
    question: WhichSheet | None = None
    refused: FileRefused | None = None
    reading: Reading | None = None
    matching: Matching | None = None
    proposal: Proposal | None = None
    accepted: tuple[Repair, ...] = ()
    mended: Mended | None = None
    report: Report | None = None
    detected: Detected | None = None
    entries: tuple[Entry, ...] = ()
    comparison: Comparison | None = None
    preview: tuple[tuple[int, tuple[str, ...]], ...] = ()
    own: Mapping[str, str] = field(default_factory=dict[str, str])
    as_sent: bool = False
    """Whether it came by CKAN's own ways, that publish a file as it is."""

    @property
    def asked(self) -> bool:
        """Whether the depositor has answered about the repairs."""
        return self.deposit["repairs"] is not None

    @property
    def changed(self) -> bool:
        """Whether what would be published is another file than the one deposited."""
        if self.reading is None or self.mended is None:
            return False
        if self.as_sent and not self.accepted:
            return self.mended.table.columns != self.reading.table.columns
        return bool(
            self.accepted
            or self.reading.kind in WORKBOOKS
            or self.reading.notes
            or self.reading.titles
            or self.mended.table.columns != self.reading.table.columns
        )


def original(deposit: Mapping[str, Any]) -> Path:
    """The file as it was deposited."""
    return library.deposit_folder(deposit["id"]) / "original"


def examine(deposit: dict[str, Any], workdir: Path) -> Examined:
    """Examine a deposit; ``workdir`` is an empty folder, kept while the result is used."""
    found = Examined(deposit, as_sent=waiting.is_kept(deposit["id"]))
    if deposit["schema"]:
        found.version = Registry.standard().find(deposit["schema"])
        found.schema = schemas.as_table(found.version)
    names = [one.name for one in found.schema.fields] if found.schema else []
    choices = Choices.from_dict(deposit["choices"])
    try:
        reading = read_file(original(deposit), workdir, choices=choices, known=names)
        if isinstance(reading, WhichSheet):
            found.question = reading
        else:
            _go_on(found, reading)
    except FileRefused as refused:
        found.refused = refused
        if found.version is not None and found.schema is None:
            # The files of some schemas are documents, that are judged all the same.
            found.report = check_file(original(deposit), found.version.descriptor, workdir)
    return found


def _go_on(found: Examined, reading: Reading) -> None:
    found.reading = reading
    found.preview = tuple(islice(reading.table.numbered(), PREVIEW))
    schema = found.schema or TableSchema(())
    shape = survey(reading.table)
    found.own = _own(found)
    found.matching = matching = _matching(found, reading.table, schema)
    found.proposal = proposal = propose(
        reading.table, matching, schema, shape, merged=reading.merged, own=found.own
    )
    keys = found.deposit["repairs"] or ()
    found.accepted = tuple(one for one in proposal.repairs if one.key in keys)
    found.mended = mend(
        reading.table,
        matching,
        schema,
        shape,
        found.accepted,
        menders(matching, schema, found.own),
        merged=reading.merged,
        own=found.own,
    )
    table = found.mended.table
    if found.schema is not None:
        renumbered = dataclasses.replace(table, first_row=FIRST_ROW)
        found.report = validate(renumbered, found.schema)
        found.entries = from_schema(found.schema, table.columns)
    else:
        found.detected = detect(table)
        found.entries = _worded(found, found.detected.columns)
    found.comparison = _compared(found, table)


def _compared(found: Examined, table: Table) -> Comparison | None:
    """What publishing would do to the table that is on line, if there is one."""
    resource_id = found.deposit["resource_id"]
    before = loading.dictionary(resource_id) if resource_id else ()
    if not before:
        return None
    detected = found.detected or detect(table)
    known = state.file_of(resource_id) or {}
    compared = compare(before, known.get("rows", 0), found.entries, detected.columns, detected.rows)
    rows_before = known.get("rows", 0)
    return dataclasses.replace(
        compared,
        out_of_proportion=_figures(resource_id, before, found.entries, detected, table),
        rows=changed_rows(resource_id, rows_before, before, found.entries, detected, table),
    )


def _figures(
    resource_id: str,
    before: Sequence[Entry],
    after: Sequence[Entry],
    detected: Detected,
    table: Table,
) -> tuple[Disproportion, ...]:
    """The columns of numbers, in both tables, that are out of proportion."""
    numbers = ("integer", "number")
    known = {one.id for one in before if one.type in numbers}
    names = {
        position: entry.id
        for position, (entry, column) in enumerate(zip(after, detected.columns, strict=True))
        if entry.id in known and column.type in numbers
    }
    if not names:
        return ()
    blocks = (rewritten(frame, detected.columns) for _, frame in frames(table))
    former = datastore.figures(resource_id, list(names.values()))
    return out_of_proportion(former, measured(blocks, names))


def _own(found: Examined) -> dict[str, str]:
    """What the organisation is known by, for the fields of the schema that ask for it."""
    if found.version is None:
        return {}
    known = facts_of(found.deposit["owner_org"])
    return dataset_type(found.version).defaults(known)


def facts_of(owner_org: str) -> dict[str, str]:
    """What is known of an organisation: its title as ``name``, ``siret``, ``insee``…"""
    shown = tk.get_action("organization_show")(
        {"ignore_auth": True},
        {"id": owner_org, "include_datasets": False, "include_extras": True},
    )
    extras = {one["key"].lower(): one["value"] for one in shown.get("extras", [])}
    return {"name": shown.get("title") or "", **extras}


def _matching(found: Examined, table: Table, schema: TableSchema) -> Matching:
    if found.version is None or not schema.fields:
        return Matching(table.columns, (), ())
    name = found.version.schema.name
    return match_columns(
        table,
        schema,
        name=name,
        thesaurus=thesaurus(),
        remembered=state.matching(found.deposit["owner_org"], name),
        chosen={int(key): value for key, value in found.deposit["matching"].items()},
    )


def _worded(found: Examined, columns: tuple[ColumnType, ...]) -> tuple[Entry, ...]:
    """The columns of a file without a schema, with the words that the depositor gave them, or that
    the table it replaces has.

    A dictionary made for another file serves too: names are compared without accents nor case, and
    a type that the cells do not have is left out.
    """
    words: Mapping[str, Any] = found.deposit["words"]
    said: dict[str, dict[str, Any]] = {fold(name): one for name, one in words.items()}
    resource_id = found.deposit["resource_id"]
    before = {entry.id: entry for entry in loading.dictionary(resource_id)} if resource_id else {}
    entries: list[Entry] = []
    for entry, column in zip(from_detected(columns), columns, strict=True):
        known = dict(said.get(fold(entry.id), {}))
        if not fits(column, str(known.get("type", column.type))):
            known.pop("type", None)
        former = before.get(entry.id, entry)
        kept = {key: getattr(former, key) for key in ("label", "description", "unit")}
        entries.append(dataclasses.replace(entry, **(kept | known)))
    return tuple(entries)
