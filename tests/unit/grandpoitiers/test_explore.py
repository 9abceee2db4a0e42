"""Questions about a table: read from an address and back, drawn, written as files."""

import csv
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from ckanext.grandpoitiers.explore import chart, exports, words
from ckanext.grandpoitiers.explore.errors import QuestionError
from ckanext.grandpoitiers.explore.query import MOST, OPERATORS, Query, read, write
from ckanext.grandpoitiers.explore.sql import Statements, names
from ckanext.grandpoitiers.explore.table import Column, Table, columns_of, place_of
from ckanext.grandpoitiers.explore.values import interval, number
from portal_kit.columns import Type, type_of

PARIS = ZoneInfo("Europe/Paris")
HOSTILE = "a\"b'; DROP TABLE x--%(p)s %% __ : |é"
TABLE = Table(
    "0474d543",
    columns_of(
        [
            ("_id", "integer", None),
            ("_full_text", "tsvector", None),
            ("nom", "text", '{"_info": {"label": "Nom"}}'),
            ("places", "integer", None),
            ("prix", "numeric(10,2)", None),
            ("jour", "date", "not JSON"),
            ("heure", "timestamp with time zone", "[]"),
            ("vue", "timestamp without time zone", None),
            ("ouvert", "boolean", None),
            ("plus", "json", None),
            ("latitude", "double precision", None),
            ("longitude", "double precision", None),
            (HOSTILE, "text", None),
        ],
        type_of,
    ),
)


def asked(address: str) -> Query:
    return read(parse_qsl(address, keep_blank_values=True), TABLE)


def text_of(query: Query) -> tuple[str, dict[str, Any]]:
    compiled = Statements(TABLE, query, PARIS).page().compile(dialect=postgresql.dialect())
    return str(compiled), dict(compiled.params)


# -- reading


def test_an_empty_form_asks_for_the_table() -> None:
    assert asked("q=&nom__contains=&group=&group=&measure=count&sort=&page=") == Query()


def test_ckans_own_columns_are_not_there() -> None:
    for address in ("_id__exact=1", "sort=_full_text:asc", "group=_id"):
        with pytest.raises(QuestionError):
            asked(address)


@pytest.mark.parametrize(
    "address",
    [
        *("inconnue__exact=1", "group=inconnue", "sort=inconnue", "measure=sum:inconnue&group=nom"),
        *("places__contains=1", "plus__exact=1", "group=plus", "sort=plus", "nom__greater=a"),
        *(f"places__exact={n}" for n in ("NaN", "Infinity", "1e999", "0x1", "1_0", "9" * 60)),
        *("prix__less=douze", "ouvert__exact=oui"),
        *("jour__exact=2026-02-30", "jour__exact=0000", "jour__exact=9999", "heure__exact=demain"),
        *("page=0", "page=-1", "page=1.5", "page=99999999999", "size=501", "limit=0", "view=pie"),
        *("measure=sum:nom&group=nom", "measure=count:nom&group=nom", "measure=sleep:places"),
        *("nom__exact=%00", "nom__contains=" + "a" * 600, "nom__in=" + "|".join("ab" * 60)),
        *("&".join(f"places__differs={n}" for n in range(40)), "group=nom&group=jour&group=ouvert"),
        "&".join(f"sort={name}" for name in ("nom", "places", "prix", "jour", "heure")),
    ],
)  # fmt: skip
def test_what_the_table_cannot_answer_is_a_sentence(address: str) -> None:
    with pytest.raises(QuestionError) as refused:
        asked(address)
    assert len(str(refused.value)) < 300


def test_a_filter_of_a_megabyte_is_refused_before_it_is_read() -> None:
    with pytest.raises(QuestionError):
        read([("nom__contains", "a" * 1_000_000)], TABLE)
    with pytest.raises(QuestionError):
        read([("a" * 1_000_000 + "__contains", "a")], TABLE)


def test_other_parameters_are_let_through() -> None:
    assert asked("utm_source=lettre&nom=a&__contains=1&fbclid=x__y") == Query()  # fmt: skip


def test_a_form_keeps_its_sort_when_it_begins_to_group() -> None:
    assert asked("group=nom&sort=places:desc").orders == ()
    assert asked("sort=count:desc").orders == ()
    assert asked("group=nom&sort=count:desc").orders[0].descending


