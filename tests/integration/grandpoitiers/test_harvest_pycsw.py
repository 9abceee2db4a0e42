"""The harvest against pycsw itself: each filter, both ways of asking, and the records of OGC's CITE
tests that pycsw is certified with, which are Dublin Core and which it gives out in ISO."""

import configparser
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from ckanext.grandpoitiers.catalogue import jobs
from ckanext.grandpoitiers.catalogue.csw import Crawl
from ckanext.grandpoitiers.catalogue.dataset import MappingContext
from ckanext.grandpoitiers.catalogue.filtering import unwanted
from ckanext.grandpoitiers.catalogue.getrecords import CSW, DC, Query
from ckanext.grandpoitiers.catalogue.harvest import Harvest
from ckanext.grandpoitiers.catalogue.iso19139 import parse
from ckanext.grandpoitiers.catalogue.plan import PlanSettings
from ckanext.grandpoitiers.catalogue.record import Record
from ckanext.grandpoitiers.catalogue.result import Result
from ckanext.grandpoitiers.catalogue.sources import Filters
from ckanext.grandpoitiers.catalogue.storing import Past
from portal_kit import demo
from portal_kit.outbound import Guard, Limits, OutboundClient
from portal_kit.services import pycsw
from tests.pycsw_servers import behind, running

CHAUVIGNY = (0.6, 46.53, 0.7, 46.6)
"""A box that records of Chauvigny and of the whole territory meet, those of Poitiers do not."""


