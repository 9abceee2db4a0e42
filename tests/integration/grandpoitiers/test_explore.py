"""The explorer on real tables: its answers against plain Python's, its rights, its cost."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from ckan import model
from ckan.tests import factories, helpers
from ckanext.datastore.backend.postgres import get_read_engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.grandpoitiers.explore import rows
from ckanext.grandpoitiers.explore.errors import TooSlow
from ckanext.grandpoitiers.explore.query import Filter, Group, Measure, Order, Query
from portal_kit.columns import folded

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index")
PARIS = ZoneInfo("Europe/Paris")
HOSTILE = "l'année 100 %(s)s a__b:c"
FIELDS = [
    {"id": "nom", "type": "text", "info": {"label": "Nom du lieu"}},
    {"id": "places", "type": "int", "info": {"unit": "places"}},
    {"id": "prix", "type": "numeric"},
    {"id": "jour", "type": "date"},
    {"id": "ouvert", "type": "bool"},
    {"id": "latitude", "type": "numeric"},
    {"id": "longitude", "type": "numeric"},
    {"id": HOSTILE, "type": "text"},
]
WORDS = ("Gare", "Gare Centrale", "100 %", "été", "ETE", "a_b", "", None, "=1+1", "l'île")
RECORDS: list[dict[str, Any]] = [
    {
        "nom": WORDS[rank % len(WORDS)],
        "places": None if rank % 7 == 0 else (rank * 37) % 90 - 10,
        "prix": None if rank % 11 == 0 else round(rank * 1.37 % 9, 2),
        "jour": f"{2024 + rank % 3}-{rank % 12 + 1:02}-{rank % 27 + 1:02}" if rank % 13 else None,
        "ouvert": (True, False, None)[rank % 3],
        "latitude": 46.5 + rank / 1000,
        "longitude": 0.3 + rank / 1000,
        HOSTILE: f"v{rank % 4}",
    }
    for rank in range(60)
]  # fmt: skip


def table(records: list[dict[str, Any]] = RECORDS, **dataset: Any) -> dict[str, Any]:
    organisation = factories.Organization()
    made = factories.Dataset(owner_org=organisation["id"], name=dataset.pop("name", "lieux"),
                             title="Lieux", **dataset)  # fmt: skip
    site = helpers.call_action("get_site_user")
    found = helpers.call_action(
        "datastore_create",
        {"user": site["name"]},
        resource={"package_id": made["id"], "name": "Lieux", "format": "CSV"},
        fields=FIELDS,
        records=records,
    )
    return {"id": found["resource_id"], "dataset": made}


def address(made: dict[str, Any], end: str = "", **parameters: Any) -> str:
    base = f"/dataset/{made['dataset']['name']}/resource/{made['id']}/explore{end}"
    return f"{base}?{urlencode(parameters, doseq=True)}" if parameters else base


def known(record: dict[str, Any], one: Filter) -> bool:
    """Whether plain Python keeps the record."""
    value = record[one.column]
    if one.operator in ("isnull", "isnotnull"):
        return (value is None or value == "") == (one.operator == "isnull")
    if value is None:
        return one.operator == "differs"
    start: Any = one.text
    end = start
    if one.column == "jour":
        end = start + "~"
    elif one.column in ("places", "prix"):
        start = end = float(one.text)
    elif isinstance(value, bool):
        value = str(value).lower()
    inside = value == start if start == end else start <= value < end
    return {
        "exact": lambda: inside,
        "differs": lambda: not inside,
        "contains": lambda: folded(one.text) in folded(value),
        "in": lambda: value in one.texts,
        "greater": lambda: value >= start,
        "less": lambda: value <= end,
        "strictly_greater": lambda: value > end,
        "strictly_less": lambda: value < start,
    }[one.operator]()


def grouped(records: list[dict[str, Any]], group: Group) -> dict[Any, tuple[Any, ...]]:
    """`{value: (rows, sum of places, mean of prix, first day)}` by plain Python."""
    cut = {"year": 4, "month": 7, "day": 10, "": None}[group.unit]
    parts: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        value = record[group.column]
        parts[value[:cut] if value is not None and cut else value].append(record)

    def of(part: list[dict[str, Any]], name: str) -> list[Any]:
        return [record[name] for record in part if record[name] is not None]

    return {
        key: (
            len(part),
            sum(of(part, "places")) if of(part, "places") else None,
            sum(of(part, "prix")) / len(of(part, "prix")) if of(part, "prix") else None,
            min(of(part, "jour"), default=None),
        )
        for key, part in parts.items()
    }


def filters() -> st.SearchStrategy[Filter]:
    numbers = st.sampled_from(["-3", "0", "4.5", "27", "1e2"])
    compared = st.sampled_from(["exact", "greater", "less", "strictly_greater", "strictly_less"])
    texts = st.sampled_from([*(word for word in WORDS if word), "gare", "%", "_", "\\", "é"])
    lists = st.lists(texts, min_size=1, max_size=3).map("|".join)
    days = st.sampled_from(["2024", "2025-03", "2026-01-09", "2025"])
    empty = st.sampled_from(["isnull", "isnotnull"])
    return st.one_of(
        st.builds(Filter, st.sampled_from(["places", "prix"]), compared, numbers),
        st.builds(Filter, st.just("jour"), compared, days),
        st.builds(Filter, st.just("nom"), st.sampled_from(["contains", "exact", "differs"]), texts),
        st.builds(Filter, st.just("nom"), st.just("in"), lists),
        st.builds(Filter, st.just(HOSTILE), st.just("exact"), st.sampled_from(["v1", "v9"])),
        st.builds(Filter, st.just("ouvert"), st.just("exact"), st.sampled_from(["true", "false"])),
        st.builds(Filter, st.sampled_from(["nom", "prix", "jour", "ouvert"]), empty),
    )


class TestAnswers:
    def test_are_those_of_plain_python(self) -> None:
        """Filters, orders, groups and measures, on generated questions."""
        made = table()

        @settings(max_examples=60, suppress_health_check=list(HealthCheck))
        @given(
            st.lists(filters(), max_size=3),
            st.builds(Group, st.sampled_from(["nom", "ouvert", HOSTILE]))
            | st.builds(Group, st.just("jour"), st.sampled_from(["year", "month", "day"])),
            st.booleans(),
        )
        def same(asked: list[Filter], group: Group, descending: bool) -> None:
            kept = [one for one in RECORDS if all(known(one, each) for each in asked)]
            with rows.reading() as connection:
                found = rows.table_of(connection, made["id"])
                query = Query(filters=tuple(asked), orders=(Order("places", descending),), size=500)
                total, lines = rows.page(connection, found, query, PARIS)
                assert total == len(lines) == len(kept)
                places = [one["places"] for one in kept]
                ordered = sorted((n for n in places if n is not None), reverse=descending)
                ordered += [None] * places.count(None)
                assert [line[1] for line in lines] == ordered

                measures = (Measure(), Measure("sum", "places"), Measure("mean", "prix"),
                            Measure("min", "jour"))  # fmt: skip
                query = Query(filters=tuple(asked), groups=(group,), measures=measures)
                total, lines = rows.page(connection, found, query, PARIS)
            expected = grouped(kept, group)
            assert total == len(expected)
            for value, number, places, prix, first in lines:
                assert expected[value][0] == number
                assert expected[value][1] == places
                assert (prix is None) == (expected[value][2] is None)
                assert prix is None or float(prix) == pytest.approx(expected[value][2])
                assert expected[value][3] == (first and str(first))

        same()

    def test_pages_cut_the_whole_without_a_gap(self, app: Any) -> None:
        made = table()
        whole = json.loads(app.get(address(made, "/rows.json", sort="ouvert:asc")).body)
        seen: list[str] = []
        for page in (1, 2, 3):
            body = app.get(address(made, sort="ouvert:asc", size=20, page=page)).body
            lines = BeautifulSoup(body, "html.parser").select("tbody tr")
            seen += [line.select("td")[5].get_text(strip=True) for line in lines]
        assert len(seen) == len(set(seen)) == len(whole) == 60


class TestFiles:
    def test_every_format_has_the_rows_of_the_view(self, app: Any) -> None:
        made = table()
        asked = {"nom__contains": "gare", "sort": "places:desc"}
        text = app.get(address(made, "/rows.csv", bom=1, **asked)).body
        lines = list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))
        assert text.startswith("\ufeff")
        assert {line["nom"] for line in lines} == {"Gare", "Gare Centrale"}
        found = app.get(address(made, "/rows.json", **asked))
        assert [row["places"] for row in json.loads(found.body)] == [
            int(line["places"]) if line["places"] else None for line in lines
        ]
        assert 'filename="lieux-Lieux.json"' in found.headers["Content-Disposition"]
        features = json.loads(app.get(address(made, "/rows.geojson", **asked)).body)["features"]
        assert [one["geometry"]["type"] for one in features] == ["Point"] * len(lines)
        answer = app.get(address(made, "/rows.xlsx", limit=3, **asked))
        page = openpyxl.load_workbook(BytesIO(answer.data)).active
        assert page is not None
        assert [page.max_row, page["A1"].value] == [4, "nom"]

    def test_a_view_in_groups_is_exported_in_groups(self, app: Any) -> None:
        made = table()
        found = app.get(address(made, "/rows.json", group="jour:year", measure="sum:places"))
        lines = json.loads(found.body)
        assert [line["jour:year"] for line in lines] == ["2024", "2025", "2026", None]

    def test_rows_come_by_a_cursor(self, app: Any) -> None:
        """Memory does not depend on their number: the database is asked for parts."""
        made = table()
        asked: list[str] = []
        engine = get_read_engine()
        listen: tuple[Any, str, Callable[..., None]] = (
            engine,
            "before_cursor_execute",
            lambda _c, cursor, *_: asked.append(str(getattr(cursor, "name", None))),
        )
        sa.event.listen(*listen)
        try:
            app.get(address(made, "/rows.csv"))
        finally:
            sa.event.remove(*listen)
        assert any(name != "None" for name in asked)


class TestRights:
    @pytest.fixture
    def private(self) -> dict[str, Any]:
        return table(private=True)

    def test_a_private_table_is_not_there_for_a_visitor(
        self, app: Any, private: dict[str, Any]
    ) -> None:
        for end in ("", "/embed", "/rows.csv", "/rows.json", "/rows.xlsx", "/rows.geojson"):
            answer = app.get(address(private, end), status=404)
            assert "Gare" not in answer.body

    def test_a_private_table_of_another_dataset_neither(
        self, app: Any, private: dict[str, Any]
    ) -> None:
        """The address of a public dataset opens no other's table."""
        public = factories.Dataset(owner_org=factories.Organization()["id"])
        for end in ("", "/rows.csv"):
            app.get(address({**private, "dataset": public}, end), status=404)

    def test_its_keepers_explore_it_but_nobody_frames_it(
        self, app: Any, private: dict[str, Any]
    ) -> None:
        headers = {"Authorization": factories.SysadminWithToken()["token"]}
        assert "Gare" in app.get(address(private), headers=headers).body
        assert "Gare" in app.get(address(private, "/rows.csv"), headers=headers).body
        app.get(address(private, "/embed"), headers=headers, status=404)

    def test_only_the_frame_may_be_framed(self, app: Any) -> None:
        made = table()
        framed = app.get(address(made, "/embed", group="nom"))
        assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
        assert "<form" not in framed.body
        assert "layers.js" not in framed.body
        drawn = BeautifulSoup(app.get(address(made, "/embed", view="map")).body, "html.parser")
        assert drawn.select_one("section [data-module=portal-layers]")
        assert any("layers.js" in str(one.get("src")) for one in drawn.select("script"))
        whole = app.get(address(made, group="nom"))
        assert "frame-ancestors *" not in whole.headers["Content-Security-Policy"]


