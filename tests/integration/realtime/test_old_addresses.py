"""The addresses of Opendatasoft and Data Fair, answered by a real portal from a real table."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ckan.tests import factories, helpers
from sqlalchemy.exc import ProgrammingError

from ckanext.realtime.addresses import directory
from ckanext.realtime.decoding import decode
from ckanext.realtime.rows import PARKING

DATASET = "mobilites-stationnement-des-parkings-en-temps-reel"
V1 = "/api/records/1.0/search/"
EXPLORE = f"/api/explore/v2.1/catalog/datasets/{DATASET}/records"
FAIR = f"/data-fair/api/v1/datasets/{DATASET}/lines"
NOW = datetime.fromisoformat("2022-10-20T09:30:00Z")


@pytest.fixture
def make_table(clean_db: None) -> Callable[..., str]:
    """Creates a table; gives its resource's id."""

    def make(
        name: str, fields: list[dict[str, str]], records: list[dict[str, Any]], **more: Any
    ) -> str:
        private = more.pop("private", False)
        owner = factories.Organization()["id"]
        package = factories.Dataset(name=name, private=private, owner_org=owner)
        made = helpers.call_action(
            "datastore_create",
            {"user": factories.Sysadmin()["name"], "ignore_auth": True},
            resource={"package_id": package["id"], "name": "Table", **more},
            fields=fields,
            records=records,
            primary_key=[fields[0]["id"]],
        )
        directory.known.forget()
        return made["resource_id"]

    return make


@pytest.fixture
def parking(request: pytest.FixtureRequest, app: Any, real_data: Path) -> None:
    """The nine car parks of 2022 in today's columns, made once: nothing here changes them."""
    with suppress(ProgrammingError):  # no table yet
        if app.get(FAIR).status_code == 200:
            return
    folder = real_data / "realtime/parking/grand-poitiers"
    payload = (folder / "ods-v1-2022-10__jsonAvailableParkingPlaces.json").read_bytes()
    fields = [{"id": column.name, "type": column.type} for column in PARKING.columns]
    fields.append({"id": "closed_at", "type": "timestamptz"})
    rows = decode("ods-v1", payload, NOW).rows
    gone = {**rows[0], "id": "99", "name": "FERME", "closed_at": "2022-10-01T00:00:00Z"}
    make_table = request.getfixturevalue("make_table")
    make_table("parking", fields, [*rows, gone], old_identifier=f"{DATASET}, 2gwv")


def test_every_generation_of_addresses_gives_the_same_car_parks(app: Any, parking: None) -> None:
    old = app.get(f"{V1}?dataset={DATASET}&rows=100&facet=nom").json
    new = app.get(f"{EXPLORE}?limit=100").json
    fair = app.get(f"{FAIR}?size=100").json
    assert (old["nhits"], new["total_count"], fair["total"]) == (9, 9, 9)
    names = {record["fields"]["nom"] for record in old["records"]}
    assert names == {result["nom"] for result in new["results"]}
    assert names == {result["Nom"] for result in fair["results"]}
    assert [facet["name"] for facet in old["facet_groups"][0]["facets"]] == sorted(names)
    assert app.get("/data-fair/api/v1/datasets/2gwv/lines").json["total"] == 9


def test_an_ordinary_table_with_places_answers_too(
    app: Any, make_table: Callable[..., str]
) -> None:
    """Its numbers are as a file of CSV gives them: decimals."""
    kinds = {"code": "text", "latitude": "numeric", "longitude": "numeric", "creee": "date"}
    fields = [{"id": name, "type": kind} for name, kind in kinds.items()]
    rows = [{"code": "a", "latitude": 46.58, "longitude": 0.34, "creee": "2024-01-31"}]
    make_table("places-pmr", fields, rows, old_identifier="ancien-nom")
    found = app.get(f"{V1}?dataset=ancien-nom", status=200).json["records"][0]
    assert found["geometry"]["coordinates"] == [0.34, 46.58]
    app.get("/api/explore/v2.1/catalog/datasets/ancien-nom/records", status=200)
    app.get("/data-fair/api/v1/datasets/ancien-nom/lines?format=geojson", status=200)