@pytest.fixture(scope="module")
def service(pycsw_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """pycsw with the records of the demonstration."""
    folder = tmp_path_factory.mktemp("pycsw-demo")
    with running(
        pycsw_environment, folder, lambda database, config: pycsw.load(demo.records(), database)
    ) as url:
        yield url


@pytest.fixture
def client() -> Iterator[OutboundClient]:
    with OutboundClient(Guard.allowing(["127.0.0.0/8"]), Limits(total=30)) as made:
        yield made


def preview(client: OutboundClient, url: str, query: Query) -> tuple[Result, dict[str, str]]:
    """What a harvest would do, and the outcome of each record that the server sent."""
    crawl = Crawl(client, url, query, sleep=lambda seconds: None)
    now = datetime(2025, 1, 1, tzinfo=UTC)
    harvest = Harvest(crawl, MappingContext(), query.filters, PlanSettings(), now)
    result, found = harvest.preview(Past())
    return result, {line.guid: str(line.outcome) for line, _ in found}


def created(found: dict[str, str]) -> set[str]:
    return {guid for guid, outcome in found.items() if outcome == "created"}


FILTERS = {
    "type": Filters(iso_types=("service", "series")),
    "box": Filters(bbox=CHAUVIGNY),
    "keyword": Filters(keywords=("PLU", "Réseaux de transport")),
    "all of them": Filters(bbox=CHAUVIGNY, keywords=("plu",), iso_types=("dataset", "series")),
}


@pytest.fixture(scope="module")
def records() -> dict[str, Record]:
    read = (parse(one) for one in demo.records())
    return {one.file_identifier: one for one in read}


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_understood_by_the_server(
    service: str, client: OutboundClient, records: dict[str, Record], method: str, name: str
) -> None:
    """It sends less than its whole catalogue, and every record that is wanted; but those whose box
    it can't read, or which have several: pycsw looks at the first."""
    filters = FILTERS[name]
    with behind(service, method) as server:
        result, found = preview(client, f"{server.url}/csw", Query(page_size=20, filters=filters))
    wanted = {guid for guid, record in records.items() if unwanted(record, filters) is None}
    assert (result.complete, result.notes) == (True, ())
    assert result.request.startswith(f"{method} ")
    assert result.matched is not None
    assert 0 < result.matched < len(records)
    assert created(found) <= wanted
    for guid in wanted - created(found):
        assert filters.bbox
        assert len(records[guid].boxes) > 1 or records[guid].problems
    assert len(created(found)) > len(wanted) * 0.8


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_administrator_s_own_condition_is_applied_by_the_server(
    service: str, client: OutboundClient, method: str
) -> None:
    with behind(service, method) as server:
        query = Query(cql="csw:AnyText like '%Lusignan%'")
        result, found = preview(client, f"{server.url}/csw", query)
    assert (result.complete, result.request.split()[0]) == (True, method)
    named = [one for one in demo.records() if b"Lusignan" in one]
    assert 0 < len(found) == len(named) == result.matched


def test_a_condition_that_the_server_can_not_read_is_told_in_its_own_words(
    service: str, client: OutboundClient
) -> None:
    result, found = preview(client, service, Query(cql="titre = "))
    assert (result.complete, found) == (False, {})
    assert "Invalid CQL" in str(result.stopped) or "CQL" in str(result.stopped)


# -- the CITE records


def cite(real_data: Path) -> dict[str, bytes]:
    """The twelve records by identifier, each in the fullest of pycsw's recorded answers."""
    found: dict[str, etree._Element] = {}
    for path in sorted((real_data / "csw/responses/pycsw").rglob("*.xml")):
        try:
            root = etree.parse(path).getroot()
        except etree.XMLSyntaxError:
            continue
        for record in root.iter(f"{{{CSW}}}Record"):
            guid = record.findtext(f"{{{DC}}}identifier") or ""
            if guid.startswith("urn:uuid:") and len(record) > len(found.get(guid, ())):
                found[guid] = record
    return {guid: etree.tostring(record) for guid, record in found.items()}


def load_by_pycsw(environment: Path, records: dict[str, bytes], config: Path) -> None:
    """By its own command, as its tests do: what it understands of them is its own doing."""
    folder = config.with_name("records")
    folder.mkdir()
    for guid, record in records.items():
        (folder / f"{guid.rpartition(':')[2]}.xml").write_bytes(record)
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(config, encoding="utf-8")
    settings["server"]["home"] = str(config.parent)
    own = config.with_name("admin.cfg")
    with own.open("w", encoding="utf-8") as file:
        settings.write(file)
    python, admin = environment / "bin" / "python", environment / "bin" / "pycsw-admin.py"
    for arguments in (["setup_db"], ["load_records", "-p", str(folder)]):
        command = [python, "-W", "ignore", admin, "-f", own, "-c", *arguments]
        subprocess.run(command, check=True, capture_output=True)


@pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "with_request_context")
def test_the_cite_records_are_harvested_or_refused_with_a_reason(
    pycsw_environment: Path,
    tmp_path: Path,
    real_data: Path,
    make_source: Callable[..., str],
) -> None:
    """Three have no title, six are texts and images: pycsw gives each out as an ISO record, and no
    portal should show those as datasets."""
    records = cite(real_data)
    assert len(records) == 12

    def fill(database: Path, config: Path) -> None:
        load_by_pycsw(pycsw_environment, records, config)

    with running(pycsw_environment, tmp_path, fill) as url:
        source = make_source(url)
        first, again = jobs.run_now(source), jobs.run_now(source)
    assert (first.outcome, again.outcome) == ("complete", "complete")
    assert first.result is not None
    assert dict(first.result.counts) == {"created": 3, "skipped": 6, "invalid": 3}
    assert again.result is not None
    assert dict(again.result.counts) == {"unchanged": 3, "skipped": 6, "invalid": 3}
    refused = [line for line in first.result.interesting if line.outcome != "created"]
    assert all(line.remarks and line.guid in records for line in refused)
    names = [line.name for line in first.result.interesting if line.outcome == "created"]
    titles = ("mauris-sed-neque", "nunc-elementum", "ut-facilisis-justo-ut-lacus")
    assert all(name.startswith(title) for name, title in zip(sorted(names), titles, strict=True))