class TestBadQuestions:
    def test_are_a_sentence_with_a_status(self, app: Any) -> None:
        made = table()
        for asked in (
            {"places__exact": "NaN"}, {"size": "999999"}, {"group": "x"},
            {"sort": "nom); DROP TABLE x"}, {"nom__contains": "a" * 5000}, {"page": "-1"},
        ):  # fmt: skip
            assert app.get(address(made, **asked), status=400).status_code == 400
            answer = app.get(address(made, "/rows.json", **asked), status=400)
            assert json.loads(answer.body)["message"]

    def test_words_of_sql_are_words(self, app: Any) -> None:
        made = table()
        for word in ("' OR 1=1 --", '"; DROP TABLE x; --', "%s", "%(a)s", "\\", "${a}", "{{7*7}}"):
            found = app.get(address(made, "/rows.json", nom__exact=word, q=word))
            assert json.loads(found.body) == []
            assert app.get(address(made, **{f"{HOSTILE}__contains": word})).status_code == 200

    def test_what_people_wrote_runs_nowhere(self, app: Any) -> None:
        made = table([{"nom": "<script>alert(1)</script>", HOSTILE: 'javascript:alert("a")'}])
        body = app.get(address(made, group="nom", q="<script>")).body
        assert "<script>alert" not in body
        assert 'href="javascript:' not in app.get(address(made)).body

    def test_a_question_that_is_too_long_to_answer_is_stopped(self) -> None:
        with pytest.raises(TooSlow), rows.reading(seconds=1) as connection:
            connection.execute(sa.text("SELECT pg_sleep(5)"))


