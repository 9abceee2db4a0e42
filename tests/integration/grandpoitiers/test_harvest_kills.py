"""`kill -9` at any instant of a run, then another run: the catalogue is the one that a run left
in peace gives, in the database and in the index, with its ids and addresses.

A run changes nothing that outlives it but by a commit of PostgreSQL or a request to Solr: killed
after each of them in turn, it has been killed in every state it can leave. The named instants
between them are there for who reads the report of the tests.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import unified_diff
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib.search.common import make_connection, pysolr
from ckanext.harvest.model import HarvestSource
from sqlalchemy import event

from ckanext.grandpoitiers.catalogue import harvest, harvest_objects, jobs, record_rows, store
from ckanext.grandpoitiers.catalogue.bulk import support as supports
from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.locking import is_running
from ckanext.grandpoitiers.catalogue.model import records
from ckanext.grandpoitiers.catalogue.spool import Spool
from portal_kit import demo
from tests.catalogues import Catalogue
from tests.killing import Killer, survives
from tests.misbehaving import Server
from tests.portals import wait_until

pytestmark = pytest.mark.usefixtures(
    "with_plugins", "clean_db", "clean_index", "with_request_context"
)

CONFIG = json.dumps(
    {"archive_after_days": 0, "delete_after_days": 30, "max_share": 1, "page_size": 4}
)
WRITES = re.compile(r"\s*(?:WITH .*)?(?:INSERT|UPDATE|DELETE)", re.IGNORECASE)
RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00(?::00)?)?")

CATALOGUE = {
    "datasets": "SELECT * FROM package WHERE type = 'dataset' ORDER BY name",
    "resources": "SELECT * FROM resource ORDER BY id",
    "views": "SELECT resource_id, view_type, title FROM resource_view ORDER BY 1, 2",
    "tags": "SELECT p.name AS dataset, t.name, l.state FROM package_tag l "
    "JOIN tag t ON t.id = l.tag_id JOIN package p ON p.id = l.package_id ORDER BY 1, 2",
    "members": "SELECT p.name AS dataset, g.name, m.capacity, m.state FROM member m "
    'JOIN package p ON p.id = m.table_id JOIN "group" g ON g.id = m.group_id ORDER BY 1, 2, 3',
    "records": "SELECT guid, p.name AS dataset, r.name, r.state, problems, vanished_at, "
    "indexed, xml FROM grandpoitiers_record r LEFT JOIN package p ON p.id = package_id "
    "ORDER BY guid",
    "objects": "SELECT guid, p.name AS dataset, current, h.state, report_status "
    "FROM harvest_object h LEFT JOIN package p ON p.id = package_id "
    "WHERE current ORDER BY 1, 2",
}
"""What a catalogue is made of; the rows of jobs and runs tell of what happened, not of it. Nor are
activities compared: CKAN's own actions (for what is not written in bulk) write them after their
commit, so that a kill between the two leaves one out of the history."""

LABELS = """
    SELECT id, 'dataset ' || name AS label FROM package
    UNION ALL SELECT id, 'user' FROM "user"
    UNION ALL SELECT id, 'group ' || name FROM "group"
    UNION ALL SELECT id, 'tag ' || name FROM tag
    UNION ALL SELECT id, 'object of ' || guid FROM harvest_object WHERE current