def test_the_recorded_answer_is_given_again(app: Any, parking: None, real_data: Path) -> None:
    folder = real_data / "realtime/parking/grand-poitiers"
    recorded = json.loads((folder / "ods-v1-2022-10__jsonAvailableParkingPlaces.json").read_bytes())
    found = app.get(f"{V1}?dataset={DATASET}&facet=nom").json
    assert found["parameters"] == recorded["parameters"]
    assert found["facet_groups"] == recorded["facet_groups"]
    [ours] = [one for one in found["records"] if one["fields"]["id"] == "9"]
    [theirs] = [one for one in recorded["test"]["records"] if one["fields"]["id"] == "9"]
    assert list(ours) == list(theirs)
    volatile = {"taux_doccupation", "derniere_mise_a_jour_base"}
    assert {k: v for k, v in ours["fields"].items() if k not in volatile} == {
        k: v for k, v in theirs["fields"].items() if k not in volatile
    }
    assert ours["fields"]["derniere_mise_a_jour_base"] == "2022-10-20T09:30:21+00:00"
    assert ours["geometry"] == theirs["geometry"]
    assert ours["record_timestamp"] == theirs["record_timestamp"]


CHOSEN: list[tuple[str, list[str] | None]] = [
    (f"{EXPLORE}?where=places_restantes>200&order_by=id", ["0", "1"]),
    (f'{EXPLORE}?where=nom in ("THEATRE","CORDELIERS")&order_by=-nom', ["3", "6"]),
    (f"{EXPLORE}?where=geo_point_2d is null&order_by=nom", ["6", "5"]),
    (f"{EXPLORE}?where=not id < '5' and capacite >= 300", ["5", "9"]),
    (f"{EXPLORE}?where=derniere_mise_a_jour_base > date'2022-10-20T09:30:23'", ["3"]),
    (f'{EXPLORE}?where="théâtre"', ["3"]),
    (f"{EXPLORE}?where=startswith(nom,'gare')&order_by=id", ["5", "9"]),
    (f"{EXPLORE}?refine=nom:THEATRE", ["3"]),
    (
        f"{EXPLORE}?where=within_distance(geo_point_2d, geom'POINT(0.3378 46.5838)', 400m)"
        "&order_by=id&limit=2",
        ["11", "3"],
    ),
    (f"{EXPLORE}?order_by=places_restantes desc&limit=1&offset=1", ["1"]),
    (f"{V1}?dataset={DATASET}&refine.nom=THEATRE", ["3"]),
    (f"{V1}?dataset={DATASET}&q=gare&sort=-nom", ["5", "9"]),
    (f"{V1}?dataset={DATASET}&q=places_restantes>=219&sort=places_restantes", ["0", "1"]),
    (f"{V1}?dataset={DATASET}&sort=capacite&rows=1", ["0"]),
    (f"{V1}?dataset={DATASET}&geofilter.distance=46.5838,0.3378,20", ["3"]),
    (f"{V1}?dataset={DATASET}&statut=open", None),
    (f"{V1}?dataset={DATASET}&refine.statut=full", []),
    (f"{FAIR}?qs=Places:[200 TO *]&sort=Id", ["0", "1"]),
    (f"{FAIR}?Nom_in=THEATRE,CORDELIERS&sort=-Nom", ["3", "6"]),
    (f"{FAIR}?Id_eq=3", ["3"]),
    (f"{FAIR}?Places_lt=90&sort=Places", ["12", "9", "11"]),
    (f"{FAIR}?geo_distance=0.3378,46.5838,20", ["3"]),
    (f"{FAIR}?size=2&page=2&sort=Nom", ["6", "5"]),
]


def test_the_parameters_of_clients_choose_the_rows(app: Any, parking: None) -> None:
    for address, ids in CHOSEN:
        response = app.get(address, status=200 if ids is not None else 400)
        if ids is not None:
            assert [identifiers(one) for one in listed(response.json)] == ids, address


def listed(document: dict[str, Any]) -> list[dict[str, Any]]:
    return document["records"] if "records" in document else document["results"]


def identifiers(record: dict[str, Any]) -> str:
    values = record.get("fields", record)
    return str(values.get("id", values.get("Id")))


