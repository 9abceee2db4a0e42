"""Two things CKAN does once per dataset, done once per batch: index requests and signals.

`collected_documents` gathers the documents that CKAN would send to Solr one by one, to be sent
in a single request. `deferred_signals` holds back the signals that announce a successful action
until the batch is committed and indexed, as they would be after a single action. What they make
others read again (the activity stream keeps a copy of each dataset) is found in the documents
just sent, not asked of Solr once more.

All of it applies to the current thread only: other requests of the process are not concerned.
"""

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import ckan.lib.search.index as search_index
import ckan.plugins.toolkit as tk
from ckan import logic, model
from ckan.lib import search
from ckan.types import Context

_here = threading.local()
_connect = search_index.make_connection
_show = search.show


class _Collector:
    """What `make_connection` gives meanwhile: it keeps what it is told to add."""

    def __init__(self) -> None:
        self.documents: list[dict[str, Any]] = []

    def add(self, docs: Sequence[dict[str, Any]], commit: bool = False) -> None:
        self.documents.extend(docs)

    def delete(self, **query: Any) -> None:
        """A dataset that is in CKAN's bin is taken out of the index, at once."""
        _connect().delete(**query)


def _make_connection(*args: Any, **kwargs: Any) -> Any:
    return getattr(_here, "collector", None) or _connect(*args, **kwargs)


def _show_recent(reference: str) -> dict[str, Any]:
    recent: dict[str, dict[str, Any]] = getattr(_here, "recent", {})
    return recent.get(reference) or _show(reference)


# CKAN 2.12 has no other way to build a document without sending it (PackageSearchIndex
# .index_package does both), so the connection it opens is replaced, for this thread alone.
search_index.make_connection = _make_connection
# `package_show` takes a dataset from its document when that is up to date, which it checks.
search.show = _show_recent


@contextmanager
def collected_documents() -> Generator[list[dict[str, Any]]]:
    """The documents that are indexed within the block, unsent."""
    collector = _Collector()
    _here.collector = collector
    try:
        yield collector.documents
    finally:
        _here.collector = None


def index_datasets(package_ids: Sequence[str], context: Context) -> list[dict[str, Any]]:
    """Send the datasets, as the database has them now, in one request to Solr; the documents.

    Raises ckan.lib.search.SearchIndexError when Solr refuses or does not answer.
    """
    with collected_documents() as documents:
        for package_id in package_ids:
            logic.index_update_package(Context(context), package_id, defer_commit=True)
    if documents:
        send_documents(documents)
    return documents


def send_documents(documents: Sequence[dict[str, Any]]) -> None:
    """One request, committed as the option `ckan.search.solr_commit` says."""
    try:
        _connect().add(docs=documents, commit=bool(tk.config["ckan.search.solr_commit"]))
    except (search_index.pysolr.SolrError, OSError) as error:
        # CKAN's own wording is kept out: it may quote the address with its password.
        raise search_index.SearchIndexError(type(error).__name__) from error


def unindex(package_ids: Sequence[str]) -> None:
    """Take datasets that no longer exist out of the index.

    Raises ckan.lib.search.SearchIndexError.
    """
    for package_id in package_ids:
        logic.index_remove_package(package_id)


class HeldSignals:
    """The signals held back so far, in order."""

    def __init__(self, send: Callable[..., Any]) -> None:
        self._send = send
        self._held: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def hold(self, *args: Any, **kwargs: Any) -> None:
        """Keep one for later."""
        self._held.append((args, kwargs))

    def __len__(self) -> int:
        return len(self._held)

    def forget_since(self, mark: int) -> None:
        """Drop those of an action that was rolled back; `mark` is the length before it."""
        del self._held[mark:]

    def release(self, documents: Sequence[dict[str, Any]]) -> None:
        """Send them all; `documents` are those just indexed."""
        held, self._held = self._held, []
        _here.recent = {document["id"]: document for document in documents}
        try:
            for args, kwargs in held:
                self._send(*args, **kwargs)
        finally:
            _here.recent = {}


@contextmanager
def deferred_signals() -> Generator[HeldSignals]:
    """Hold back `action_succeeded` within the block."""
    signal: Any = tk.signals.action_succeeded
    here = threading.get_ident()
    send = signal.send
    held = HeldSignals(send)

    def hold(*args: Any, **kwargs: Any) -> Any:
        return (
            held.hold(*args, **kwargs) if threading.get_ident() == here else send(*args, **kwargs)
        )

    signal.send = hold
    try:
        yield held
    finally:
        signal.send = send


def close_savepoint() -> None:
    """Release what `package_update` leaves open when its commit is deferred (CKAN 2.12)."""
    nested = model.Session().get_nested_transaction()
    if nested is not None:
        nested.commit()