"""
"""What random ids are of."""

UNTITLED = (
    b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd" '
    b'xmlns:gco="http://www.isotc211.org/2005/gco"><gmd:fileIdentifier>'
    b"<gco:CharacterString>sans-titre</gco:CharacterString></gmd:fileIdentifier>"
    b"</gmd:MD_Metadata>"
)
_in_peace: dict[str, dict[str, Any]] = {}
"""The catalogue after a night without trouble, by the way datasets are written."""


@dataclass
class Night:
    """A catalogue and the source that reads it, from their eve to their morning."""

    catalogue: Catalogue
    source_id: str

    def fall(self) -> None:
        """Everything is about to happen.

        Of the eight records two are archived, one of which comes back, the other's time has come
        to be deleted; one has vanished since, one is changed, one has lost its title; two are new.
        """
        records_now = self.catalogue.records
        jobs.run_now(self.source_id)
        guids = sorted(records_now)
        back = records_now.pop(guids[0])
        del records_now[guids[1]]
        jobs.run_now(self.source_id)
        records_now[guids[0]] = back
        del records_now[guids[2]]
        records_now[guids[3]] = titled(records_now[guids[3]], "Pistes cyclables")
        records_now[guids[4]] = titled(records_now[guids[4]], " ")
        for record in demo.records()[8:10]:
            self.catalogue.put(record)
        self.catalogue.put(UNTITLED)
        long_ago = records.c.vanished_at - timedelta(days=40)
        model.Session.execute(
            sa.update(records).where(records.c.guid == guids[1]).values(vanished_at=long_ago)
        )
        model.Session.commit()


@pytest.fixture
def night(
    make_source: Callable[..., str],
    served: tuple[Catalogue, Server],
    reset_db: Callable[[], None],
    reset_index: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], Night]:
    """Begins a night, written in bulk or by CKAN's `actions`, in batches of two; the first time,
    what it leaves when nobody disturbs it is noted before."""
    monkeypatch.setattr(harvest, "BATCH", 2)
    catalogue, server = served
    eve = dict(catalogue.records)

    def begin(way: str) -> Night:
        if way == "actions":
            monkeypatch.setattr(supports, "CHECKED_VERSIONS", ())
        found = Night(catalogue, make_source(server.url + "/csw", config=CONFIG))
        found.fall()
        if way in _in_peace:
            return found
        jobs.run_now(found.source_id)
        jobs.run_now(found.source_id)
        _in_peace[way] = catalogue_of_the_portal()
        reset_db()
        reset_index()
        catalogue.records.clear()
        catalogue.records.update(eve)
        return begin(way)

    return begin


def titled(record: bytes, title: str) -> bytes:
    pattern = rb"(<gmd:title>\s*<gco:CharacterString[^>]*>)[^<]*"
    changed, times = re.subn(pattern, rb"\g<1>" + title.encode(), record, count=1)
    assert times == 1
    return changed


def catalogue_of_the_portal() -> dict[str, Any]:
    """Its rows and its documents, without times, each random id by the name of what it is of."""
    model.Session.remove()
    found = {
        name: [dict(row) for row in model.Session.execute(sa.text(query)).mappings()]
        for name, query in CATALOGUE.items()
    }
    found["documents"] = documents()
    labels = {row.id: row.label for row in model.Session.execute(sa.text(LABELS))}
    model.Session.remove()
    text = json.dumps(found, default=told, sort_keys=True)
    text = RANDOM.sub(lambda match: labels.get(match[0], match[0]), text)
    return json.loads(TIME.sub("(time)", text))


def told(value: object) -> str:
    return bytes(value).hex() if isinstance(value, memoryview) else str(value)


def documents() -> list[dict[str, Any]]:
    """Those of the datasets, by name, its texts of JSON read."""
    found = [
        dict(one)
        for one in make_connection(decode_dates=False).search("+dataset_type:dataset", rows=1000)
    ]
    for one in found:
        del one["_version_"], one["index_id"]
        for name in ("data_dict", "validated_data_dict"):
            one[name] = json.loads(one[name])
            # In the order of the tables, or in that of the record.
            one[name].get("extras", []).sort(key=lambda extra: extra["key"])
    return sorted(found, key=lambda one: one["name"])


def ids() -> dict[str, str]:
    """The datasets' ids by their addresses."""
    model.Session.remove()
    query = sa.select(model.Package.name, model.Package.id).where(model.Package.type == "dataset")
    return dict(model.Session.execute(query).tuples().all())


def run(source_id: str) -> None:
    """Again, once PostgreSQL has seen that the dead process is gone."""
    wait_until(lambda: not is_running(source_id), "the lock of a dead process is free")
    jobs.run_now(source_id)


def differences(expected: Any, found: Any) -> list[str]:
    """What differs between two catalogues, a line each."""
    before, after = (
        json.dumps(one, indent=1, ensure_ascii=False, sort_keys=True).splitlines()
        for one in (expected, found)
    )
    return list(unified_diff(before, after, "in peace", "killed", n=2, lineterm=""))