def conditions() -> st.SearchStrategy[tuple[str, str]]:
    texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
    values = {
        Type.TEXT: texts,
        Type.INTEGER: st.integers(-(10**20), 10**20).map(str),
        Type.NUMBER: st.decimals(-1000, 1000, places=3).map(str),
        Type.DATE: st.dates(date(1800, 1, 1), date(2200, 1, 1)).map(str),
        Type.TIME: st.sampled_from(["2026", "2026-03", "2026-03-29T02:30", "2026-03-29T02:30:00Z"]),
        Type.NAIVE: st.sampled_from(["2026-02", "2026-02-28", "2026-02-28 10:00"]),
        Type.BOOLEAN: st.sampled_from(["true", "false", "1", "0"]),
        Type.JSON: st.just("1"),
    }

    def one(column: Column) -> st.SearchStrategy[tuple[str, str]]:
        operators = st.sampled_from(OPERATORS[column.type])
        return st.tuples(operators.map(lambda o: f"{column.name}__{o}"), values[column.type])

    return st.sampled_from(list(TABLE.columns.values())).flatmap(one)


@settings(max_examples=80)
@given(st.lists(conditions(), max_size=5), st.sampled_from(["", "nom", "jour:month", "heure:year"]))
def test_a_view_has_one_address_that_gives_it_back(
    filters: list[tuple[str, str]], group: str
) -> None:
    pairs = [*filters, ("group", group), ("q", "été 50 %"), ("page", "2"), ("measure", "sum:prix")]
    try:
        query = read(pairs, TABLE)
    except QuestionError:
        return  # a list without values
    address = urlencode(write(query))
    assert asked(address) == query
    assert write(asked(address)) == write(query)


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_no_word_of_a_request_is_in_the_text_of_a_statement(value: str) -> None:
    plain, _ = text_of(asked("nom__exact=a&q=b&nom__in=c"))
    pairs = [("nom__exact", value[:90]), ("q", "x"), ("nom__in", "c")]
    if value[:90].strip():
        statement, bound = text_of(read(pairs, TABLE))
        assert statement == plain
        assert value[:90].strip() in bound.values()


def test_a_column_is_quoted_whatever_its_name() -> None:
    statement, _ = text_of(read([("group", HOSTILE), (f"{HOSTILE}__contains", "x")], TABLE))
    assert '"a""b\'; DROP TABLE x--%%(p)s %%%% __ : |é"' in statement


# -- values


def test_a_day_a_month_and_a_year_are_all_that_lies_in_them() -> None:
    assert interval("2026", Type.DATE) == (date(2026, 1, 1), date(2027, 1, 1))
    assert interval("2026-12", Type.DATE) == (date(2026, 12, 1), date(2027, 1, 1))
    assert interval("2026-02-28", Type.NAIVE) == (datetime(2026, 2, 28), datetime(2026, 3, 1))  # noqa: DTZ001
    start, end = interval("2026-03-29", Type.TIME, PARIS)
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    # The day the clocks change has 23 hours.
    assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == 23 * 3600


def test_numbers_are_read_as_french_people_write_them() -> None:
    assert number("1\u202f234,5") == number("1234.5") == Decimal("1234.5")


# -- places


def test_a_row_is_where_its_columns_say() -> None:
    assert place_of(TABLE.places, {"latitude": 46.5, "longitude": 0.3}) == {
        "type": "Point",
        "coordinates": [0.3, 46.5],
    }
    for latitude, longitude in ((None, 1), (0, 0), (6_600_000, 500_000), (float("nan"), 1)):
        assert place_of(TABLE.places, {"latitude": latitude, "longitude": longitude}) is None


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("coordonneesXY", "[0.34, 46.58]", [0.34, 46.58]),
        ("geo_point_2d", "46.58, 0.34", [0.34, 46.58]),
        ("geometry", '{"type": "LineString", "coordinates": [[0, 1], [1, 2]]}', [[0, 1], [1, 2]]),
        ("geometry", '{"type": "Point", "coordinates": [1e999, 1]}', None),
        ("geometry", '{"type": "Point"}', None),
        ("geometry", "[" * 100_000, None),
        ("geometry", '{"type": "<script>", "coordinates": [0, 1]}', None),
    ],
)
def test_a_geometry_is_read_or_left_out(name: str, value: str, found: Any) -> None:
    table = Table("x", {name: Column(name, Type.TEXT)})
    place = place_of(table.places, {name: value})
    assert (place["coordinates"] if place else None) == found


