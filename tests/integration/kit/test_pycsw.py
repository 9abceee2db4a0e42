"""pycsw serving the demonstration's records, asked as a harvester does."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import etree

from portal_kit.demo import catalogue
from portal_kit.services import pycsw
from tests.pycsw_servers import running

GMD = "{http://www.isotc211.org/2005/gmd}"
CSW = "{http://www.opengis.net/cat/csw/2.0.2}"
PAGE = """<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
    xmlns:ogc="http://www.opengis.net/ogc" xmlns:gmd="http://www.isotc211.org/2005/gmd"
    xmlns:gml="http://www.opengis.net/gml"
    service="CSW" version="2.0.2" resultType="results"
    outputSchema="http://www.isotc211.org/2005/gmd"
    startPosition="{start}" maxRecords="100">
  <csw:Query typeNames="gmd:MD_Metadata">
    <csw:ElementSetName>full</csw:ElementSetName>{constraint}
    <ogc:SortBy><ogc:SortProperty>
      <ogc:PropertyName>apiso:Identifier</ogc:PropertyName><ogc:SortOrder>ASC</ogc:SortOrder>
    </ogc:SortProperty></ogc:SortBy>
  </csw:Query>
</csw:GetRecords>"""
CONSTRAINT = (
    """<csw:Constraint version="1.1.0"><ogc:Filter>{filter}</ogc:Filter></csw:Constraint>"""
)
COUNT = 300


@pytest.fixture(scope="module")
def service(pycsw_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server that holds 300 records."""

    def fill(database: Path, config: Path) -> None:
        assert pycsw.load(catalogue.replicate(catalogue.records(), COUNT), database) == COUNT

    with running(pycsw_environment, tmp_path_factory.mktemp("pycsw"), fill) as url:
        yield url


def ask(service: str, start: int = 1, constraint: str = "") -> etree._Element:
    """The csw:SearchResults of one page."""
    body = PAGE.format(start=start, constraint=constraint)
    answer = httpx.post(
        service, content=body, headers={"Content-Type": "application/xml"}, trust_env=False
    )
    assert answer.status_code == 200
    results = etree.fromstring(answer.content).find(f"{CSW}SearchResults")
    assert results is not None, answer.text
    return results


def identifiers(results: etree._Element) -> list[str]:
    return [record.findtext(f"{GMD}fileIdentifier/*") for record in results]


def content_of(record: etree._Element) -> list[tuple[str, str, dict[str, str]]]:
    """The record without its prefixes and its indentation."""
    return [(str(item.tag), (item.text or "").strip(), dict(item.attrib)) for item in record.iter()]


def test_three_pages_of_full_records_hold_the_whole_catalogue(service: str):
    pages = [ask(service, start) for start in (1, 101, 201)]
    assert [len(page) for page in pages] == [100, 100, 100]
    assert {page.get("numberOfRecordsMatched") for page in pages} == {str(COUNT)}
    assert [page.get("nextRecord") for page in pages] == ["101", "201", "0"]
    found = [identifier for page in pages for identifier in identifiers(page)]
    assert len(set(found)) == COUNT


def test_a_record_is_served_as_it_was_written(service: str):
    """Flaws included: what a harvester receives is what the catalogue's owner wrote."""
    served = {
        record.findtext(f"{GMD}fileIdentifier/*"): content_of(record)
        for start in (1, 101, 201)
        for record in ask(service, start)
    }
    for written in catalogue.records():
        root = etree.fromstring(written)
        assert served[root.findtext(f"{GMD}fileIdentifier/*")] == content_of(root)


def test_past_the_end_there_is_nothing(service: str):
    results = ask(service, 301)
    assert len(results) == 0
    assert results.get("numberOfRecordsMatched") == str(COUNT)


def test_words_and_boxes_can_be_asked_for(service: str):
    words = CONSTRAINT.format(
        filter="<ogc:PropertyIsLike wildCard='%' singleChar='_' escapeChar='\\'>"
        "<ogc:PropertyName>apiso:Title</ogc:PropertyName>"
        "<ogc:Literal>%Chauvigny%</ogc:Literal></ogc:PropertyIsLike>"
    )
    assert len(ask(service, constraint=words)) >= 2
    box = CONSTRAINT.format(
        filter="<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
        "<gml:Envelope><gml:lowerCorner>40 10</gml:lowerCorner>"
        "<gml:upperCorner>41 11</gml:upperCorner></gml:Envelope></ogc:BBOX>"
    )
    assert len(ask(service, constraint=box)) == 0


def test_the_query_string_cannot_name_another_configuration(service: str):
    """pycsw's own entry would open the file that a client names."""
    answer = httpx.get(
        service,
        params={"service": "CSW", "request": "GetCapabilities", "config": "/nowhere/at/all.cfg"},
        trust_env=False,
    )
    assert "Capabilities" in answer.text
    assert "Could not load configuration" not in answer.text


def test_writing_is_refused(service: str):
    body = (
        '<csw:Transaction xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"'
        ' service="CSW" version="2.0.2"/>'
    )
    answer = httpx.post(service, content=body, trust_env=False)
    assert "ExceptionReport" in answer.text