def check(night: Night, kill: Callable[[], None], way: str = "bulk") -> bool:
    """Whether the run was killed; whatever it was, the catalogue is as it should be after it and
    another."""
    before = ids()

    def work() -> None:
        kill()
        jobs.run_now(night.source_id)

    ended = survives(work)
    run(night.source_id)
    found, after = catalogue_of_the_portal(), ids()
    assert {name: id for name, id in after.items() if name in before} == {
        name: id for name, id in before.items() if name in after
    }
    different = differences(_in_peace[way], found)
    assert not different, "\n".join(different)
    return not ended


def after_write(rank: int) -> Callable[[], None]:
    """Dies once that many commits that write and updates of the index have been made."""

    def prepare() -> None:
        killer = Killer(rank)
        engine: Any = model.meta.engine
        dialect, solr = engine.dialect, pysolr.Solr
        commit, request = dialect.do_commit, solr._send_request  # noqa: SLF001
        written: set[int] = set()

        def note(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
            if WRITES.match(statement):
                written.add(1)

        def committed(connection: Any) -> None:
            commit(connection)
            if written:
                written.clear()
                killer()

        def sent(self: Any, method: str, path: str = "", *args: Any, **kwargs: Any) -> Any:
            answer = request(self, method, path, *args, **kwargs)
            if path.startswith("update"):
                killer()
            return answer

        dialect.do_commit = committed
        solr._send_request = sent  # noqa: SLF001
        event.listen(engine, "before_cursor_execute", note)

    return prepare


def at(place: Any, name: str, rank: int = 1, *, after: bool = False) -> Callable[[], None]:
    """Dies as the function is called, or once it has ended, for the `rank`-th time."""

    def prepare() -> None:
        killer = Killer(rank)
        function = getattr(place, name)
        setattr(place, name, killer.after(function) if after else killer.before(function))

    return prepare


INSTANTS = {
    "before anything is read": at(store.CkanStore, "repair"),
    "reading the first page": at(Crawl, "_page"),
    "reading the second page": at(Crawl, "_page", 2),
    "staging a record": at(Spool, "put", 2, after=True),
    "planning": at(harvest.Harvest, "plan", after=True),
    "a batch written and not committed": at(record_rows, "put", 2, after=True),
    "a batch committed and not indexed": at(store, "send_documents", 2),
    "a dataset half archived": at(harvest_objects, "remove", after=True),
    "closing the run": at(harvest, "counts", after=True),
    "pruning the history": at(harvest_objects, "prune", after=True),
}
MOST_WRITES = {"bulk": 24, "actions": 26}
"""How many times a run of that night writes for good, at most."""


@pytest.mark.parametrize("rank", range(1, MOST_WRITES["bulk"] + 1))
def test_killed_after_any_of_its_writes_in_bulk(night: Callable[[str], Night], rank: int) -> None:
    assert check(night("bulk"), after_write(rank)) or rank > MOST_WRITES["bulk"] - 4


@pytest.mark.parametrize("rank", range(2, MOST_WRITES["actions"] + 1, 3))
def test_killed_after_one_of_its_writes_by_actions(
    night: Callable[[str], Night], rank: int
) -> None:
    check(night("actions"), after_write(rank), "actions")


@pytest.mark.parametrize("instant", INSTANTS)
def test_killed_in_each_phase(night: Callable[[str], Night], instant: str) -> None:
    assert check(night("bulk"), INSTANTS[instant])


@pytest.mark.parametrize("way", MOST_WRITES)
def test_a_run_makes_no_more_writes_than_those_tried(
    night: Callable[[str], Night], way: str
) -> None:
    assert not check(night(way), after_write(MOST_WRITES[way] + 1), way)


def test_a_record_that_is_back_after_its_dataset_was_half_archived(
    source_id: str, catalogue: Catalogue, ckan_config: dict[str, Any]
) -> None:
    """CKAN takes a dataset out of the index before it commits: the next run puts it back."""
    jobs.run_now(source_id)
    set_config(source_id, CONFIG)
    guid = sorted(catalogue.records)[0]
    kept = catalogue.records.pop(guid)
    assert not survives(lambda: (at(model.repo, "commit")(), jobs.run_now(source_id)))
    assert len(documents()) == 7
    catalogue.records[guid] = kept
    run(source_id)
    assert len(documents()) == 8


def set_config(source_id: str, config: str) -> None:
    source: Any = model.Session.get(HarvestSource, source_id)
    source.config = config
    source.save()
