"""What a run tells, what waits on disk, and the settings of a source."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.grandpoitiers.catalogue import report
from ckanext.grandpoitiers.catalogue.getrecords import PAGE_SIZE
from ckanext.grandpoitiers.catalogue.plan import Outcome
from ckanext.grandpoitiers.catalogue.problems import MESSAGES, Kind, Problem
from ckanext.grandpoitiers.catalogue.report import Line, Remark
from ckanext.grandpoitiers.catalogue.source_config import (
    DEFAULTS,
    ConfigError,
    dump_config,
    read_config,
)
from ckanext.grandpoitiers.catalogue.spool import Spool

LINE = Line("a", Outcome.CREATED, "nom", (Remark.of(Problem.of("notes", Kind.NO_ABSTRACT)),))


class TestReport:
    def test_the_document_is_the_contract_s(self) -> None:
        """`./portal harvest --json` is read by programs."""
        records = [report.record(LINE, {"title": "t"}, str)]
        assert report.document(records, {"created": 1, "unchanged": 2}, complete=True) == {
            "records": [
                {
                    "guid": "a",
                    "outcome": "created",
                    "problems": [{"field": "notes", "message": MESSAGES[Kind.NO_ABSTRACT]}],
                    "dataset": {"title": "t"},
                }
            ],
            "counts": {"created": 1, "unchanged": 2},
            "complete": True,
        }

    def test_a_stored_line_is_read_back(self) -> None:
        """Through JSON, as the table of runs keeps it."""
        assert Line.read(json.loads(json.dumps(LINE.stored))) == LINE

    def test_only_what_is_remarkable_is_kept(self) -> None:
        """A catalogue of 100,000 unchanged records has a short report."""
        assert not Line("a", Outcome.UNCHANGED).is_worth_keeping
        assert LINE.is_worth_keeping

    def test_sentences_are_translated_without_a_request(self) -> None:
        """Jobs have none."""
        sentence = MESSAGES[Kind.NO_TITLE]
        assert report.translator("fr")(sentence) != sentence
        assert report.translator("en")(sentence) == sentence


class TestSpool:
    @given(st.dictionaries(st.text(), st.text()), st.binary())
    def test_what_is_put_is_found(self, dataset: dict[str, str], xml: bytes) -> None:
        """Whatever it holds, and whatever else is there."""
        import zlib

        with Spool() as spool:
            spool.put(("a", "1"), {"title": "autre"}, (), b"<autre/>")
            spool.put(("a", "2"), dataset, LINE.remarks, xml)
            found = spool.get(("a", "2"))
        assert found.dataset == dataset
        assert found.remarks == LINE.remarks
        assert zlib.decompress(found.xml) == xml


class TestSourceConfig:
    @pytest.mark.parametrize("text", [None, "", "  ", "{}"])
    def test_blank_gives_the_defaults(self, text: str | None) -> None:
        """Most sources need no setting."""
        assert read_config(text) == DEFAULTS
        assert DEFAULTS.query.page_size == PAGE_SIZE

    def test_settings_are_read_and_written_back(self) -> None:
        """Only what differs from the defaults is kept."""
        text = (
            '{"filters": {"bbox": [0.0, 46.0, 1.0, 47.0], "iso_types": ["series"]}, "max_count": 2}'
        )
        assert json.loads(dump_config(read_config(text))) == json.loads(text)
        assert dump_config(DEFAULTS) == "{}"

    @pytest.mark.parametrize(
        "content",
        [
            "[]",
            "{",
            '{"nope": 1}',
            '{"page_size": 0}',
            '{"page_size": true}',
            '{"page_size": 5000}',
            '{"max_share": 1.5}',
            '{"max_count": -1}',
            '{"archive_after_days": "7"}',
            '{"cql": 3}',
            '{"auth": "Host"}',
            '{"auth": "X-Key: 1\\r\\nHost"}',
            '{"filters": []}',
            '{"filters": {"bbox": [1, 2, 3]}}',
            '{"filters": {"iso_types": ["map"]}}',
            '{"filters": {"nope": []}}',
        ],
    )
    def test_a_mistake_is_one_sentence(self, content: str) -> None:
        """Shown on the form."""
        with pytest.raises(ConfigError) as mistake:
            read_config(content)
        assert str(mistake.value).endswith(".")

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
    def test_nothing_else_than_our_error_comes_out(self, value: Any) -> None:
        """Whatever is typed."""
        for key in ("page_size", "filters", "auth", "max_share", "note", "verified"):
            try:
                read_config(json.dumps({key: value}))
            except ConfigError:
                continue