class TestPage:
    def test_a_form_left_empty_leads_to_the_shortest_address(self, app: Any) -> None:
        made = table()
        asked = {"q": "", "nom__contains": "gare", "places__greater": "", "group": ["", ""],
                 "measure": ["count", ""]}  # fmt: skip
        answer = app.get(address(made, **asked), follow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("/explore?nom__contains=gare")

    def test_days_are_months_whose_figures_lead_to_their_rows(self, app: Any) -> None:
        made = table()
        page = BeautifulSoup(app.get(address(made)).body, "html.parser")
        [tab] = [a for a in page.select(".explore-tabs a") if "Calendrier" in a.get_text()]
        page = BeautifulSoup(app.get(str(tab["href"])).body, "html.parser")
        figures = page.select(".explore-calendar td a")
        assert figures
        for one in figures:
            rows_page = BeautifulSoup(app.get(str(one["href"])).body, "html.parser")
            assert len(rows_page.select(".explore-table tbody tr")) == int(one.get_text())
        assert page.select_one(".explore-table") is not None

    def test_a_line_of_a_group_leads_to_its_rows(self, app: Any) -> None:
        made = table()
        page = BeautifulSoup(app.get(address(made, group="jour:year")).body, "html.parser")
        for line in page.select("tbody tr"):
            cells = line.select("td")
            rows_page = app.get(line.select_one("a")["href"]).body  # type: ignore[index]
            said = BeautifulSoup(rows_page, "html.parser").select_one("#explore-result")
            assert said is not None
            assert said.get_text(strip=True).split()[0] == cells[1].get_text(strip=True)

    @pytest.fixture
    def asked(self) -> Iterator[list[str]]:
        """The statements that both databases are asked."""
        found: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            found.append(statement)

        engines = (get_read_engine(), model.meta.engine)
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", note)
        yield found
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)

    def test_its_cost_does_not_depend_on_the_question(self, app: Any, asked: list[str]) -> None:
        made = table()
        questions: list[dict[str, Any]] = [
            {},
            {"nom__contains": "a", "places__greater": 1, "jour__less": 2026, "sort": "nom:desc"},
            {"group": ["nom", "jour:month"], "measure": ["count", "sum:places"], "view": "line"},
        ]
        app.get(address(made))
        numbers: set[int] = set()
        for question in questions:
            asked.clear()
            app.get(address(made, **question))
            numbers.add(len(asked))
        assert len(numbers) == 1
        # The time limit, the columns, the number, the rows, the choices.
        assert sum("explore" in one or made["id"] in one for one in asked) <= 5