def test_select_and_formats(app: Any, parking: None) -> None:
    found = app.get(f"{EXPLORE}?select=nom,places_restantes as libres&where=id='3'").json
    assert found["results"] == [{"nom": "THEATRE", "libres": 94.0}]
    lines = app.get(f"{FAIR}?select=Nom,_id&Id_eq=3").json["results"]
    assert set(lines[0]) == {"Nom", "_id", "_score"}
    geojson = app.get(f"{FAIR}?format=geojson&Id_eq=3")
    assert geojson.json["features"][0]["geometry"]["type"] == "Point"
    csv = app.get(f"{V1}?dataset={DATASET}&format=csv&refine.nom=THEATRE")
    assert csv.headers["Content-Type"].startswith("text/csv")
    assert csv.body.splitlines()[0].startswith("nom;id;capacite")


def test_answers_can_be_kept_compared_and_read_from_any_page(app: Any, parking: None) -> None:
    first = app.get(FAIR)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"] == "public, max-age=5"
    etag = first.headers["ETag"]
    assert app.get(FAIR, headers={"If-None-Match": etag}, status=304).body == ""
    head = app.options(FAIR)
    assert "HEAD" in head.headers["Allow"]


REFUSED = [
    (f"{V1}?dataset={DATASET}&colour=red", 400, "colour"),
    (f"{V1}?dataset={DATASET}&sort=colour", 400, "colour"),
    (f"{V1}?dataset=nothing", 404, "nothing"),
    (V1, 400, "dataset"),
    (f"{EXPLORE}?where=places_restantes > 'x'", 400, "places_restantes"),
    (f"{EXPLORE}?where=nom = 'x' or", 400, "where"),
    (f"{EXPLORE}?where=_full_text is null", 400, "_full_text"),
    (f"{EXPLORE}?group_by=nom", 400, "group_by"),
    (f"{FAIR}?bbox=0,0,1,1", 400, "bbox"),
    ("/data-fair/api/v1/datasets/nothing/lines", 404, "nothing"),
]


def test_a_refusal_names_what_is_refused(app: Any, parking: None) -> None:
    for address, status, said in REFUSED:
        response = app.get(address, status=status)
        assert said in response.body, address
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_sql_in_a_request_is_only_text(app: Any, parking: None) -> None:
    for evil in ("x'; DROP TABLE resource; --", 'nom" OR 1=1 --', "\\", "%", "_"):
        asked = {"dataset": DATASET, "refine.nom": evil}
        assert app.get(V1, query_string=asked).json["nhits"] == 0
    where = {"where": "nom = 'x'' OR 1=1 --'"}
    assert app.get(EXPLORE, query_string=where).json["total_count"] == 0


def test_any_table_answers_by_the_name_of_its_dataset(
    app: Any, make_table: Callable[..., str]
) -> None:
    fields = [
        {"id": "Année", "type": "int"},
        {"id": "Prénom", "type": "text"},
        {"id": "Inscrit le", "type": "timestamp"},
        {"id": "Détail", "type": "json"},
    ]
    when = "2023-05-01T10:00:00"
    rows = [
        {"Année": 2023, "Prénom": "Zoé", "Inscrit le": when, "Détail": {"a": 1}},
        {"Année": 2024, "Prénom": "Éloi", "Inscrit le": None, "Détail": None},
    ]
    name = "naissances"
    make_table(name, fields, rows)
    explored = f"/api/explore/v2.1/catalog/datasets/{name}/records"
    found = app.get(f"{explored}?where=annee=2023 and search(prenom, 'zoe')").json
    assert found["results"] == [
        {
            "annee": 2023,
            "prenom": "Zoé",
            "inscrit_le": "2023-05-01T10:00:00+00:00",
            "detail": {"a": 1},
        }
    ]
    late = app.get(f"{explored}?where=inscrit_le >= '2023-05-01T12:00:00%2B02:00'").json
    assert late["total_count"] == 1
    lines = app.get(f"/data-fair/api/v1/datasets/{name}/lines?Année_eq=2024").json
    assert lines["results"][0]["Prénom"] == "Éloi"


def test_a_private_table_is_not_there(
    app: Any, make_table: Callable[..., str], sysadmin_with_token: Any
) -> None:
    name = "secret"
    make_table(name, [{"id": "a", "type": "text"}], [{"a": "x"}], private=True)
    address = f"/data-fair/api/v1/datasets/{name}/lines"
    app.get(address, status=404)
    headers = {"Authorization": sysadmin_with_token["token"]}
    response = app.get(address, headers=headers)
    assert response.json["total"] == 1
    assert response.headers["Cache-Control"] == "private, no-store"