# -- files

LINE: list[Any] = [
    "=1+1", 12, Decimal("0.10"), date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    datetime(2026, 1, 2, 3, 4), True, '{"a": [1]}', 46.5, float("nan"), "-12,5",  # noqa: DTZ001
]  # fmt: skip
SHEET = exports.Sheet(names(Query(), TABLE), TABLE)


def test_csv_keeps_every_digit_and_disarms_formulas() -> None:
    text = "".join(exports.in_csv(SHEET, [LINE, [None] * len(LINE)], mark=True))
    assert text.startswith("\ufeffnom,")
    rows = list(csv.reader(StringIO(text)))
    assert rows[1] == [
        *("'=1+1", "12", "0.10", "2026-01-02", "2026-01-02T03:04:00Z", "2026-01-02T03:04:00"),
        *("True", '{"a": [1]}', "46.5", "", "-12,5"),
    ]
    assert rows[2] == [""] * len(LINE)


def test_json_and_geojson_are_json_whatever_the_rows() -> None:
    (row,) = json.loads("".join(exports.in_json(SHEET, [LINE])))
    assert row["plus"] == {"a": [1]}
    assert (row["longitude"], row["prix"], row["nom"]) == (None, 0.1, "=1+1")
    found = json.loads("".join(exports.in_geojson(SHEET, [LINE, [*LINE[:8], 46.5, 0.3, "x"]])))
    assert [one["geometry"] and one["geometry"]["coordinates"] for one in found["features"]] == [
        None,
        [0.3, 46.5],
    ]
    assert json.loads("".join(exports.in_json(SHEET, []))) == []


def test_a_workbook_holds_values_and_no_formula() -> None:
    target = BytesIO()
    exports.in_xlsx(SHEET, [LINE, [10**18, *LINE[1:]]], target)
    page = openpyxl.load_workbook(target).active
    assert page is not None
    cells = [cell.value for cell in page[2]]
    assert cells[:3] == ["=1+1", 12, 0.1]
    assert page["A2"].data_type == "s"
    assert page["A3"].value == "1000000000000000000"
    assert page["D2"].value == datetime(2026, 1, 2)  # noqa: DTZ001


# -- charts


def test_a_year_has_no_thousands_grouped_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = columns_of([("annee", "integer", None), ("places", "integer", None)], type_of)
    table = Table("0474d543", columns)
    grouped = read([("group", "annee"), ("measure", "sum:places")], table)

    def figure(value: Any, _zone: ZoneInfo) -> str:
        return f"{value:,}"

    monkeypatch.setattr(words, "shown", figure)
    for query in (Query(), grouped):
        assert words.line_shown((2023, 2023), query, table, PARIS) == ["2023", "2,023"]


def test_bars_start_where_zero_is() -> None:
    drawn = chart.bars([("a", 30), ("b", -10), ("c", None), ("d", float("nan"))], 1)
    assert [(bar.start, bar.length) for bar in drawn.bars] == [(25, 75), (0, 25)]
    assert drawn.left_out == 2


def test_a_curve_has_a_gap_where_nothing_is_known() -> None:
    drawn = chart.curves([("2024", 5), ("2025", None), ("2026", 10)], 1)
    assert [len(piece) for piece in drawn.series[0].pieces] == [1, 1]
    assert drawn.series[0].pieces[1][0].x == 100
    assert [tick.label for tick in drawn.ticks] == [0, 5, 10]


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"),
            st.sampled_from("vwxyz123"),
            st.one_of(st.none(), st.integers(), st.floats(), st.decimals(allow_nan=False)),
        ),
        max_size=30,
    )
)
def test_nothing_is_drawn_outside(rows: list[tuple[Any, ...]]) -> None:
    for bar in chart.bars(rows, 2).bars:
        assert 0 <= bar.start <= bar.start + bar.length <= 100.001
    drawn = chart.curves(rows, 2)
    assert len(drawn.series) <= chart.MOST_SERIES
    assert len(drawn.ticks) < 12
    for series in drawn.series:
        for point in (one for piece in series.pieces for one in piece):
            assert -0.001 <= point.x <= 100.001
            assert -0.001 <= point.y <= 100.001


def test_the_limits_are_those_documented() -> None:
    assert MOST == {
        "filters": 30, "signs": 500, "values": 100, "groups": 2, "measures": 4, "sorts": 4,
    }  # fmt: skip
