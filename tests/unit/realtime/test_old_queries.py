"""What applications ask at the old addresses: read to a value, or refused with a sentence."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.realtime.addresses import datafair, explore, search_v1
from ckanext.realtime.addresses.errors import BadRequest
from ckanext.realtime.addresses.lucene import parse_query_string
from ckanext.realtime.addresses.odsql import parse_order, parse_select, parse_where
from ckanext.realtime.addresses.query import (
    AllOf,
    AnyOf,
    Chosen,
    Compare,
    Expression,
    IsNull,
    Near,
    Not,
    OneOf,
    Order,
    Query,
    StartsWith,
    Words,
)
from ckanext.realtime.addresses.shapes import Columns, derived
from ckanext.realtime.addresses.sql import Statements, compiled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("places_restantes > 10", Compare("places_restantes", ">", 10)),
        ('nom = "GARE TOUMAI"', Compare("nom", "=", "GARE TOUMAI")),
        ("nom:'L''Hôtel'", Compare("nom", "=", "L'Hôtel")),
        (r'nom="a \"b\""', Compare("nom", "=", 'a "b"')),
        ("`nom complet` != 'x'", Compare("nom complet", "!=", "x")),
        ("n <> -1.5e3", Compare("n", "!=", -1500.0)),
        ("ouvert = true", Compare("ouvert", "=", True)),
        ("d >= date'2022-10-20'", Compare("d", ">=", "2022-10-20")),
        ('id IN ("1", "2", 3)', OneOf("id", ("1", "2", 3))),
        ("id not in (1)", Not(OneOf("id", (1,)))),
        ("nom is null", IsNull("nom")),
        ("nom IS NOT NULL", Not(IsNull("nom"))),
        ("nom like 'gare*'", Words(("gare*",), "nom")),
        ('"gare toumai"', Words(("gare", "toumai"))),
        ('search("gare")', Words(("gare",))),
        ('search(nom, "gare")', Words(("gare",), "nom")),
        ('search(*, "gare")', Words(("gare",))),
        ("startswith(nom, 'ga')", StartsWith("nom", "ga")),
        (
            "within_distance(geo_point_2d, geom'POINT(0.34 46.58)', 1.5km)",
            Near(46.58, 0.34, 1500, "geo_point_2d"),
        ),
        (
            "a = 1 or b = 2 and not (c = 3)",
            AnyOf((Compare("a", "=", 1), AllOf((Compare("b", "=", 2), Not(Compare("c", "=", 3)))))),
        ),
    ],
)
def test_where_is_read(text: str, expected: Expression) -> None:
    assert parse_where(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nom",
        "nom =",
        "nom = gare",
        "= 3",
        "nom = 'x",
        "nom = 'x' nom = 'y'",
        "(nom = 'x'",
        "sum(n) > 3",
        "n > 3; drop table x",
        "within_distance(geo, geom'POLYGON((0 0))', 1km)",
        "within_distance(geo, 'POINT(0 0)', 1km)",
        "search(nom, gare)",
        "id in ()",
        "id in (1, 2",
        "(" * 200 + "a = 1" + ")" * 200,
        " or ".join(["a = 1"] * 1000),
        "a = '" + "x" * 5000 + "'",
        "id in (" + ",".join(["1"] * 600) + ")",
        "\x00",
        "date > now(days=-1)",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_where(text)


def test_order_and_select() -> None:
    assert parse_order("nom, places desc, -capacite, d ASC") == (
        Order("nom"),
        Order("places", True),
        Order("capacite", True),
        Order("d"),
    )
    assert parse_select("nom, places as libres") == (
        Chosen("nom", "nom"),
        Chosen("places", "libres"),
    )
    assert parse_select("*") is None
    assert parse_select("*, nom") is None
    for wrong in ("count(*) as n", "nom as", "nom,", "1"):
        with pytest.raises(BadRequest):
            parse_select(wrong)
    with pytest.raises(BadRequest):
        parse_order("nom up")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("*", None),
        ("gare", Words(("gare",))),
        ("gare toumai", AllOf((Words(("gare",)), Words(("toumai",))))),
        ('"gare toumai"', Words(("gare", "toumai"))),
        ("nom:THEATRE", Compare("nom", "=", "THEATRE")),
        ('Nom:"HOTEL DE VILLE"', Compare("Nom", "=", "HOTEL DE VILLE")),
        ("nom:gare*", Words(("gare*",), "nom")),
        ("places:>10", Compare("places", ">", "10")),
        ("places>=10", Compare("places", ">=", "10")),
        (
            "places:[10 TO 20}",
            AllOf((Compare("places", ">=", "10"), Compare("places", "<", "20"))),
        ),
        ("places:[* TO -2]", AllOf((Compare("places", "<=", "-2"),))),
        ("id:(1 OR 2)", AnyOf((Compare("id", "=", "1"), Compare("id", "=", "2")))),
        ("NOT nom:x", Not(Compare("nom", "=", "x"))),
        ("-nom:x", Not(Compare("nom", "=", "x"))),
        ("_exists_:nom", Not(IsNull("nom"))),
        ("nom:*", Not(IsNull("nom"))),
        ("d>2022-10-20T11:30:23Z", Compare("d", ">", "2022-10-20T11:30:23Z")),
        (r"nom:a\:b", Compare("nom", "=", "a:b")),
        (
            "a:1 AND (b:2 || c:3)",
            AllOf(
                (
                    Compare("a", "=", "1"),
                    AnyOf((Compare("b", "=", "2"), Compare("c", "=", "3"))),
                )
            ),
        ),
    ],
)
def test_query_strings_are_read(text: str, expected: Expression | None) -> None:
    assert parse_query_string(text, "qs") == expected


@pytest.mark.parametrize(
    "text",
    ["nom:", "(a", "a)", "a AND", '"a', "places:[1 TO", "a:[1 2]", "NOT", "#null(a)" + "(" * 40],
)
def test_what_is_no_query_string_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_query_string(text, "qs")


@settings(max_examples=150)
@given(st.text(alphabet="ab:=<>!()[]{}\"'`*., \\-+0and or not in TO", max_size=30))
def test_no_text_breaks_a_parser(text: str) -> None:
    for parse in (parse_where, parse_order, parse_select, lambda t: parse_query_string(t, "q")):
        with suppress(BadRequest):
            parse(text)


# -- parameters


def test_the_search_of_v1() -> None:
    asked = search_v1.parse(
        [
            ("dataset", "parkings"),
            ("rows", "5"),
            ("start", "10"),
            ("q", "gare"),
            ("sort", "-places"),
            ("facet", "nom"),
            ("facet", "etat"),
            ("refine.nom", "GARE"),
            ("exclude.etat", "fermé"),
            ("geofilter.distance", "46.58,0.34,1000"),
            ("timezone", "Europe/Paris"),
            ("apikey", "secret"),
        ]
    )
    query = asked.query
    assert (asked.dataset, query.limit, query.offset) == ("parkings", 5, 10)
    assert query.where == AllOf(
        (
            Words(("gare",)),
            Compare("nom", "=", "GARE"),
            Not(Compare("etat", "=", "fermé")),
            Near(46.58, 0.34, 1000),
        )
    )
    assert query.order == (Order("places"),)
    assert query.facets == ("nom", "etat")
    assert query.parameters == {
        "dataset": "parkings",
        "rows": 5,
        "start": 10,
        "q": "gare",
        "sort": ["-places"],
        "facet": ["nom", "etat"],
        "refine": {"nom": "GARE"},
        "exclude": {"etat": "fermé"},
        "geofilter.distance": ["46.58,0.34,1000"],
        "format": "json",
        "timezone": "Europe/Paris",
    }


def test_a_bare_name_sorts_from_the_highest_in_v1() -> None:
    asked = search_v1.parse([("dataset", "d"), ("sort", "population")])
    assert asked.query.order == (Order("population", True),)


def test_explore_v2() -> None:
    query = explore.parse(
        [
            ("where", "places > 3"),
            ("where", "nom is not null"),
            ("refine", 'nom:"GARE: TOUMAI"'),
            ("exclude", "etat:fermé"),
            ("order_by", "nom desc"),
            ("select", "nom"),
            ("limit", "-1"),
            ("offset", "20"),
            ("lang", "fr"),
        ]
    )
    assert query.where == AllOf(
        (
            Compare("places", ">", 3),
            Not(IsNull("nom")),
            Compare("nom", "=", "GARE: TOUMAI"),
            Not(Compare("etat", "=", "fermé")),
        )
    )
    assert (query.limit, query.offset) == (100, 20)
    assert query.fields == (Chosen("nom", "nom"),)


def test_lines_of_data_fair() -> None:
    query = datafair.parse(
        [
            ("q", "gare toumai"),
            ("qs", "Places:>3"),
            ("Nom_in", '"GARE, EFFIA","THEATRE"'),
            ("Id_eq", "3"),
            ("Places_gte", "1"),
            ("Nom_starts", "GA"),
            ("geo_distance", "0.34:46.58:2km"),
            ("sort", "-Places,Nom"),
            ("select", "Nom,Places"),
            ("size", "20"),
            ("page", "3"),
        ]
    )
    assert isinstance(query.where, AllOf)
    assert set(query.where.parts) == {
        Words(("gare", "toumai")),
        Compare("Places", ">", "3"),
        OneOf("Nom", ("GARE, EFFIA", "THEATRE")),
        Compare("Id", "=", "3"),
        Compare("Places", ">=", "1"),
        StartsWith("Nom", "GA"),
        Near(46.58, 0.34, 2000),
    }
    assert query.order == (Order("Places", True), Order("Nom"))
    assert (query.limit, query.offset) == (20, 40)


@pytest.mark.parametrize(
    ("platform", "pairs", "said"),
    [
        ("v1", {"rows": "10"}, "dataset is missing"),
        ("v1", {"dataset": "d", "group_by": "x"}, "group_by is not answered"),
        ("v1", {"dataset": "d", "rows": "-1"}, "whole number"),
        ("v1", {"dataset": "d", "rows": "1e3"}, "whole number"),
        ("v1", {"dataset": "d", "rows": "20000"}, "whole number"),
        ("v1", {"dataset": "d", "start": "9999"}, "10000 records"),
        ("v1", {"dataset": "d", "format": "xls"}, "format xls"),
        ("v1", {"dataset": "d", "timezone": "../../etc/passwd"}, "time zone"),
        ("v1", {"dataset": "d", "geofilter.distance": "46,0"}, None),
        ("v1", {"dataset": "d", "geofilter.distance": "460,0,3"}, "distance in metres"),
        ("v1", {"dataset": "d", "geofilter.distance": "a,b"}, "distance in metres"),
        ("v1", {"dataset": "d", "geofilter.polygon": "(1,2)"}, "geofilter.polygon is not"),
        ("v2", {"group_by": "nom"}, "group_by is not answered"),
        ("v2", {"limit": "101"}, "whole number"),
        ("v2", {"refine": "nom"}, "colon"),
        ("v2", {"where": "nom ="}, "not understood"),
        ("v2", {"select": "count(*)"}, "not understood"),
        ("fair", {"bbox": "0,0,1,1"}, "bbox is not answered"),
        ("fair", {"page": "0"}, "whole number"),
        ("fair", {"page": "2000", "size": "10"}, "10000 records"),
        ("fair", {"Nom_in": '"a'}, "list of values"),
        ("fair", {"colour": "x"}, "colour is not answered"),
    ],
)
def test_what_is_not_answered_is_a_clear_refusal(
    platform: str, pairs: dict[str, str], said: str | None
) -> None:
    parsers: dict[str, Any] = {"v1": search_v1.parse, "v2": explore.parse, "fair": datafair.parse}
    if said is None:
        parsers[platform](pairs.items())
        return
    with pytest.raises(BadRequest, match=said):
        parsers[platform](pairs.items())


def test_a_parameter_given_twice_or_a_hundred_times_is_refused() -> None:
    for pairs in ([("rows", "1"), ("rows", "2")], [("facet", str(n)) for n in range(100)]):
        with pytest.raises(BadRequest):
            search_v1.parse([("dataset", "d"), *pairs])


# -- statements

SHAPE = derived(
    "opendatasoft",
    Columns(
        (
            ("nom", "text"),
            ('we"ird', "text"),
            ("places", "int8"),
            ("taux", "float8"),
            ("at", "timestamptz"),
            ("since", "timestamp"),
            ("jour", "date"),
            ("ouvert", "bool"),
            ("tags", "jsonb"),
            ("latitude", "float8"),
            ("longitude", "float8"),
            ("closed_at", "timestamptz"),
        )
    ),
)


def statement(query: Query) -> tuple[str, list[Any]]:
    text, values = compiled(Statements("resource-id", SHAPE, query).page())
    return text, list(values.values())


def test_values_are_bound_and_names_are_quoted() -> None:
    evil = "x'; DROP TABLE users; --"
    text, values = statement(Query(5, where=Compare("nom", "=", evil)))
    assert evil not in text
    assert evil in values
    text, _ = statement(Query(5, where=IsNull('WE"IRD'), order=(Order("nom", True),)))
    assert '"we""ird" IS NULL' in text
    assert "DESC NULLS LAST" in text
    assert '"resource-id"' in text


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (Compare("colour", "=", 1), "no field named colour"),
        (Compare('nom" = 1; --', "=", 1), "no field named"),
        (Compare("places", ">", "many"), "does not suit"),
        (Compare("places", "=", "NaN"), "does not suit"),
        (Compare("at", ">", "soon"), "does not suit"),
        (Compare("ouvert", "=", "perhaps"), "does not suit"),
        (Compare("tags", "=", "x"), "cannot be compared"),
        (Compare("geo_point_2d", "=", "x"), "cannot be compared"),
        (Near(0, 0, 1, "nom"), "no position"),
        (OneOf("places", (1, "x")), "does not suit"),
    ],
)
def test_what_a_table_cannot_answer_is_refused(expression: Expression, said: str) -> None:
    with pytest.raises(BadRequest, match=said):
        statement(Query(5, where=expression))


def test_every_expression_becomes_a_statement() -> None:
    for expression in (
        Words(("gare*", "100%_")),
        Words((), "nom"),
        StartsWith("nom", "Hôt"),
        Not(Compare("places", "!=", "3")),
        OneOf("at", ("2025-01-01", "2025-01-01T10:00:00+02:00")),
        Compare("since", "<", "2025-01-01T10:00:00+02:00"),
        Compare("jour", ">=", "2025-01-01"),
        Compare("ouvert", "=", True),
        AnyOf((Near(46.5, 0.3, 100), IsNull("taux"))),
    ):
        text, values = statement(Query(1, where=expression))
        assert "WHERE" in text
        assert None not in values
    assert "GROUP BY" in compiled(Statements("r", SHAPE, Query(1)).facet("nom"))[0]
    with pytest.raises(BadRequest):
        statement(Query(1, order=(Order("tags"),)))
